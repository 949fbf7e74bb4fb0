/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each access of the guest, logged with the count at which its step began.
 *
 * Where interrupts can be taken each instruction is a step.  Where they cannot, all that
 * happens since the last point where they could is one; that point is found by following
 * the interrupt flag from block to block: it changes at CLI, STI, POPF and IRET and at
 * deliveries, and is read from the processor only after these.
 */
#include "cpu/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cpu/restore.h"

/* What is known of the interrupt flag in a block of ring 0; a cache by address. */
struct flag_block {
	uint64_t pc;
	uint32_t size;
	uint16_t cli;       /* offset of the first CLI, in bytes, NO_CLI: none */
	uint16_t cli_index; /* in instructions */
	bool changes;       /* the flag is to be read again after the block */
};

#define NO_CLI UINT16_MAX
#define FLAG_BLOCKS 16384u
#define INDEXES 16384u
#define PLACES 16384u
/*
 * Translations thrown away one by one, by the weight that blocks.c gives them, before all
 * are: so few that the engine's tree of them stays shallow and its buffer is not filled
 * by them, and so many that making the others anew does not count.
 */
#define FORGOTTEN_MAX 16384u

/* How many instructions come before an offset in a block; a cache. */
struct index_entry {
	uint64_t pc;
	uint32_t stamp; /* of the code, as blocks.c gives them */
	uint16_t offset;
	uint16_t index;
};

/* The instruction that makes an access, by its place in translated code; a cache. */
struct place {
	uintptr_t host_pc;
	uint64_t pc; /* of its block */
	uint64_t rip;
	uint16_t offset; /* in the block, in bytes */
	uint16_t index;  /* in instructions */
};

struct access_state {
	struct flag_block blocks[FLAG_BLOCKS];
	struct index_entry indexes[INDEXES];
	struct place places[PLACES];
	struct access_position now;
	uint16_t cli; /* of the block being run: the flag is off from this offset on */
};

/* Disassembling again costs a hundred times a look at the cache: few may share a slot. */
static size_t slot_of(uint64_t address, size_t slots)
{
	return (size_t)(address * 0x9e3779b97f4a7c15u >> 40) % slots;
}

static bool changes_flag(unsigned id)
{
	switch (id) {
	case X86_INS_CLI:
	case X86_INS_STI:
	case X86_INS_POPF:
	case X86_INS_POPFD:
	case X86_INS_POPFQ:
	case X86_INS_IRET:
	case X86_INS_IRETD:
	case X86_INS_IRETQ:
	case X86_INS_SYSRET:
		return true;
	default:
		return false;
	}
}

/* A block that is cut short is the beginning of the whole one. */
static const struct flag_block *flag_block(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	struct flag_block *b = &cpu->access->blocks[slot_of(pc, FLAG_BLOCKS)];
	struct disasm_insn insn;
	struct disasm_cursor c;
	uint16_t index = 0;

	if (b->pc == pc && b->size >= size)
		return b;
	*b = (struct flag_block){.pc = pc, .size = size, .cli = NO_CLI};
	disasm_start(&c, cpu, pc);
	while (disasm_next(&c, &insn) && insn.address < pc + size) {
		if (insn.id == X86_INS_CLI && b->cli == NO_CLI) {
			b->cli = (uint16_t)(insn.address - pc);
			b->cli_index = index;
		}
		b->changes |= changes_flag(insn.id);
		index++;
	}
	return b;
}

void access_set_boundary(struct cpu *cpu, uint64_t icount)
{
	if (!cpu->access)
		return;
	cpu->access->now.boundary = icount;
	cpu->access->now.read_flag = true;
}

/* The flag where a block begins. */
static void read_flag(struct cpu *cpu, struct access_position *p)
{
	bool on = cpu_interruptible(cpu);

	if (!on && !p->off)
		p->off_since = p->boundary;
	p->off = !on;
	/* In the shadow of an STI it is on and off at once: look again. */
	p->read_flag = !on && (cpu_reg(cpu, UC_X86_REG_RFLAGS) & FLAG_IF) != 0;
}

