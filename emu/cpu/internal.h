/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the processor share; nothing outside emu/cpu includes it. */
#ifndef FORKSCOPE_CPU_INTERNAL_H
#define FORKSCOPE_CPU_INTERNAL_H

#include <capstone/capstone.h>
#include <unicorn/unicorn.h>

#include "cpu/cpu.h"
#include "cpu/layout.h"
#include "cpu/paging.h"
#include "cpu/watch.h"

#define CPU_LIKELY(x) __builtin_expect(!!(x), 1)

#define VECTOR_DE 0
#define VECTOR_UD 6
#define VECTOR_DF 8
#define VECTOR_TS 10
#define VECTOR_NP 11
#define VECTOR_SS 12
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_AC 17

#define FLAG_IF 0x200ull
#define HF_CS32 (1u << 4)
#define HF_SS32 (1u << 5)
#define HF_CS64 (1u << 15)

/*
 * Cache of instruction counts by block.  A hit says how many instructions the block at
 * `pc` of `size` bytes has.  What that depends on is the bytes, so an entry holds while
 * its half of the address space has the stamp it was checked under.  The lower half's
 * code may change whenever ring 0 runs: each entry to ring 0 makes its stamp suspect, and
 * the next use looks whether the pages that were read are still there with the same bytes
 * (blocks.c).  The fast way knows one stamp only, of the half that code runs in; the
 * first block in the other half takes the slow way, which changes over.  Blocks with a
 * flag never carry a stamp here and always take the slow way. 16 bytes: four to a cache
 * line of the host.
 */
struct block {
	uint64_t pc;
	uint32_t tag;   /* a stamp, and the size in bytes in its lower bits */
	uint32_t count; /* instructions */
};

/* Stamps are multiples of this, which is more than the size of any block. */
#define STAMP_STEP 0x2000u

static inline uint32_t block_size(const struct block *b)
{
	return b->tag % STAMP_STEP;
}

/*
 * Many times the blocks of a kernel and a few programs, so that few share a slot: what is
 * pushed out is disassembled again.  The host's caches hold only the entries in use.
 */
#define BLOCKS 32768u

static inline unsigned block_slot(uint64_t pc)
{
	return (pc ^ pc >> 13) & (BLOCKS - 1);
}

/* The same in bytes, which is what compilers make the least code of. */
static inline uint64_t block_offset(uint64_t pc)
{
	return ((pc ^ pc >> 13) * sizeof(struct block)) &
	       ((BLOCKS - 1) * sizeof(struct block));
}

enum block_flag {
	BLOCK_PROBED = 1,   /* the observer wants to hear of it */
	BLOCK_IO = 2,       /* has IN or OUT, which ring 3 must not run */
	BLOCK_VOLATILE = 4, /* on a writable page: compare the bytes at each use */
};

/* The cold half of an entry. */
struct block_info {
	uint64_t hash; /* of the bytes */
	uint32_t stamp;
	uint8_t flags;
};

/* A virtual page whose code was read, valid under one stamp. */
struct code_page {
	uint64_t va;
	const uint8_t *host;
	uint64_t hash; /* of all of it; of the lower half only */
	uint32_t stamp;
	bool writable;
};
#define CODE_PAGES 64u

/* No block has these as its stamp. */
#define STAMP_NONE 0u
#define STAMP_SUSPECT (0u - STAMP_STEP)
/* The upper half's, for ever, and the first of the lower half's, which all differ. */
#define STAMP_UPPER STAMP_STEP
#define STAMP_LOWER (2 * STAMP_STEP)

/* Why the engine came back from uc_emu_start(). */
enum event {
	EVENT_NONE,      /* HLT, or an exit address */
	EVENT_EXCEPTION, /* `pending` holds it */
	EVENT_SYSCALL,
	EVENT_PARTIAL, /* the limit lies inside the block at block_pc */
	EVENT_DUE,
	EVENT_STALE, /* the translations of a page are of other code: drop them */
	EVENT_IO,    /* ring 3 stands before a block with IN or OUT */
	EVENT_WINDOW,
	EVENT_STOP,
	EVENT_FAULT, /* the message is set */
};

