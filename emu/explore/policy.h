/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs in an interleaving that is drawn by chance.
 *
 * pct: each thread has a priority, drawn when it is created; the highest that can run
 * does; at each of the change points the priority of whoever runs falls below all others
 * (Burckhardt, Kothari, Musuvathi, Nagarakatte, A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs, ASPLOS 2010).
 *
 * random: at each of the change points any other thread that can run goes on.
 *
 * A change point is a number of a visible step, and is found only when that step is in
 * the record: then the run goes back to before it.
 */
#ifndef FORKSCOPE_EXPLORE_POLICY_H
#define FORKSCOPE_EXPLORE_POLICY_H

#include "explore/record.h"
#include "explore/search.h"

/* Change points of one run, at most. */
#define POLICY_CHANGES_MAX 16u

struct policy {
	bool on;
	bool priorities;                      /* pct */
	uint64_t random;                      /* state of the generator */
	uint64_t changes[POLICY_CHANGES_MAX]; /* steps, in order */
	unsigned int nchanges, next;
	uint64_t steps; /* seen so far */
	int priority[RECORD_THREADS_MAX];
	uint64_t drawn; /* threads that have one */
};

/* As the piece asks for it; off where it does not. */
void policy_begin(struct policy *p, const struct search_item *item);

/* The next change point, a number of steps; UINT64_MAX: no more. */
uint64_t policy_change(const struct policy *p);
/*
 * It is reached while `current` runs; `ready` are the threads that can run, `current`
 * among them.  Who goes on.
 */
uint16_t policy_pass_change(struct policy *p, uint16_t current, uint64_t ready);
/* Who is to run, of `ready`, where the kernel has chosen `chosen`. */
uint16_t policy_choose(struct policy *p, uint16_t chosen, uint64_t ready);

#endif
