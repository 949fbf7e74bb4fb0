/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Minimising's insides: minimize.c tries, minimize_points.c says where a switch is in
 * terms that survive a change of what comes before it.
 */
#ifndef FORKSCOPE_EXPLORE_MINIMIZE_PRIVATE_H
#define FORKSCOPE_EXPLORE_MINIMIZE_PRIVATE_H

#include "explore/search.h"
#include "explore/steps.h"

/* Of one thread that are looked at; by halves they take a dozen runs. */
#define MINIMIZE_PLACES 4096u

/* Just before access number `own` of a thread the CPU goes to another; both by name. */
struct minimize_point {
	uint64_t thread, to;
	uint64_t own;
	/* It had just come there, not by a preemption: a choice that costs none. */
	bool arrival;
};

/* Points, and where they are in the run that they make. */
struct minimize_plan {
	struct minimize_point *points;
	struct search_switch *switches;
	size_t n;
	unsigned int preemptions;
};

struct minimize_hit {
	size_t point; /* which of those asked for */
	uint64_t at;
	uint16_t to;
	bool arrival;
};

/* Accesses of each thread's own in a record, by names. */
struct minimize_counts {
	size_t n;
	uint64_t names[RECORD_THREADS_MAX];
	uint64_t own[RECORD_THREADS_MAX];
};

/* The arrays have room. */
void minimize_plan_add(struct minimize_plan *plan, const struct minimize_point *point,
                       struct search_switch s);

/* The switches asked for in a record as points; `points` is for free().  ERR_MEMORY. */
int minimize_choices(const struct record *record, struct minimize_plan *plan);
/* All preemptions, of a record where none was asked for.  ERR_MEMORY. */
int minimize_preemptions(const struct record *record, struct minimize_plan *plan);

/*
 * The first of the points that the record comes to after the first `done` switches asked
 * for, which are its last; false: none.
 */
bool minimize_find(const struct record *record, size_t done,
                   const struct minimize_point *points, size_t n,
                   struct minimize_hit *hit);

/*
 * The starts of visible steps of the point's thread from its access `from` on, before the
 * point; returns how many.
 */
size_t minimize_places(const struct record *record, const struct steps *steps,
                       const struct minimize_point *point, uint64_t from,
                       uint64_t places[static MINIMIZE_PLACES]);

/* A record of NULL: nothing. */
void minimize_count(const struct record *record, struct minimize_counts *counts);
/*
 * From points of a record of all to those of one that begins later, as the counts of the
 * same interleaving in both forms tell; what comes before its beginning goes.
 */
void minimize_shift(struct minimize_plan *plan, const struct minimize_counts *whole,
                    const struct minimize_counts *cut);

#endif
