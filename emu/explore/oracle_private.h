/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The oracles' insides.
 *
 *	oracle.c           life, the walk through a record, findings
 *	oracle_names.c     places, threads and locks for people
 *	oracle_access.c    each access: races and isolation
 *	oracle_memory.c    heap blocks and page frames
 *	oracle_locks.c     locks, and the order they make
 *	oracle_contract.c  fork, wait and exit, by check.h
 *	oracle_stuck.c     who is left waiting at the end, and where
 *	oracle_end.c       how the run ended
 *
 * One walk serves all.  Nothing is cleared between two runs: what a table says counts
 * only where it bears the number of the present run.
 */
#ifndef FORKSCOPE_EXPLORE_ORACLE_PRIVATE_H
#define FORKSCOPE_EXPLORE_ORACLE_PRIVATE_H

#include "explore/oracle.h"
#include "probe/kernel.h"
#include "probe/symbols.h"

#define ORACLE_PAGE 4096u
#define ORACLE_GRANULE 8u
#define ORACLE_PAGE_GRANULES (ORACLE_PAGE / ORACLE_GRANULE)
#define ORACLE_NOBODY UINT16_MAX
#define ORACLE_UNASKED (UINT16_MAX - 1)
#define ORACLE_NEVER UINT32_MAX
/* Beyond these a run is judged in part: no kernel of interest comes near. */
#define ORACLE_LOCKS 512
#define ORACLE_HELD 16
#define ORACLE_BLOCKS 8192
#define ORACLE_PAGES_GIVEN 8192
#define ORACLE_ORDERS 1024
#define ORACLE_PLACES 4096
#define ORACLE_PLACE_SIZE 80
#define ORACLE_PAIRS 4096
#define ORACLE_FRAMES 12

/* The last access of one kind to a granule. */
struct oracle_last {
	uint16_t thread;
	uint8_t mask; /* its bytes; 0: none */
	uint8_t flags;
	uint32_t clock; /* of the thread */
	uint32_t access;
};

struct oracle_granule {
	uint32_t run;
	struct oracle_last write, read;
	uint32_t padding;
};

enum oracle_page_state {
	ORACLE_PAGE_OLD,   /* as before the start */
	ORACLE_PAGE_GIVEN, /* given out since */
	ORACLE_PAGE_FREE,  /* given back */
};

/* What a granule of a page with heap blocks is. */
enum {
	ORACLE_UNKNOWN,
	ORACLE_LIVE,
	ORACLE_FREED,
	ORACLE_PARTLY = 0x10, /* plus the number of bytes that belong to a live block */
};

struct oracle_page {
	uint32_t run;
	uint8_t state;
	bool heap;       /* `granules` counts, */
	bool known;      /* and tells all that is in it */
	bool states;     /* some thread's state lies in it */
	uint16_t writer; /* the last to write it in user mode since it was given out */
	uint32_t mark;   /* that gave it out, or took it back */
	uint8_t *granules;
};

struct oracle_block {
	uint64_t pa, size;
	uint32_t run;
	uint32_t alloc, free; /* marks, or ORACLE_NEVER */
};

struct oracle_lock {
	uint64_t address;
	uint16_t holder;
	bool sleeps;
	bool across;    /* its holder has left the CPU since */
	bool allocator; /* acquired by the allocator */
	bool acquired;  /* in this run */
	uint32_t mark;  /* of the last acquisition or release */
	uint32_t clocks[RECORD_THREADS_MAX];
};

struct oracle_thread {
	uint16_t held[ORACLE_HELD];
	uint16_t nheld;
	uint16_t nallocator; /* of them locks of the allocator */
	/* Of an acquisition told before interrupts were off, so that one may come first.
	 */
	uint32_t early;
	bool in_irq;
	uint64_t section;     /* the count at which that, or its last part, began */
	uint32_t born;        /* its first access cannot come before this one */
	uint32_t last_switch; /* mark with which it last left the CPU */
	uint32_t clocks[RECORD_THREADS_MAX];
};

struct oracle_slot {
	uint64_t key;
	uint32_t run;
	uint32_t value;
};

struct oracle_place {
	uint64_t rip;
	char text[ORACLE_PLACE_SIZE];
};

struct check_report;

struct oracle {
	const struct kernel *kernel;
	const struct symbols *symbols;
	const struct explore_config *config;
	uint64_t percpu, percpu_size; /* physical */
	struct symbols_range scheduler[32];
	size_t nscheduler;

