/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact instruction counts from a hook on each translated block.
 *
 * A block is counted whole when it begins.  Where it does not finish (a fault in its
 * middle), blocks_settle() takes the tail back.  Where a count to stop at lies inside it,
 * the block is thrown away and translated again with an exit at that instruction.
 */
#include "cpu/internal.h"

#include <string.h>

#include "base/error.h"
#include "base/xxh3.h"

/* Longest block that is read at once; the engine ends blocks after 512 instructions. */
#define BLOCK_BYTES_MAX (512 * 15)
_Static_assert(BLOCK_BYTES_MAX < STAMP_STEP, "a block's size fits beside a stamp");

static void stop_with(struct cpu *cpu, enum event event)
{
	if (cpu->event == EVENT_NONE)
		cpu->event = event;
	uc_emu_stop(cpu->uc);
	exitcheck_restore(cpu, cpu->check.site);
}

static void forget_all(struct cpu *cpu)
{
	memset(cpu->blocks, 0, sizeof(cpu->blocks));
	memset(cpu->infos, 0, sizeof(cpu->infos));
	memset(cpu->pages, 0, sizeof(cpu->pages));
}

/* From now on nothing that was read of the lower half counts. */
static void new_lower_stamp(struct cpu *cpu)
{
	cpu->nlower_pages = 0;
	cpu->lower_stamp += STAMP_STEP;
	if (cpu->lower_stamp == STAMP_SUSPECT) {
		/* Wrapped: an old entry could seem valid again. */
		forget_all(cpu);
		cpu->lower_stamp = STAMP_LOWER;
	}
	cpu->stamp[0] = cpu->half_stamp = cpu->lower_stamp;
}

static bool page_unchanged(struct cpu *cpu, const struct paging *p,
                           const struct code_page *page)
{
	struct translation t;

	return paging_walk(p, page->va, &t) && cpu->ram + t.pa == page->host &&
	       (p->enabled && t.writable) == page->writable &&
	       XXH3_64bits(page->host, PAGE_SIZE) == page->hash;
}

/* Ring 0 has run: is the lower half's code what it was? */
static void settle_suspicion(struct cpu *cpu)
{
	struct paging p;

	if (cpu->stamp[0] != STAMP_SUSPECT)
		return;
	cpu_paging(cpu, &p);
	for (unsigned i = 0; i < cpu->nlower_pages; i++) {
		if (!page_unchanged(cpu, &p, &cpu->pages[cpu->lower_pages[i]])) {
			new_lower_stamp(cpu);
			return;
		}
	}
	cpu->stamp[0] = cpu->lower_stamp;
}

/*
 * The engine notices writes to code only where they go through an executable mapping; a
 * kernel that fills a frame through another one leaves it with translations of what the
 * frame held before.  So each frame that code was run from has the hash of its bytes at
 * that time.  True, and the new hash noted, where they have changed since: then the
 * translations must go before anything of the page runs.
 */
static bool is_stale(struct cpu *cpu, uint64_t va, uint64_t pa)
{
	uint64_t *known = &cpu->frames[pa / PAGE_SIZE];
	uint64_t was = *known;

	*known = XXH3_64bits(cpu->ram + pa, PAGE_SIZE);
	if (was == 0 || was == *known)
		return false;
	cpu->stale = va;
	return true;
}

/*
 * The page that holds `va`, or NULL where it is not RAM, or where translations of it are
 * stale: then cpu->stale is its address.
 */
