/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions, interrupts and SYSCALL as the processor delivers them in 64-bit mode
 * (Intel SDM vol. 3A, 6.14; AMD64 APM vol. 2, 8.9).  All register changes go into one
 * saved context, which is put back once: the privilege level is in there too.
 */
#include "cpu/internal.h"

#include <string.h>

#define MSR_EFER 0xC0000080u
#define MSR_STAR 0xC0000081u
#define MSR_LSTAR 0xC0000082u
#define MSR_FMASK 0xC0000084u
#define EFER_SCE 1ull
#define EFER_LMA 0x400ull

#define GATE_PRESENT (1ull << 47)
#define GATE_INTERRUPT 0xEu /* clears IF; 0xF, a trap gate, does not */
#define GATE_TRAP 0xFu
#define DESC_PRESENT (1ull << 47)
#define DESC_CODE (3ull << 43) /* S and the code bit */
#define DESC_CONFORMING (1ull << 42)
#define DESC_LONG (1ull << 53)

#define FLAGS_CLEARED_BY_DELIVERY 0x34100ull /* VM, RF, NT, TF */
#define FLAG_RF 0x10000ull

#define TSS_RSP0 4u
#define TSS_IST1 36u

/* #PF error code bits */
#define PF_PRESENT 1u
#define PF_WRITE 2u
#define PF_FETCH 0x10u

#define ERROR_EXT 1u
#define ERROR_IDT 2u

struct delivery {
	struct cpu *cpu;
	struct paging paging;
	const struct exception *what;
	struct exception nested; /* what came instead, where a step fails */
	uint64_t handler;
	uint16_t selector;
	unsigned type;
	unsigned ist;
	int old_cpl;
	int new_cpl;
};

static bool pushes_error(int vector)
{
	return vector == VECTOR_DF || (vector >= VECTOR_TS && vector <= VECTOR_PF) ||
	       vector == VECTOR_AC;
}

void deliver_on_exception(uc_engine *uc, uint32_t vector, void *opaque)
{
	struct cpu *cpu = opaque;

	uc_context_save(uc, cpu->context);
	cpu->pending = (struct exception){
		.vector = (int)vector,
		.software = cpu->words[cpu->layout->is_int] != 0,
		.rip = cpu_reg(cpu, UC_X86_REG_RIP),
	};
	cpu->pending.has_error = !cpu->pending.software && pushes_error((int)vector);
	if (cpu->pending.has_error)
		cpu->pending.error = cpu->words[cpu->layout->error_code];
	if (vector == VECTOR_PF && !cpu->pending.software)
		cpu->pending.address = cpu_reg(cpu, UC_X86_REG_CR2);
	cpu->event = EVENT_EXCEPTION;
	uc_emu_stop(uc);
}

bool deliver_on_invalid(uc_engine *uc, void *opaque)
{
	struct cpu *cpu = opaque;

	cpu->pending = (struct exception){
		.vector = VECTOR_UD,
		.rip = cpu_reg(cpu, UC_X86_REG_RIP),
	};
	cpu->event = EVENT_EXCEPTION;
	uc_emu_stop(uc);
	return true;
}

static bool fail(struct delivery *d, int vector, uint64_t error)
{
	d->nested = (struct exception){
		.vector = vector,
		.has_error = true,
		.error = error,
		.rip = d->what->rip,
	};
	return false;
}

/* Reads a table of the system; a missing page is a supervisor's read fault. */
static bool read_table(struct delivery *d, uint64_t va, void *buf, size_t n)
{
	if (paging_read(&d->paging, va, buf, n))
		return true;
	fail(d, VECTOR_PF, 0);
	d->nested.address = va;
	return false;
}

static bool load_gate(struct delivery *d)
{
	unsigned vector = (unsigned)d->what->vector;
	uint64_t error = vector * 8u + ERROR_IDT + (d->what->software ? 0 : ERROR_EXT);
	uc_x86_mmr idt = {0};
	uint64_t gate[2];

	uc_reg_read(d->cpu->uc, UC_X86_REG_IDTR, &idt);
	if (vector * 16u + 15u > idt.limit)
		return fail(d, VECTOR_GP, error);
	if (!read_table(d, idt.base + vector * 16u, gate, sizeof(gate)))
		return false;
	d->type = (gate[0] >> 40) & 0x1f;
	if (d->type != GATE_INTERRUPT && d->type != GATE_TRAP)
		return fail(d, VECTOR_GP, error);
	if (d->what->software && (int)((gate[0] >> 45) & 3) < d->old_cpl)
		return fail(d, VECTOR_GP, error);
	if (!(gate[0] & GATE_PRESENT))
		return fail(d, VECTOR_NP, error);
	d->ist = (gate[0] >> 32) & 7;
	d->selector = (uint16_t)(gate[0] >> 16);
	d->handler = (gate[0] & 0xffff) | ((gate[0] >> 32) & 0xffff0000u) | gate[1] << 32;
	return true;
}