static void access_on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *opaque)
{
	struct cpu *cpu = opaque;
	struct access_state *s = cpu->access;
	struct access_position *p = &s->now;
	const struct flag_block *b;
	uint64_t start;

	restore_forget();
	blocks_on_block(uc, pc, size, opaque);
	if (cpu->event != EVENT_NONE)
		return;
	if (p->read_flag)
		read_flag(cpu, p);
	s->cli = NO_CLI;
	if (pc >> 63 == 0)
		return;
	b = flag_block(cpu, pc, size);
	if (!b->changes)
		return;
	start = cpu->icount - blocks_counted(cpu);
	p->read_flag = true;
	p->boundary = cpu->icount - (blocks_counted(cpu) ? 1 : 0);
	if (b->cli < size && !p->off) {
		s->cli = b->cli;
		p->boundary = start + b->cli_index;
	}
}

/* A write across a page's end: who knows where the next page lies. */
static void save_next_page(struct cpu *cpu, uint64_t pa)
{
	uint64_t frame = pa / PAGE_SIZE;
	uint64_t next;
	struct paging p;

	if ((frame + 2) * PAGE_SIZE <= cpu->ram_size)
		watch_write(cpu->watch, (frame + 1) * PAGE_SIZE);
	cpu_paging(cpu, &p);
	for (uint64_t va = 0; paging_find_user(&p, frame * PAGE_SIZE, &va);
	     va += PAGE_SIZE) {
		struct translation t;

		next = va + PAGE_SIZE;
		if (paging_walk(&p, next, &t) && t.pa <= cpu->ram_size - PAGE_SIZE)
			watch_write(cpu->watch, t.pa);
	}
}

static struct machine_access *append(struct cpu *cpu)
{
	struct watch *w = cpu->watch;

	if (w->n < w->max)
		return &w->log[w->n++];
	cpu_stop(cpu);
	return NULL;
}

static uint16_t index_of(struct cpu *cpu, uint64_t pc, uint64_t rip)
{
	uint16_t offset = (uint16_t)(rip - pc);
	uint32_t stamp = cpu->stamp[pc >> 63];
	struct index_entry *e = &cpu->access->indexes[slot_of(rip ^ pc << 20, INDEXES)];

	if (offset == 0)
		return 0;
	if (e->pc != pc || e->offset != offset || e->stamp != stamp) {
		int index = disasm_count(cpu, pc, rip);

		*e = (struct index_entry){pc, stamp, offset,
		                          (uint16_t)(index > 0 ? index : 0)};
	}
	return e->index;
}

/* By the program counter, which the engine has found out. */
static struct place find_place(struct cpu *cpu, uintptr_t host_pc)
{
	uint64_t pc = blocks_start(cpu);
	uint64_t rip = cpu_reg(cpu, UC_X86_REG_RIP);

	return (struct place){
		.host_pc = host_pc,
		.pc = pc,
		.rip = rip,
		.offset = (uint16_t)(rip - pc),
		.index = index_of(cpu, pc, rip),
	};
}

/* Neighbours stay neighbours: the places of a block share cache lines of the host. */
static size_t slot_of_place(uintptr_t host_pc)
{
	return (host_pc / 16 ^ host_pc / 16 / PLACES * 61) % PLACES;
}

static const struct place *place_of_access(struct cpu *cpu, struct place *found)
{
	uintptr_t host_pc = restore_deferred();
	struct place *p;

	if (host_pc == 0) {
		*found = find_place(cpu, 0);
		return found;
	}
	p = &cpu->access->places[slot_of_place(host_pc)];
	/* The block too: the engine may have put other code there. */
	if (p->host_pc != host_pc || p->pc != blocks_start(cpu)) {
		restore_now(host_pc);
		*p = find_place(cpu, host_pc);
	}
	return p;
}

static void log_access(struct cpu *cpu, const struct place *place, uint32_t pa, int size,
                       unsigned flags)
{
	struct access_state *s = cpu->access;
	struct machine_access *a = append(cpu);

	if (!a)
		return;
	if (place->rip >> 63 == 0)
		flags |= MACHINE_ACCESS_USER;
	if (s->now.off) {
		flags |= MACHINE_ACCESS_ATOMIC;
		a->icount = s->now.off_since;
	} else if (s->cli < place->offset) {
		flags |= MACHINE_ACCESS_ATOMIC;
		a->icount = s->now.boundary;
	} else {
		a->icount = cpu->icount - blocks_counted(cpu) + place->index;
	}
	a->rip = place->rip;
	a->pa = pa;
	a->size = (uint8_t)size;
	a->flags = (uint8_t)flags;
}

