/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I/O APIC.  Lines are masked until routed. */
#ifndef DEV_IOAPIC_H
#define DEV_IOAPIC_H

#include <stdint.h>

void ioapic_init(void);

/* ISA line `irq`, edge triggered, comes as `vector` to the CPU with that APIC id. */
void ioapic_route(unsigned irq, uint8_t vector, uint32_t apic_id);

#endif