	/* The run. */
	uint32_t run;
	const struct record *record;
	struct machine *machine;
	struct oracle_finding *findings;
	size_t max, n;
	uint16_t current;
	bool attentive; /* the current thread is in an interrupt, or early with a lock */
	bool settling;  /* in the atomic section of a switch, */
	uint64_t section; /* which began at this count */
	uint16_t leaver;  /* who left, until `current` does something with a lock */
	bool entered;     /* `current` has begun to */
	bool all_reaped;

	uint64_t ram;
	struct oracle_granule *granules;
	struct oracle_page *pages;
	uint32_t given[ORACLE_PAGES_GIVEN];
	size_t ngiven;
	struct oracle_thread threads[RECORD_THREADS_MAX];

	struct oracle_block blocks[ORACLE_BLOCKS];
	size_t nblocks;
	uint16_t block_list[ORACLE_BLOCKS]; /* those of the run, as they came */
	/* Live at the start, by address: virtual ones, since only events tell of them. */
	struct oracle_block *old_blocks;
	size_t nold_blocks;
	bool old_known; /* these are all */

	struct oracle_lock locks[ORACLE_LOCKS];
	size_t nlocks;
	bool locks_lost;
	struct oracle_slot lock_slots[2 * ORACLE_LOCKS];
	struct oracle_slot orders[ORACLE_ORDERS];
	/* By writer and reader: see find_heir(). */
	uint16_t heirs[RECORD_THREADS_MAX][RECORD_THREADS_MAX];
	struct oracle_slot pairs[ORACLE_PAIRS];

	struct oracle_place places[ORACLE_PLACES];

	/* Sequences of events that keep the contract. */
	uint64_t *good;
	size_t ngood, good_room;
};

static inline uint64_t oracle_mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/*
 * A new finding, its reason to be written; NULL where this run has one with that key, or
 * no room.  `a` and `b` are what makes the key besides the check.
 */
struct oracle_finding *oracle_find(struct oracle *o, enum explore_check check, uint64_t a,
                                   uint64_t b);
void oracle_reason(struct oracle_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void oracle_place_access(struct oracle *o, struct oracle_finding *f, size_t access,
                         uint16_t thread);
void oracle_place_mark(struct oracle *o, struct oracle_finding *f, size_t mark);

/* oracle_names.c */
/* "proc_exit (guestkernel/proc/exit.c:12)"; lives until the next few calls. */
const char *oracle_at(struct oracle *o, uint64_t rip);
/* Start of the function that holds it, or the address itself. */
uint64_t oracle_function(const struct oracle *o, uint64_t rip);
/* "1.1", "the kernel's thread 3"; lives until the eighth call after. */
const char *oracle_who(const struct oracle *o, uint16_t thread);
/* Where a mark was made: the instruction that called the function of its probe. */
uint64_t oracle_mark_rip(const struct oracle *o, size_t mark);
/* "sched_lock", "a lock in the heap"; and what tells it in any run. */
const char *oracle_lock_name(const struct oracle *o, const struct oracle_lock *lock);
uint64_t oracle_lock_key(const struct oracle *o, const struct oracle_lock *lock);

/* oracle_access.c */
void oracle_accesses(struct oracle *o, size_t from, size_t to);

/* oracle_memory.c */
struct oracle_page *oracle_page(struct oracle *o, uint64_t pa);
void oracle_memory_access(struct oracle *o, struct oracle_page *page, size_t access);
void oracle_memory_mark(struct oracle *o, size_t mark);
void oracle_memory_end(struct oracle *o);
void oracle_memory_free(struct oracle *o);
/* Learns of the blocks from before the start, at the first run.  ERR_MEMORY. */
int oracle_memory_start(struct oracle *o);

/* oracle_locks.c */
void oracle_lock_mark(struct oracle *o, size_t mark);
void oracle_lock_switch(struct oracle *o, size_t mark);
void oracle_lock_interrupt(struct oracle *o, const struct record_mark *mark);
/* Each access while `attentive`. */
void oracle_lock_access(struct oracle *o, const struct machine_access *a);
void oracle_lock_enter(struct oracle *o); /* the current thread has changed */
void oracle_lock_user(struct oracle *o, size_t access);
void oracle_lock_end(struct oracle *o);
/* All of `from` so far comes before all of `to` from now on. */
void oracle_order(struct oracle *o, uint16_t from, uint16_t to);

/* oracle_contract.c, before oracle_stuck.c */
int oracle_contract(struct oracle *o);

/* oracle_stuck.c; `report` may be NULL */
void oracle_stuck(struct oracle *o, const struct check_report *report);

/* oracle_end.c */
void oracle_end(struct oracle *o);

#endif
