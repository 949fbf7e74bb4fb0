/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trap/idt.h"

#include <stdint.h>

#include "compiler.h"
#include "trap/entry.h"
#include "trap/gdt.h"
#include "trap/vectors.h"

#define VECTORS 256
#define GATE_INTERRUPT 0x8e /* present; interrupts are off at entry */
#define GATE_DPL3 0x60      /* a program may reach it by `int n` */

struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t ist;
	uint8_t type;
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};

static struct gate idt[VECTORS] __attribute__((aligned(16))); /* constant after boot */

static void set_gate(int vector, const char *entry, uint8_t ist, uint8_t type)
{
	uint64_t offset = (uint64_t)entry;

	idt[vector] = (struct gate){.offset_low = (uint16_t)offset,
	                            .selector = KERNEL_CS,
	                            .ist = ist,
	                            .type = type,
	                            .offset_middle = (uint16_t)(offset >> 16),
	                            .offset_high = (uint32_t)(offset >> 32)};
}

void idt_init(void)
{
	struct PACKED {
		uint16_t limit;
		const void *base;
	} p = {sizeof(idt) - 1, idt};

	for (int v = 0; v < VECTOR_COUNT; v++)
		set_gate(v, trap_stubs + TRAP_STUB_SIZE * v, 0, GATE_INTERRUPT);
	set_gate(VECTOR_BREAKPOINT, trap_stubs + TRAP_STUB_SIZE * VECTOR_BREAKPOINT, 0,
	         GATE_INTERRUPT | GATE_DPL3);
	set_gate(VECTOR_DOUBLE_FAULT, trap_stubs + TRAP_STUB_SIZE * VECTOR_DOUBLE_FAULT,
	         IST_DOUBLE_FAULT, GATE_INTERRUPT);
	set_gate(VECTOR_SPURIOUS, trap_spurious, 0, GATE_INTERRUPT);
	__asm__ volatile("lidt %0" : : "m"(p));
}
