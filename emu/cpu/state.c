/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cpu/registers.h"

#define CR0_PG 0x80000000ull

#define MSR_STAR 0xC0000081u
#define MSR_LSTAR 0xC0000082u
#define MSR_CSTAR 0xC0000083u
#define MSR_FMASK 0xC0000084u
#define MSR_EFER 0xC0000080u
#define MSR_FS_BASE 0xC0000100u
#define MSR_GS_BASE 0xC0000101u
#define MSR_KERNEL_GS_BASE 0xC0000102u

uint64_t cpu_reg(struct cpu *cpu, int reg)
{
	uint64_t value = 0;

	uc_reg_read(cpu->uc, reg, &value);
	return value;
}

uint64_t cpu_msr(struct cpu *cpu, uint32_t msr)
{
	uc_x86_msr r = {.rid = msr};

	uc_reg_read(cpu->uc, UC_X86_REG_MSR, &r);
	return r.value;
}

uint32_t cpu_hflags(struct cpu *cpu)
{
	uc_context_save(cpu->uc, cpu->context);
	return cpu->words[cpu->layout->hflags];
}

int cpu_cpl(struct cpu *cpu)
{
	return (int)(cpu_reg(cpu, UC_X86_REG_CS) & 3);
}

uint64_t cpu_cr3(struct cpu *cpu)
{
	return cpu_reg(cpu, UC_X86_REG_CR3);
}

void cpu_paging(struct cpu *cpu, struct paging *p)
{
	*p = (struct paging){
		.ram = cpu->ram,
		.watch = cpu->watch,
		.ram_size = cpu->ram_size,
		.cr3 = cpu_cr3(cpu),
		.enabled = (cpu_reg(cpu, UC_X86_REG_CR0) & CR0_PG) != 0,
	};
}

bool cpu_read(struct cpu *cpu, uint64_t cr3, uint64_t va, void *buf, size_t n)
{
	struct paging p;

	cpu_paging(cpu, &p);
	p.cr3 = cr3;
	return paging_read(&p, va, buf, n);
}

bool cpu_translate(struct cpu *cpu, uint64_t va, uint64_t *pa)
{
	struct translation t;
	struct paging p;

	cpu_paging(cpu, &p);
	if (!paging_walk(&p, va, &t) || t.pa >= cpu->ram_size)
		return false;
	*pa = t.pa;
	return true;
}

bool cpu_interruptible(struct cpu *cpu)
{
	if (!(cpu_reg(cpu, UC_X86_REG_RFLAGS) & FLAG_IF))
		return false;
	return !(cpu_hflags(cpu) & LAYOUT_HF_SHADOW);
}

void cpu_set_fault(struct cpu *cpu, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cpu->fault, sizeof(cpu->fault), fmt, ap);
	va_end(ap);
}

const char *cpu_fault(const struct cpu *cpu)
{
	return cpu->fault;
}

uint64_t cpu_icount(const struct cpu *cpu)
{
	return cpu->icount;
}

uint64_t cpu_io_icount(const struct cpu *cpu)
{
	uint64_t start = cpu->icount - blocks_counted(cpu);

	return start == cpu->resumed_at ? cpu->resumed_from : start;
}

/* Registers that digests and reports read; 64-bit ones first, in encoding order. */
static const int general_registers[16] = {
	UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
	UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
	UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
	UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

void cpu_registers(struct cpu *cpu, struct machine_registers *regs)
{
	int ids[24];
	void *values[24];
	uint64_t cs = 0, ss = 0;
	int n = 0;

	for (; n < 16; n++) {
		ids[n] = general_registers[n];
		values[n] = &regs->gpr[n];
	}
	const struct {
		int id;
		void *value;
	} others[] = {
		{UC_X86_REG_RIP, &regs->rip}, {UC_X86_REG_RFLAGS, &regs->rflags},
		{UC_X86_REG_CR0, &regs->cr0}, {UC_X86_REG_CR2, &regs->cr2},
		{UC_X86_REG_CR3, &regs->cr3}, {UC_X86_REG_CR4, &regs->cr4},
		{UC_X86_REG_CS, &cs},         {UC_X86_REG_SS, &ss},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++, n++) {
		ids[n] = others[i].id;
		values[n] = others[i].value;
	}
	uc_reg_read_batch(cpu->uc, ids, values, n);
	regs->cs = (uint16_t)cs;
	regs->ss = (uint16_t)ss;
	regs->cpl = regs->cs & 3;
}

struct sink {
	uint8_t *to;
	size_t size;
	size_t used;
};

static void put(struct sink *s, const void *bytes, size_t n)
{
	BUG_ON(s->used + n > s->size);
	memcpy(s->to + s->used, bytes, n);
	s->used += n;
}

static void put_register(struct cpu *cpu, struct sink *s, int reg, size_t n)
{
	uint8_t value[16] = {0};

	uc_reg_read(cpu->uc, reg, value);
	put(s, value, n);
}

static void put_table(struct cpu *cpu, struct sink *s, int reg)
{
	uc_x86_mmr r = {0};

	uc_reg_read(cpu->uc, reg, &r);
	put(s, &r.selector, sizeof(r.selector));
	put(s, &r.base, sizeof(r.base));
	put(s, &r.limit, sizeof(r.limit));
}

size_t cpu_state(struct cpu *cpu, uint8_t *buf, size_t size)
{
	static const int segments[] = {UC_X86_REG_CS, UC_X86_REG_DS, UC_X86_REG_ES,
	                               UC_X86_REG_FS, UC_X86_REG_GS, UC_X86_REG_SS};
	static const int controls[] = {UC_X86_REG_CR0, UC_X86_REG_CR2, UC_X86_REG_CR3,
	                               UC_X86_REG_CR4};
	static const uint32_t msrs[] = {MSR_EFER,    MSR_STAR,          MSR_LSTAR,
	                                MSR_CSTAR,   MSR_FMASK,         MSR_FS_BASE,
	                                MSR_GS_BASE, MSR_KERNEL_GS_BASE};
	static const int tables[] = {UC_X86_REG_GDTR, UC_X86_REG_IDTR, UC_X86_REG_TR,
	                             UC_X86_REG_LDTR};
	struct sink s = {buf, size, 0};
	struct machine_registers regs = {0};

	cpu_registers(cpu, &regs);
	put(&s, regs.gpr, sizeof(regs.gpr));
	put(&s, &regs.rip, sizeof(regs.rip));
	put(&s, &regs.rflags, sizeof(regs.rflags));
	for (size_t i = 0; i < sizeof(segments) / sizeof(*segments); i++)
		put_register(cpu, &s, segments[i], sizeof(uint16_t));
	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		put_register(cpu, &s, controls[i], sizeof(uint64_t));
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		uint64_t value = cpu_msr(cpu, msrs[i]);

		put(&s, &value, sizeof(value));
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		put_table(cpu, &s, tables[i]);
	for (int i = 0; i < 16; i++)
		put_register(cpu, &s, UC_X86_REG_XMM0 + i, 16);
	for (int i = 0; i < 8; i++)
		put_register(cpu, &s, UC_X86_REG_FP0 + i, 10);
	put_register(cpu, &s, UC_X86_REG_FPSW, sizeof(uint16_t));
	put_register(cpu, &s, UC_X86_REG_FPCW, sizeof(uint16_t));
	put_register(cpu, &s, UC_X86_REG_MXCSR, sizeof(uint32_t));
	return s.used;
}