struct exception {
	int vector;
	bool software; /* INT n: its gate's DPL counts, and RIP is past it */
	bool has_error;
	uint64_t error;
	uint64_t rip;
	uint64_t address;
};

/* Of exitcheck.c. */
struct exit_check {
	uintptr_t helper; /* 0: there is nothing to jump over */
	bool writable;    /* translations are, as far as tried */
	uint8_t *site;    /* behind the call of the hook that is under way */
	uint8_t *restored;
};

struct mmio_window {
	struct cpu *cpu;
	uint64_t base;
};
#define MMIO_WINDOWS 4

struct cpu {
	/*
	 * What the fast way of the hook uses (hook.c) comes first, and then the table, so
	 * that it reaches all by short instructions.
	 */
	uint64_t icount; /* blocks are counted whole when they begin */
	uint64_t
		fast_limit; /* a block that would pass it takes the slow way; 0: all do */
	struct block *block; /* being run and counted whole; NULL once that is settled */
	uint32_t half_stamp; /* of the half that the last block in the table is of */
	/* blocks_slow(), for hook.c, which knows nothing of the program by name */
	void (*slow_block)(uc_engine *uc, uint64_t pc, uint32_t tag, struct cpu *cpu);
	_Alignas(16) struct block blocks[BLOCKS];

	uc_engine *uc;
	uc_context *context; /* scratch, for what only a saved context shows */
	uint32_t *words;     /* the same, seen as words */
	const struct layout *layout;
	const struct cpu_bus *bus;
	int index;
	uint8_t *ram;
	uint64_t ram_size;

	uint64_t limit;    /* of the run under way: exact, */
	uint64_t due;      /* and at a block boundary */
	uint32_t stamp[2]; /* by the sign of the address */

	/* The block that blocks_slow() saw last, counted or not. */
	uint64_t block_pc;
	uint32_t block_size;

	/* Where a run was stopped in mid-block, and the count at that block's start. */
	uint64_t resumed_at;
	uint64_t resumed_from;

	uint64_t probed_pc; /* the probe last reported, and when: it fires once */
	uint64_t probed_at;

	enum event event;
	struct exception pending;
	bool stepping; /* inside part of a block: its count is done by hand */
	bool window;
	bool stop;
	struct exit_check check;
	bool io_stop;           /* the run ends after the OUT at hand: then these are */
	uc_context *io_context; /* the registers, */
	uint64_t io_rip;        /* and this is where it stands */
	char fault[160];

	struct block_info infos[BLOCKS];
	struct code_page pages[CODE_PAGES];
	uint8_t lower_pages[CODE_PAGES]; /* those of the lower half, by index */
	unsigned nlower_pages;
	uint64_t *frames;     /* by frame of RAM: hash of the code run from it, or 0 */
	uint64_t stale;       /* a page whose translations must go, or 0 */
	size_t forgotten;     /* translations thrown away, long ones counting for more */
	uint32_t lower_stamp; /* what stamp[0] is again, should nothing have changed */

	uint64_t *probes; /* open addressing, 0 is empty */
	size_t nprobes;
	size_t probe_slots;

	uc_hook block_hook;
	struct watch *watch; /* NULL: accesses are not watched */
	struct access_state *access;

	csh capstone64, capstone32;
	cs_insn *insn;
	struct mmio_window mmio[MMIO_WINDOWS];
	int nmmio;
};

/* hook/hook.c */
__attribute__((visibility("default"))) void blocks_on_block(uc_engine *uc, uint64_t pc,
                                                            uint32_t size, void *opaque);

/* blocks.c */
/*
 * What the hook does where the table has no entry that holds, or a limit is near.  `tag`
 * has the block's size, beside whatever stamp the hook compared with.
 */