static const struct code_page *code_page(struct cpu *cpu, uint64_t va)
{
	uint64_t base = va & ~(uint64_t)(PAGE_SIZE - 1);
	unsigned slot = va / PAGE_SIZE % CODE_PAGES;
	struct code_page *page = &cpu->pages[slot];
	bool lower = va >> 63 == 0;
	bool known = page->va == base && page->stamp == cpu->stamp[va >> 63];
	struct translation t;
	struct paging p;

	if (known && !page->writable)
		return page;
	cpu_paging(cpu, &p);
	if (!paging_walk(&p, base, &t) || t.pa > cpu->ram_size - PAGE_SIZE)
		return NULL;
	/* Writable once need not be for ever: a kernel takes the right from its code. */
	if (known && page->host == cpu->ram + t.pa) {
		page->writable = p.enabled && t.writable;
		return page;
	}
	if (lower && is_stale(cpu, base, t.pa))
		return NULL;
	/*
	 * A page in use makes way: what was read of it can no longer be checked.  Ring 0
	 * may run the lower half too, under another stamp: the list has an end.
	 */
	if ((page->va >> 63 == 0 && page->stamp == cpu->stamp[0]) ||
	    (lower && cpu->nlower_pages == CODE_PAGES))
		new_lower_stamp(cpu);
	*page = (struct code_page){
		.va = base,
		.host = cpu->ram + t.pa,
		.stamp = cpu->stamp[va >> 63],
		.writable = p.enabled && t.writable,
	};
	if (lower) {
		page->hash = cpu->frames[t.pa / PAGE_SIZE];
		cpu->lower_pages[cpu->nlower_pages++] = (uint8_t)slot;
	}
	return page;
}

/*
 * Hash of a block's bytes, and whether they may be written where they lie.  False where
 * they cannot be read.
 */
static bool hash_code(struct cpu *cpu, uint64_t pc, uint32_t size, uint64_t *hash,
                      bool *is_volatile)
{
	uint8_t bytes[BLOCK_BYTES_MAX];
	const struct code_page *page = code_page(cpu, pc);
	size_t offset = pc % PAGE_SIZE;
	size_t done = PAGE_SIZE - offset;

	if (!page || size > sizeof(bytes))
		return false;
	*is_volatile = page->writable;
	if (size <= done) {
		*hash = XXH3_64bits(page->host + offset, size);
		return true;
	}
	memcpy(bytes, page->host + offset, done);
	while (done < size) {
		size_t part = size - done < PAGE_SIZE ? size - done : PAGE_SIZE;

		page = code_page(cpu, pc + done);
		if (!page)
			return false;
		*is_volatile |= page->writable;
		memcpy(bytes + done, page->host, part);
		done += part;
	}
	*hash = XXH3_64bits(bytes, size);
	return true;
}

static bool probed(const struct cpu *cpu, uint64_t pc)
{
	if (cpu->nprobes == 0)
		return false;
	for (size_t i = block_slot(pc);; i++) {
		uint64_t at = cpu->probes[i & (cpu->probe_slots - 1)];

		if (at == pc)
			return true;
		if (at == 0)
			return false;
	}
}

/* How many instructions the engine put into the block it has at `pc`; 0: unknown. */
static uint32_t ask_engine(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	uc_tb tb;
	int n;

	if (uc_ctl_request_cache(cpu->uc, pc, &tb) == UC_ERR_OK && tb.size == size)
		return tb.icount;
	n = disasm_count(cpu, pc, pc + size);
	return n > 0 ? (uint32_t)n : 0;
}

/* Makes the entry of a block valid; NULL where its bytes cannot be read or counted. */
static struct block *look_up(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	struct block *b = &cpu->blocks[block_slot(pc)];
	struct block_info *info = &cpu->infos[block_slot(pc)];
	bool same = b->pc == pc && block_size(b) == size && info->stamp != STAMP_NONE;
	bool is_volatile;
	uint32_t stamp;
	uint64_t hash;

	/* Not while ring 0 still runs, in its own half: it may yet change the other. */
	if (pc >> 63 == 0)
		settle_suspicion(cpu);
	cpu->half_stamp = cpu->stamp[pc >> 63];
	if (same && info->stamp == cpu->stamp[pc >> 63] &&
	    !(info->flags & BLOCK_VOLATILE))
		return b;
	do {
		/* Again, should the reading have moved the stamp on. */
		stamp = cpu->stamp[pc >> 63];
		if (!hash_code(cpu, pc, size, &hash, &is_volatile))
			return NULL;
	} while (stamp != cpu->stamp[pc >> 63]);
	if (!same || info->hash != hash) {
		uint32_t n = ask_engine(cpu, pc, size);

		if (n == 0)
			return NULL;
		*b = (struct block){.pc = pc, .tag = STAMP_NONE | size, .count = n};
		*info = (struct block_info){.hash = hash};
		if (probed(cpu, pc))
			info->flags |= BLOCK_PROBED;
		if (disasm_find_io(cpu, pc, size) >= 0)
			info->flags |= BLOCK_IO;
	}
	info->flags &= (uint8_t)~BLOCK_VOLATILE;
	if (is_volatile)
		info->flags |= BLOCK_VOLATILE;
	info->stamp = cpu->half_stamp = stamp;
	b->tag = (info->flags ? STAMP_NONE : stamp) | size;
	return b;
}

