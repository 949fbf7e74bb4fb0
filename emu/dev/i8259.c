/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/i8259.h"

#define ICW1 0x10u
#define ICW1_SINGLE 0x02u
#define ICW1_ICW4 0x01u

void i8259_reset(struct i8259 *pic)
{
	*pic = (struct i8259){0};
}

uint8_t i8259_read(const struct i8259 *pic, unsigned reg)
{
	return reg == 1 ? pic->mask : 0;
}

void i8259_write(struct i8259 *pic, unsigned reg, uint8_t value)
{
	if (reg == 0 && (value & ICW1)) {
		pic->mask = 0;
		pic->init_words = 1 + !(value & ICW1_SINGLE) + !!(value & ICW1_ICW4);
	} else if (reg == 1 && pic->init_words > 0) {
		pic->init_words--;
	} else if (reg == 1) {
		pic->mask = value;
	}
}
