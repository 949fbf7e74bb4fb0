/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The insides of the steps.
 *
 *	steps_schedule.c  what is the scheduler's, and the walk over a record
 *	steps_collect.c   the accesses that may matter
 *	steps.c           steps made of them
 */
#ifndef FORKSCOPE_EXPLORE_STEPS_PRIVATE_H
#define FORKSCOPE_EXPLORE_STEPS_PRIVATE_H

#include "base/array.h"
#include "explore/steps.h"
#include "probe/kernel.h"

/* Memory is looked at in words of eight bytes. */
#define WORD 8u
/* Ports come after RAM. */
#define PORT_WORDS (0x10000u / WORD)
#define THREAD_SIZE_MAX 8192u
#define RIPS 4096u
#define NOT_YET UINT64_MAX
#define MEMORY UINT8_MAX
/* Memory too, under a lock whose sections commute. */
#define COMMUTING (UINT8_MAX - 1)
/* Of a stack pointer: what is so near lies on the same kernel stack, or on none. */
#define STACK_REACH 8192u

/* What became of a word from one allocation of its memory to the next. */
struct life {
	uint8_t thread; /* who touched it first */
	bool shared;    /* somebody else did too */
	bool written;
	bool outside; /* not only under a lock whose sections commute */
};

/* The life that a word leads at the present place of the record. */
struct word {
	uint32_t epoch; /* not the present record's: none */
	uint32_t life;
};

/* Which bytes of a word are the scheduler's, and whose state lies there. */
struct schedule_word {
	uint8_t bytes;
	uint8_t state_of; /* thread + 1, 0: nobody's */
};

/* An access that may matter. */
struct candidate {
	uint32_t access;
	uint32_t stretch;
	uint32_t life, last_life; /* of its first and its last word */
	uint8_t thread;
	uint8_t wakes; /* thread + 1, 0: it is an access */
	bool prologue; /* since its thread came onto the CPU no interrupt could come */
	bool commutes;
};

struct rip_class {
	uint64_t rip;
	bool lock;
};

struct steps_storage {
	const struct kernel *kernel;
	struct machine *machine;
	uint64_t image_start, image_end;
	const uint64_t *commuting_locks; /* virtual addresses */
	size_t ncommuting_locks;
	size_t thread_size;
	uint8_t offsets[THREAD_SIZE_MAX]; /* of a thread structure: the scheduler's bytes
	                                   */
	struct schedule_word *schedule;
	struct word *words;
	struct record_page *pages; /* by frame */
	uint32_t record;           /* its number in them */
	uint8_t *shared;           /* a bit for each word that was in a survey */
	size_t nwords;
	uint32_t epoch;
	struct life *lives;
	size_t nlives, lives_room;
	struct rip_class rips[RIPS];
	uint64_t masked; /* threads whose structures are in `schedule`, and where */
	uint64_t masked_pa[RECORD_THREADS_MAX], masked_state[RECORD_THREADS_MAX];

	/*
	 * What each access is to, as things stood then: a thread's state (thread + 1),
	 * MEMORY, or nothing that another thread's could conflict with (0).
	 */
	uint8_t *targets;
	size_t targets_room;
	struct candidate *candidates;
	size_t ncandidates, candidates_room;
	struct order_access *accesses;
	size_t naccesses, accesses_room;
	size_t steps_room, infos_room, stretches_room;

	/* While a record is walked. */
	bool begun;             /* more than one thread could run by now */
	uint16_t current, left; /* who runs, and who ran before */
	bool choosing;          /* on the way to `chosen`, for a switch asked for at */
	uint16_t chosen;
	uint64_t chosen_at;
	uint64_t in_irq, blocked, fresh;
	uint8_t held[RECORD_THREADS_MAX];    /* locks whose sections commute */
	uint64_t region[RECORD_THREADS_MAX]; /* where the atomic part began */
};

static inline uint64_t steps_word_of(const struct steps_storage *s,
                                     const struct machine_access *a)
{
	if (a->flags & MACHINE_ACCESS_PORT)
		return s->nwords + a->pa / WORD;
	return a->pa / WORD;
}

/* What a device does with a read is its business: each access to a port is a write. */
static inline bool steps_writes(const struct machine_access *a)
{
	return (a->flags & (MACHINE_ACCESS_WRITE | MACHINE_ACCESS_PORT)) != 0;
}

/* All its bytes are the scheduler's. */
static inline bool steps_is_schedule(const struct steps_storage *s,
                                     const struct machine_access *a)
{
	const struct schedule_word *w = &s->schedule[a->pa / WORD];
	unsigned int bytes = ((1u << a->size) - 1) << a->pa % WORD;

	return (bytes & 0xff & ~(unsigned int)w->bytes) == 0 &&
	       (bytes >> 8 == 0 || (bytes >> 8 & ~(unsigned int)w[1].bytes) == 0);
}

static inline bool steps_in_lock(struct steps_storage *s, uint64_t rip)
{
	struct rip_class *c = &s->rips[(rip ^ rip >> 12) % RIPS];

	if (c->rip != rip)
		*c = (struct rip_class){rip, kernel_in_lock(s->kernel, rip)};
	return c->lock;
}

/* steps_schedule.c */
void steps_mask_bytes(struct steps_storage *s, uint64_t pa, size_t n);
void steps_mask_thread(struct steps_storage *s, const struct record *r, size_t thread);
/* Its memory may become something else.  What lies in the image stays what it is. */
void steps_unmask_thread(struct steps_storage *s, size_t thread);
void steps_start_walk(struct steps_storage *s, const struct record *r);
void steps_pass_mark(struct steps_storage *s, const struct record_mark *m);
/* Whether the access is made on behalf of an interrupt; those are the schedule's. */
bool steps_by_interrupt(struct steps_storage *s, const struct machine_access *a);
/* Whether no interrupt could come since its thread came onto the CPU. */
bool steps_in_prologue(struct steps_storage *s, const struct machine_access *a);
bool steps_on_stack_left(const struct steps_storage *s, const struct record *r,
                         const struct machine_access *a);

/* steps_collect.c */
/* The candidates and stretches of a record, and its pages. */
bool steps_collect(struct steps *steps, struct record *r);
bool steps_is_conflict(const struct steps_storage *s, const struct candidate *c);

#endif