static void on_access(uc_engine *uc, uc_mem_type type, uint64_t pa, int size,
                      int64_t value, void *opaque)
{
	struct cpu *cpu = opaque;
	bool write = type == UC_MEM_WRITE;
	struct place found;
	const struct place *place = place_of_access(cpu, &found);

	(void)uc;
	(void)value;
	if (pa >= cpu->ram_size)
		return;
	if (write) {
		watch_write(cpu->watch, pa);
		if (pa % PAGE_SIZE + (unsigned)size > PAGE_SIZE)
			save_next_page(cpu, pa);
	}
	log_access(cpu, place, (uint32_t)pa, size, write ? MACHINE_ACCESS_WRITE : 0);
}

void access_on_port(struct cpu *cpu, uint16_t port, int size, bool write)
{
	struct place place;

	if (!cpu->access)
		return;
	place = find_place(cpu, 0);
	log_access(cpu, &place, port, size,
	           MACHINE_ACCESS_PORT | (write ? MACHINE_ACCESS_WRITE : 0));
}

int cpu_watch(struct cpu *cpu, struct watch *watch)
{
	uc_hook handle;

	cpu->access = calloc(1, sizeof(*cpu->access));
	if (!cpu->access)
		return error_set(ERR_MEMORY, "out of memory");
	cpu->access->now.read_flag = true;
	cpu->watch = watch;
	restore_defer();
	if (uc_hook_del(cpu->uc, cpu->block_hook) != UC_ERR_OK ||
	    uc_hook_add(cpu->uc, &cpu->block_hook, UC_HOOK_BLOCK,
	                (void *)(uintptr_t)access_on_block, cpu, 1, 0) != UC_ERR_OK ||
	    uc_hook_add(cpu->uc, &handle, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
	                (void *)(uintptr_t)on_access, cpu, 1, 0) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn refuses a hook on memory");
	return 0;
}

/* --- snapshots --- */

int cpu_snapshot_create(struct cpu *cpu, struct cpu_snapshot *s)
{
	*s = (struct cpu_snapshot){0};
	if (uc_context_alloc(cpu->uc, &s->context) != UC_ERR_OK)
		return error_set(ERR_MEMORY, "out of memory");
	return 0;
}

void cpu_snapshot_destroy(struct cpu_snapshot *s)
{
	if (s->context)
		uc_context_free(s->context);
	s->context = NULL;
}

void cpu_snapshot_take(struct cpu *cpu, struct cpu_snapshot *s)
{
	uc_context_save(cpu->uc, s->context);
	s->icount = cpu->icount;
	s->resumed_at = cpu->resumed_at;
	s->resumed_from = cpu->resumed_from;
	s->probed_pc = cpu->probed_pc;
	s->probed_at = cpu->probed_at;
	s->position = cpu->access->now;
}

/*
 * What was translated only to stop at an exact count is never used again, but fills the
 * engine's tables; and once its buffer were full, places would be used anew.
 */
static void drop_translations(struct cpu *cpu)
{
	uc_ctl_flush_tb(cpu->uc);
	memset(cpu->access->places, 0, sizeof(cpu->access->places));
	cpu->forgotten = 0;
}

void cpu_snapshot_restore(struct cpu *cpu, const struct cpu_snapshot *s)
{
	uc_context_restore(cpu->uc, s->context);
	uc_ctl_flush_tlb(cpu->uc);
	if (cpu->forgotten > FORGOTTEN_MAX)
		drop_translations(cpu);
	cpu->icount = s->icount;
	cpu->resumed_at = s->resumed_at;
	cpu->resumed_from = s->resumed_from;
	cpu->probed_pc = s->probed_pc;
	cpu->probed_at = s->probed_at;
	cpu->access->now = s->position;
	cpu->block = NULL;
	/* The lower half may be another one, and its code other code. */
	blocks_entered_kernel(cpu);
}
