/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O APIC (Intel 82093AA) at 0xFEC00000: 24 lines, fixed delivery, edge triggered.
 * With one CPU every unmasked line goes to it, whatever the destination field says.
 */
#ifndef FORKSCOPE_DEV_IOAPIC_H
#define FORKSCOPE_DEV_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define IOAPIC_BASE 0xFEC00000ull
#define IOAPIC_SIZE 0x1000u
#define IOAPIC_LINES 24

struct ioapic {
	uint8_t select;
	uint8_t id;
	uint64_t entries[IOAPIC_LINES];
	uint32_t lines; /* present level of each line */
};

void ioapic_reset(struct ioapic *io);
uint32_t ioapic_read(const struct ioapic *io, uint32_t offset);
void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value);

/* Sets a line; the vector to request at a LAPIC where it rose and is not masked, or -1 */
int ioapic_set_line(struct ioapic *io, unsigned line, bool level);

#endif
