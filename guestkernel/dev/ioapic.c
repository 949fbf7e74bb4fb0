/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/ioapic.h"

#include "mm/paging.h"

#define IOAPIC_PHYS 0xfec00000

/* Two registers in memory, through which the others are reached. */
#define IOREGSEL (0x00 / 4)
#define IOWIN (0x10 / 4)

#define REDIRECTION_LOW(irq) (0x10 + 2 * (irq))
#define REDIRECTION_HIGH(irq) (0x11 + 2 * (irq))

static volatile uint32_t *ioapic;

static void ioapic_write(unsigned reg, uint32_t value)
{
	ioapic[IOREGSEL] = reg;
	ioapic[IOWIN] = value;
}

void ioapic_init(void)
{
	ioapic = paging_map_device(IOAPIC_PHYS);
}

void ioapic_route(unsigned irq, uint8_t vector, uint32_t apic_id)
{
	ioapic_write(REDIRECTION_HIGH(irq), apic_id << 24);
	ioapic_write(REDIRECTION_LOW(irq), vector);
}