static bool load_code_segment(struct delivery *d)
{
	uint64_t error = (d->selector & ~3u) + (d->what->software ? 0 : ERROR_EXT);
	uc_x86_mmr gdt = {0};
	uint64_t desc;

	uc_reg_read(d->cpu->uc, UC_X86_REG_GDTR, &gdt);
	if ((d->selector & ~3u) == 0 || (d->selector & 4u) ||
	    (d->selector | 7u) > gdt.limit)
		return fail(d, VECTOR_GP, error);
	if (!read_table(d, gdt.base + (d->selector & ~7u), &desc, sizeof(desc)))
		return false;
	int dpl = (int)((desc >> 45) & 3);
	if ((desc & DESC_CODE) != DESC_CODE || !(desc & DESC_LONG) || dpl > d->old_cpl)
		return fail(d, VECTOR_GP, error);
	if (!(desc & DESC_PRESENT))
		return fail(d, VECTOR_NP, error);
	d->new_cpl = desc & DESC_CONFORMING ? d->old_cpl : dpl;
	return true;
}

static bool choose_stack(struct delivery *d, uint64_t *rsp)
{
	uc_x86_mmr tr = {0};
	uint64_t at;

	*rsp = cpu_reg(d->cpu, UC_X86_REG_RSP);
	if (d->ist == 0 && d->new_cpl == d->old_cpl)
		return true;
	uc_reg_read(d->cpu->uc, UC_X86_REG_TR, &tr);
	at = d->ist ? TSS_IST1 + 8u * (d->ist - 1) : TSS_RSP0 + 8u * (unsigned)d->new_cpl;
	if (at + 7 > tr.limit)
		return fail(d, VECTOR_TS, tr.selector & ~3u);
	return read_table(d, tr.base + at, rsp, sizeof(*rsp));
}

/* Pushes the frame; false where the stack cannot take it. */
static bool push_frame(struct delivery *d, uint64_t *rsp)
{
	uint64_t frame[6] = {
		d->what->error,
		d->what->rip,
		cpu_reg(d->cpu, UC_X86_REG_CS) & 0xffff,
		cpu_reg(d->cpu, UC_X86_REG_RFLAGS),
		cpu_reg(d->cpu, UC_X86_REG_RSP),
		cpu_reg(d->cpu, UC_X86_REG_SS) & 0xffff,
	};
	int last = d->what->has_error ? 0 : 1;
	uint64_t sp = *rsp & ~15ull;

	for (int i = 5; i >= last; i--) {
		sp -= 8;
		if (paging_write64(&d->paging, sp, frame[i]))
			continue;
		struct translation t;
		bool mapped = paging_walk(&d->paging, sp, &t);

		fail(d, VECTOR_PF, PF_WRITE | (mapped ? PF_PRESENT : 0));
		d->nested.address = sp;
		return false;
	}
	*rsp = sp;
	return true;
}

static void enter_handler(struct delivery *d, uint64_t rsp)
{
	struct cpu *cpu = d->cpu;
	uint64_t flags = cpu_reg(cpu, UC_X86_REG_RFLAGS) & ~FLAGS_CLEARED_BY_DELIVERY;
	uint64_t cs = (d->selector & ~3u) | (unsigned)d->new_cpl;
	uint64_t ss = cpu_reg(cpu, UC_X86_REG_SS);
	uint32_t *hflags = &cpu->words[cpu->layout->hflags];

	if (d->type == GATE_INTERRUPT)
		flags &= ~FLAG_IF;
	if (d->new_cpl != d->old_cpl)
		ss = (unsigned)d->new_cpl;
	uc_context_save(cpu->uc, cpu->context);
	uc_context_reg_write(cpu->context, UC_X86_REG_RSP, &rsp);
	uc_context_reg_write(cpu->context, UC_X86_REG_RIP, &d->handler);
	uc_context_reg_write(cpu->context, UC_X86_REG_RFLAGS, &flags);
	uc_context_reg_write(cpu->context, UC_X86_REG_CS, &cs);
	uc_context_reg_write(cpu->context, UC_X86_REG_SS, &ss);
	*hflags = (*hflags & ~(LAYOUT_HF_CPL | LAYOUT_HF_SHADOW)) | (uint32_t)d->new_cpl |
	          HF_CS64 | HF_CS32 | HF_SS32;
	/* Never cleared by the engine: a second #PF would show as #DF. */
	cpu->words[cpu->layout->old_exception] = (uint32_t)-1;
	uc_context_restore(cpu->uc, cpu->context);
	if (d->old_cpl == 3)
		blocks_entered_kernel(cpu);
	access_set_boundary(cpu, cpu->icount - (d->what->software ? 1 : 0));
}

