/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trap/gdt.h"

#include "compiler.h"
#include "lib/panic.h"
#include "thread/cpu.h"
#include "trap/entry.h"
#include "x86.h"

#define TSS_SELECTOR 0x28
#define DOUBLE_FAULT_STACK_SIZE 4096

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7]; /* IST n is ist[n - 1] */
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_map;
} PACKED;

struct table_pointer {
	uint16_t limit;
	const void *base;
} PACKED;

static uint64_t gdt[CPUS_MAX][7] __attribute__((aligned(16)));
static struct tss tss[CPUS_MAX] __attribute__((aligned(16)));
static uint8_t double_fault_stack[CPUS_MAX][DOUBLE_FAULT_STACK_SIZE]
	__attribute__((aligned(16)));

static void fill_gdt(uint64_t *g, const struct tss *t)
{
	uint64_t base = (uint64_t)t;

	g[0] = 0;
	g[1] = 0x00af9b000000ffff; /* kernel code, 64-bit */
	g[2] = 0x00cf93000000ffff; /* kernel data */
	g[3] = 0x00cff3000000ffff; /* user data */
	g[4] = 0x00affb000000ffff; /* user code, 64-bit */
	g[5] = (sizeof(*t) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
	       (base >> 24 & 0xff) << 56;
	g[6] = base >> 32;
}

void gdt_init(void)
{
	int id = cpu_this()->id;
	struct table_pointer p = {sizeof(gdt[id]) - 1, gdt[id]};
	struct tss *t = &tss[id];

	fill_gdt(gdt[id], t);
	t->ist[IST_DOUBLE_FAULT - 1] =
		(uint64_t)double_fault_stack[id] + DOUBLE_FAULT_STACK_SIZE;
	t->io_map = sizeof(*t); /* beyond the limit: no port is allowed */
	__asm__ volatile("lgdt %0" : : "m"(p));
	__asm__ volatile("ltr %w0" : : "r"(TSS_SELECTOR));

	/* SYSCALL loads CS from bits 47..32, SS is the next descriptor. */
	x86_wrmsr(MSR_STAR, (uint64_t)KERNEL_CS << 32);
	x86_wrmsr(MSR_LSTAR, (uint64_t)syscall_entry);
	x86_wrmsr(MSR_SFMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL |
	                              RFLAGS_NT | RFLAGS_AC);
}

void gdt_set_kernel_stack(uint64_t rsp)
{
	struct cpu *c = cpu_this();

	assert(c->irq_off_depth > 0);
	tss[c->id].rsp[0] = rsp;
	c->kernel_rsp = rsp;
}