void blocks_slow(uc_engine *uc, uint64_t pc, uint32_t tag, struct cpu *cpu);
/* Where the present block begins, and what it has added to the count. */
static inline uint64_t blocks_start(const struct cpu *cpu)
{
	return cpu->block ? cpu->block->pc : cpu->block_pc;
}

static inline uint32_t blocks_counted(const struct cpu *cpu)
{
	return cpu->block ? cpu->block->count : 0;
}

/* Takes back what the unfinished block has counted beyond `rip`. */
void blocks_settle(struct cpu *cpu, uint64_t rip);
/* Runs the first `n` instructions of the block at block_pc, of which none has run. */
void blocks_run_part(struct cpu *cpu, uint32_t n);
/* Deals with EVENT_STALE: the block that was about to run is translated anew. */
void blocks_drop_stale(struct cpu *cpu);
/* Code of ring 3 may have changed: called at each entry to ring 0. */
void blocks_entered_kernel(struct cpu *cpu);
/* The index of the first IN or OUT in the block at block_pc, or -1. */
int blocks_find_io(struct cpu *cpu);

/* exitcheck.c */
void exitcheck_open(struct cpu *cpu);
/* The block that calls its hook before `site` shall not look whether it is to stop. */
void exitcheck_skip(struct cpu *cpu, uint8_t *site);
/* It shall, since now it is. */
void exitcheck_restore(struct cpu *cpu, uint8_t *site);
/* Where the last run was stopped so, the next one need not look again. */
void exitcheck_resume(struct cpu *cpu);

/* deliver.c */
void deliver_on_exception(uc_engine *uc, uint32_t vector, void *opaque);
bool deliver_on_invalid(uc_engine *uc, void *opaque);
/* False: the processor shuts down, and cpu->fault says why. */
bool deliver(struct cpu *cpu, struct exception e);
bool deliver_syscall(struct cpu *cpu);

/* disasm.c */
int disasm_open(struct cpu *cpu);
void disasm_close(struct cpu *cpu);
/* Instructions from `pc` up to `end`, or -1 where the bytes do not come out even. */
int disasm_count(struct cpu *cpu, uint64_t pc, uint64_t end);
/* Address of the n-th instruction after `pc` (0: pc itself); false: undecodable. */
bool disasm_skip(struct cpu *cpu, uint64_t pc, uint32_t n, uint64_t *address);
/* Index of the first IN or OUT of all kinds among `size` bytes at `pc`, or -1. */
int disasm_find_io(struct cpu *cpu, uint64_t pc, uint32_t size);

struct disasm_insn {
	uint64_t address;
	unsigned id; /* Capstone's */
};

/* Bytes read at a time; a block may be longer. */
#define DISASM_WINDOW 256

struct disasm_cursor {
	struct cpu *cpu;
	csh handle;
	struct paging paging;
	uint64_t pc;
	uint8_t window[DISASM_WINDOW];
	const uint8_t *next;
	size_t left;
};

/* Instructions one after the other.  False: no more can be read. */
void disasm_start(struct disasm_cursor *c, struct cpu *cpu, uint64_t pc);
bool disasm_next(struct disasm_cursor *c, struct disasm_insn *insn);

/* access.c */
void access_on_port(struct cpu *cpu, uint16_t port, int size, bool write);
/*
 * Something has been delivered, and interrupts may now be off: the last count at which
 * one could be taken is `icount`.
 */
void access_set_boundary(struct cpu *cpu, uint64_t icount);

/* state.c */
uint64_t cpu_reg(struct cpu *cpu, int reg);
uint64_t cpu_msr(struct cpu *cpu, uint32_t msr);
uint32_t cpu_hflags(struct cpu *cpu);
int cpu_cpl(struct cpu *cpu);
void cpu_paging(struct cpu *cpu, struct paging *p);
void cpu_set_fault(struct cpu *cpu, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
