/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The happens-before order of one interleaving, and its races.
 *
 * A step is what a thread does between two points where it could be preempted, if it
 * touches memory that another thread touches too.  Two steps conflict where they overlap
 * in a byte and one of them writes, unless both commute.  The order is the smallest one
 * with the steps of each thread as they came, conflicting steps as they came, and a waker
 * before what it wakes.
 */
#ifndef FORKSCOPE_EXPLORE_ORDER_H
#define FORKSCOPE_EXPLORE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explore/record.h"

struct order_access {
	uint32_t pa;
	uint16_t size; /* bytes */
	bool write;
	bool commutes; /* conflicts with no other that does */
};

static inline bool order_conflict(const struct order_access *a,
                                  const struct order_access *b)
{
	return (a->write || b->write) && !(a->commutes && b->commutes) &&
	       a->pa < b->pa + b->size && b->pa < a->pa + a->size;
}

struct order_step {
	uint16_t thread;
	/*
	 * Another thread could run just before it.  A step that is not so, nor switched
	 * in, is one with the last one of its thread; races and initials have the first
	 * one of these, and what that touches is what all of them do.
	 */
	bool preemptible;
	/* The first since its thread came onto the CPU, by whatever way, */
	bool switched_in;
	/* and that thread came by a preemption of one that could go on. */
	bool preempting;
	/* Its thread runs when nobody else can: all steps so far happen before it. */
	bool idle;
	uint64_t at;  /* the count where another thread would be put in before it */
	uint64_t rip; /* of its first access to shared memory */
	const struct order_access *accesses;
	size_t naccesses;
	uint64_t wakes; /* threads that cannot run before it: started or woken by it */
};

/* A way to begin what came between the two steps of a race: a thread, and its first step.
 */
struct order_initial {
	uint16_t thread;
	uint32_t step;
};

/*
 * Two steps of different threads that conflict with nothing in between that orders them,
 * so that they can be the other way round.  `initials` are the threads that can go first
 * if the later step is to come before the earlier one (Abdulla et al., Optimal Dynamic
 * Partial Order Reduction, POPL 2014, definition of I): at least one of them must be
 * tried where the earlier step began.
 */
struct order_race {
	uint32_t earlier, later; /* steps, by index */
	/*
	 * The step before which the initials are to be tried: `earlier`; where that is
	 * neither preemptible nor switched in, the last one before it that is; or with
	 * `stretches` also the first one of a stretch that leads to it.
	 */
	uint32_t node;
	/* The thread of the later step first, if it is one; then by their numbers. */
	uint32_t first_initial, ninitials;
};

struct order {
	const struct order_step *steps;
	size_t nsteps;
	uint64_t hash;            /* equal for interleavings of one Mazurkiewicz trace */
	struct order_race *races; /* by `later`, then by `earlier`, then by `node` */
	size_t nraces;
	struct order_initial *initials;
	/*
	 * Races left out since nobody can run before their earlier step: no step up to
	 * it is preemptible or switched in.
	 */
	size_t unreachable;
	/*
	 * Set by the caller, for bounded searches: each race is told again for the
	 * starts of stretches from which its earlier thread came to it without having
	 * blocked, where those were free to choose (switched in, and not preempting).
	 * Initials are then also threads whose first step comes after the later one,
	 * if it need not.
	 */
	bool stretches;
	void *storage;
};

/*
 * `names` are the threads' names (record.h), `nthreads` of them.  Races whose later step
 * is below `from` are left out: they were found when a run that shares them was analysed.
 * The steps are borrowed.  The same structure may be filled again and again; zero it
 * first.  ERR_MEMORY.
 */
int order_build(struct order *order, const struct order_step *steps, size_t nsteps,
                const uint64_t *names, size_t nthreads, size_t from);
/* A thread that slept (search.h), and another one's step woke it. */
struct order_woken {
	uint16_t thread;
	const struct order_access *accesses; /* of its step, where that was tried */
	size_t naccesses;
	uint64_t at; /* above the count of the waking step, not above the next one's */
};

/*
 * Adds reversals that no race of this run shows.  The sleeper stands for the runs in
 * which its step comes before the one that woke it.  After that one it may touch other
 * memory; then here it has no race with a step that conflicts with what it touched there.
 * Such steps, unless they must come after the waking one, are to be tried before it,
 * where the sleeper still does what it did: steps from number `from` on.  ERR_MEMORY.
 *
 * The happens-before of a step whose accesses depend on what it reads is none in the
 * sense of the paper (section 3, property 7: q, independent of p, leaves p before r as it
 * was).  Without this, source sets lose classes; sleep sets do not need that property.
 */
int order_add_woken(struct order *order, const struct order_woken *woken, size_t from);
void order_free(struct order *order);

/* Whether step `a` happens before step `b`; they are of the order built last. */
bool order_before(const struct order *order, size_t a, size_t b);

#endif