static void report_probe(struct cpu *cpu, uint64_t pc)
{
	if (cpu->probed_pc == pc && cpu->probed_at == cpu->icount)
		return;
	cpu->probed_pc = pc;
	cpu->probed_at = cpu->icount;
	cpu->bus->probe(cpu->bus->ctx, cpu->index, pc);
}

/* Ring 3 comes to an IN or OUT before it comes to the limit. */
static bool reaches_io(struct cpu *cpu, const struct block *b)
{
	int before;

	if (!(cpu->infos[b - cpu->blocks].flags & BLOCK_IO) || cpu_cpl(cpu) != 3)
		return false;
	before = blocks_find_io(cpu);
	return before >= 0 && cpu->icount + (uint32_t)before <= cpu->limit;
}

void blocks_slow(uc_engine *uc, uint64_t pc, uint32_t tag, struct cpu *cpu)
{
	uint32_t size = tag % STAMP_STEP;
	struct block *b;

	(void)uc;
	cpu->block_pc = pc;
	cpu->block_size = size;
	cpu->block = NULL;
	/* The hook jumps here, so that its caller is this function's (exitcheck.c). */
	cpu->check.site = __builtin_return_address(0);
	if (cpu->stepping)
		return;
	if (cpu->stop || cpu->event != EVENT_NONE) {
		stop_with(cpu, EVENT_STOP);
		return;
	}
	if (cpu->window && cpu_interruptible(cpu)) {
		stop_with(cpu, EVENT_WINDOW);
		return;
	}
	/* Before a probe is told: what stops here may be an interrupt that comes first */
	if (cpu->icount >= cpu->due || cpu->icount >= cpu->limit) {
		stop_with(cpu, EVENT_DUE);
		return;
	}
	b = look_up(cpu, pc, size);
	if (!b && cpu->stale) {
		stop_with(cpu, EVENT_STALE);
		return;
	}
	if (!b) {
		cpu_set_fault(cpu, "the code at %#llx cannot be counted",
		              (unsigned long long)pc);
		stop_with(cpu, EVENT_FAULT);
		return;
	}
	if (cpu->infos[b - cpu->blocks].flags & BLOCK_PROBED)
		report_probe(cpu, pc);
	if (cpu->stop)
		stop_with(cpu, EVENT_STOP);
	else if (reaches_io(cpu, b))
		stop_with(cpu, EVENT_IO);
	else if (cpu->icount + b->count > cpu->limit)
		stop_with(cpu, EVENT_PARTIAL);
	else {
		cpu->icount += b->count;
		cpu->block = b;
		exitcheck_skip(cpu, cpu->check.site);
	}
}

void blocks_settle(struct cpu *cpu, uint64_t rip)
{
	const struct block *b = cpu->block;
	int done;

	cpu->block = NULL;
	if (!b || rip < b->pc || rip >= b->pc + block_size(b))
		return;
	done = disasm_count(cpu, b->pc, rip);
	if (done >= 0 && (uint32_t)done <= b->count)
		cpu->icount -= b->count - (uint32_t)done;
}

static void forget_translation(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	uc_ctl_remove_cache(cpu->uc, pc, pc + size);
	/* Each costs a node of the engine's tree, and room by its length. */
	cpu->forgotten += 1 + size / 32;
}

