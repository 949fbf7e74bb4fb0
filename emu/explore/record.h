/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of one interleaving: every access to memory, and between them the marks of
 * all else that happened.  Executors write it, oracles and the search read it.
 *
 * It covers the run from the search's start state on.  What two interleavings share at
 * their beginning is the same in both records, to the byte.
 */
#ifndef FORKSCOPE_EXPLORE_RECORD_H
#define FORKSCOPE_EXPLORE_RECORD_H

#include "machine/machine.h"
#include "sched/session.h"
#include "trace/event.h"

/* Threads of a run, so that a set of them is one word. */
#define RECORD_THREADS_MAX 64

/* A thread of the guest, by the order in which they became known; never used again. */
struct record_thread {
	uint64_t address; /* of the guest's thread structure */
	uint64_t pa;      /* where that lies in RAM, UINT64_MAX where unknown */
	uint64_t state;   /* physical address of its state, UINT64_MAX where unknown */
	/* Where its stack pointer was when it left the CPU last, likewise. */
	uint64_t stack;
	int id; /* the kernel's own number */
	int pid;
	const char *proc; /* fork path, "0" for the kernel's; interned */
	/*
	 * The same in every interleaving, whoever is created first: a hash of the
	 * creator's name and how many it had created before.
	 */
	uint64_t name;
	bool idle;    /* runs only when nothing else can */
	bool exited;  /* at the end of the run */
	bool blocked; /* at the end of the run: not running, not ready */
};

enum record_kind {
	RECORD_SWITCH, /* `thread` leaves the CPU to thread a; b: why (enum record_why) */
	RECORD_IRQ,    /* an interrupt enters `thread`; a: vector, b: it was idle */
	/* Thread a is about to be runnable for the first time; b: it is already. */
	RECORD_START,
	/*
	 * Memory, by physical address (of a heap block the executor looks it up when it
	 * writes the mark; it is taken to lie in one piece, as in a direct map).
	 */
	RECORD_ALLOC,      /* heap: address a, b bytes */
	RECORD_FREE,       /* heap: address a; before the allocator writes into it */
	RECORD_PAGES,      /* page frames: address a, b bytes, are given out */
	RECORD_PAGES_FREE, /* and given back */
	RECORD_ACQUIRE,    /* lock at virtual address a; b: enum record_lock */
	RECORD_RELEASE,    /* the same */
	RECORD_EVENT,      /* a: index into the events */
	RECORD_CHOICE,     /* from count a on thread b is to run, instead of `thread` */
};

enum record_why { RECORD_BLOCK, RECORD_YIELD, RECORD_PREEMPT, RECORD_EXIT };
enum record_lock { RECORD_SPINLOCK, RECORD_SLEEPLOCK };

struct record_mark {
	enum record_kind kind;
	uint16_t thread;
	uint32_t access; /* it comes before this access of the record */
	uint64_t icount;
	uint64_t a, b;
};

#define RECORD_PAGE 4096u

/* A page of RAM, as far as the accesses of one record touch it. */
struct record_page {
	uint32_t record; /* a number of that record */
	uint16_t thread; /* that touched it first */
	bool shared;     /* another one did too */
};

struct record {
	/*
	 * Of the first run of a search all; of the others from where more than one thread
	 * could run, which the marks before it say by coming before access 0.
	 */
	const struct machine_access *accesses;
	size_t naccesses;
	const struct record_mark *marks;
	size_t nmarks;
	/*
	 * Of the tracer, heap events among them: those of before the start come first,
	 * and have no marks.
	 */
	const struct trace_event *events;
	size_t nevents;
	const struct record_thread *threads;
	size_t nthreads;
	uint16_t first_thread;  /* who runs at the start, */
	uint64_t first_blocked; /* who, of those that there are, could not, */
	uint64_t first_ready;   /* and who could have run instead */
	uint64_t start;         /* count at the start, */
	uint64_t end;           /* and where the run ended */
	enum trace_outcome outcome;
	bool stalled; /* TRACE_LIMIT by the bound on instructions without progress */
	bool cut;     /* it was too long: what happened last is not in here */
	int status;
	const char *console; /* of the whole run */
	size_t console_size;
	const struct record_page *pages; /* by frame; NULL: not known */
};

/* "1.1", "the kernel's thread 3"; lives until the eighth call after. */
const char *record_who(const struct record *record, uint16_t thread);

/* False: nobody but its own thread touches the page of this access. */
static inline bool record_may_share(const struct record *r,
                                    const struct machine_access *a)
{
	return !r->pages || a->pa % RECORD_PAGE + a->size > RECORD_PAGE ||
	       r->pages[a->pa / RECORD_PAGE].shared;
}

#endif
