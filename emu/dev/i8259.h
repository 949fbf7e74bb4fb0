/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two 8259 interrupt controllers of a PC, as far as a kernel that uses the APICs
 * needs them: they can be initialised and masked, and nothing is wired to them.
 */
#ifndef FORKSCOPE_DEV_I8259_H
#define FORKSCOPE_DEV_I8259_H

#include <stdint.h>

#define I8259_MASTER 0x20
#define I8259_SLAVE 0xA0
#define I8259_PORTS 2

struct i8259 {
	uint8_t mask;
	uint8_t init_words; /* initialisation words still to come at the data port */
};

void i8259_reset(struct i8259 *pic);
/* `reg` 0 is the command port, 1 the data port. */
uint8_t i8259_read(const struct i8259 *pic, unsigned reg);
void i8259_write(struct i8259 *pic, unsigned reg, uint8_t value);

#endif