static bool try_deliver(struct delivery *d)
{
	uint64_t rsp;

	if (!load_gate(d) || !load_code_segment(d) || !choose_stack(d, &rsp) ||
	    !push_frame(d, &rsp))
		return false;
	enter_handler(d, rsp);
	return true;
}

static bool contributory(int vector)
{
	return vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

/* What two exceptions make together (SDM vol. 3A, table 6-5). */
static struct exception combine(const struct exception *first,
                                const struct exception *second)
{
	bool first_contributes = !first->software && contributory(first->vector);
	bool first_is_pf = !first->software && first->vector == VECTOR_PF;

	if ((first_contributes && contributory(second->vector)) ||
	    (first_is_pf &&
	     (second->vector == VECTOR_PF || contributory(second->vector))))
		return (struct exception){.vector = VECTOR_DF,
		                          .has_error = true,
		                          .rip = first->rip};
	return *second;
}

/* The address of the INT instruction that ends at `rip`. */
static uint64_t int_instruction(const struct paging *p, uint64_t rip, int vector)
{
	uint8_t last;

	if (paging_read(p, rip - 1, &last, 1) &&
	    ((vector == 3 && last == 0xcc) || last == 0xce || last == 0xf1))
		return rip - 1;
	return rip - 2;
}

bool deliver(struct cpu *cpu, struct exception e)
{
	struct delivery d = {.cpu = cpu, .what = &e, .old_cpl = cpu_cpl(cpu)};

	cpu_paging(cpu, &d.paging);
	if (!(cpu_msr(cpu, MSR_EFER) & EFER_LMA)) {
		cpu_set_fault(cpu,
		              "exception %d at %#llx before the kernel is in long mode",
		              e.vector, (unsigned long long)e.rip);
		return false;
	}
	while (!try_deliver(&d)) {
		struct exception next = combine(&e, &d.nested);

		if (e.vector == VECTOR_DF && !e.software) {
			cpu_set_fault(cpu, "triple fault at %#llx",
			              (unsigned long long)e.rip);
			return false;
		}
		/* An INT that is refused faults on the instruction itself. */
		if (e.software) {
			next.rip = int_instruction(&d.paging, e.rip, e.vector);
			cpu->icount--;
		}
		if (next.vector == VECTOR_PF)
			uc_reg_write(cpu->uc, UC_X86_REG_CR2, &next.address);
		cpu->bus->exception(cpu->bus->ctx, cpu->index, next.vector, next.error,
		                    next.address);
		e = next;
	}
	return true;
}

bool deliver_syscall(struct cpu *cpu)
{
	uint64_t star, next, flags, entry, kernel_flags, cs, ss;

	if (!(cpu_msr(cpu, MSR_EFER) & EFER_SCE)) {
		struct exception ud = {.vector = VECTOR_UD, .rip = cpu->pending.rip};

		cpu->icount--;
		cpu->bus->exception(cpu->bus->ctx, cpu->index, VECTOR_UD, 0, 0);
		return deliver(cpu, ud);
	}
	star = cpu_msr(cpu, MSR_STAR);
	entry = cpu_msr(cpu, MSR_LSTAR);
	flags = cpu_reg(cpu, UC_X86_REG_RFLAGS);
	kernel_flags = (flags & ~cpu_msr(cpu, MSR_FMASK) & ~FLAG_RF) | 2;
	flags &= ~FLAG_RF;
	next = cpu->pending.rip + 2;
	cs = (star >> 32) & 0xfffc;
	ss = cs + 8;
	uc_context_save(cpu->uc, cpu->context);
	uc_context_reg_write(cpu->context, UC_X86_REG_RCX, &next);
	uc_context_reg_write(cpu->context, UC_X86_REG_R11, &flags);
	uc_context_reg_write(cpu->context, UC_X86_REG_RFLAGS, &kernel_flags);
	uc_context_reg_write(cpu->context, UC_X86_REG_RIP, &entry);
	uc_context_reg_write(cpu->context, UC_X86_REG_CS, &cs);
	uc_context_reg_write(cpu->context, UC_X86_REG_SS, &ss);
	cpu->words[cpu->layout->hflags] &= ~LAYOUT_HF_CPL;
	cpu->words[cpu->layout->hflags] |= HF_CS64 | HF_CS32 | HF_SS32;
	uc_context_restore(cpu->uc, cpu->context);
	blocks_entered_kernel(cpu);
	access_set_boundary(cpu, cpu->icount - 1);
	return true;
}