void blocks_run_part(struct cpu *cpu, uint32_t n)
{
	uint64_t pc = cpu->block_pc;
	uint32_t size = cpu->block_size;
	uint64_t from = cpu_io_icount(cpu);
	uint64_t none = 0;
	uint64_t exit;
	uc_err err;

	if (!disasm_skip(cpu, pc, n, &exit)) {
		cpu_set_fault(cpu, "the code at %#llx cannot be disassembled",
		              (unsigned long long)pc);
		cpu->event = EVENT_FAULT;
		return;
	}
	forget_translation(cpu, pc, size);
	uc_ctl_set_exits(cpu->uc, &exit, 1);
	cpu->stepping = true;
	cpu->fast_limit = 0;
	cpu->event = EVENT_NONE;
	err = uc_emu_start(cpu->uc, pc, 0, 0, 0);
	cpu->stepping = false;
	uc_ctl_set_exits(cpu->uc, &none, 0);
	/* What was translated ends at the exit, which is no place for a block to end. */
	forget_translation(cpu, pc, size);

	if (err == UC_ERR_OK && cpu->event == EVENT_NONE) {
		cpu->icount += n;
		cpu->resumed_at = cpu->icount;
		cpu->resumed_from = from;
	} else if (cpu->event == EVENT_EXCEPTION) {
		int done = disasm_count(cpu, pc, cpu->pending.rip);

		cpu->icount += done > 0 ? (uint32_t)done : 0;
	} else if (err != UC_ERR_OK && cpu->event == EVENT_NONE) {
		cpu_set_fault(cpu, "%s at %#llx", uc_strerror(err),
		              (unsigned long long)cpu_reg(cpu, UC_X86_REG_RIP));
		cpu->event = EVENT_FAULT;
	}
}

void blocks_drop_stale(struct cpu *cpu)
{
	forget_translation(cpu, cpu->stale, PAGE_SIZE);
	cpu->stale = 0;
}

int blocks_find_io(struct cpu *cpu)
{
	return disasm_find_io(cpu, cpu->block_pc, cpu->block_size);
}

void blocks_entered_kernel(struct cpu *cpu)
{
	cpu->stamp[0] = STAMP_SUSPECT;
	cpu->half_stamp = STAMP_UPPER;
}

static void forget_block(struct cpu *cpu, uint64_t pc)
{
	struct block *b = &cpu->blocks[block_slot(pc)];

	if (b->pc == pc) {
		/* It may be the present block: its count must stay. */
		b->tag = STAMP_NONE | block_size(b);
		cpu->infos[block_slot(pc)].stamp = STAMP_NONE;
	}
}

static void insert_probe(uint64_t *table, size_t slots, uint64_t pc)
{
	size_t i = block_slot(pc);

	while (table[i & (slots - 1)] != 0)
		i++;
	table[i & (slots - 1)] = pc;
}

/* Rebuilds the table with room for `n` probes, without `gone`. */
static int resize_probes(struct cpu *cpu, size_t n, uint64_t gone)
{
	size_t slots = 16;
	uint64_t *table;

	while (slots < 2 * n)
		slots *= 2;
	table = calloc(slots, sizeof(*table));
	if (!table)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < cpu->probe_slots; i++) {
		if (cpu->probes[i] != 0 && cpu->probes[i] != gone)
			insert_probe(table, slots, cpu->probes[i]);
	}
	free(cpu->probes);
	cpu->probes = table;
	cpu->probe_slots = slots;
	return 0;
}

int cpu_probe(struct cpu *cpu, uint64_t address)
{
	if (address == 0 || probed(cpu, address))
		return 0;
	if (2 * (cpu->nprobes + 1) > cpu->probe_slots) {
		int err = resize_probes(cpu, 2 * (cpu->nprobes + 1), 0);

		if (err)
			return err;
	}
	insert_probe(cpu->probes, cpu->probe_slots, address);
	cpu->nprobes++;
	forget_block(cpu, address);
	return 0;
}

void cpu_unprobe(struct cpu *cpu, uint64_t address)
{
	if (address == 0 || !probed(cpu, address))
		return;
	/*
	 * Out of memory: the probe stays, and is reported to an observer that ignores it.
	 */
	if (resize_probes(cpu, cpu->nprobes, address) == 0) {
		cpu->nprobes--;
		forget_block(cpu, address);
	}
}
