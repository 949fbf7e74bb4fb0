/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Minimising's insides: minimize.c leaves out, minimize_fewest.c searches for fewer,
 * minimize_earlier.c moves, minimize_points.c says where a switch is in terms that
 * survive a change of what comes before it.
 */
#ifndef FORKSCOPE_EXPLORE_MINIMIZE_PRIVATE_H
#define FORKSCOPE_EXPLORE_MINIMIZE_PRIVATE_H

#include "explore/minimize.h"
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

/* Where a point could be instead. */
struct minimize_place {
	uint64_t own; /* of its thread */
	uint64_t at;
	bool arrival;
};

/* Accesses of each thread's own in a record, by names. */
struct minimize_counts {
	size_t n;
	uint64_t names[RECORD_THREADS_MAX];
	uint64_t own[RECORD_THREADS_MAX];
};

struct minimizer {
	struct runner *runner;
	struct oracle *oracle;
	uint64_t key;
	int check; /* what has no such key may be of this one; -1: no */
	uint64_t runs;
	uint64_t runs_end; /* for leaving out and moving */
	bool bounded;
	struct record record; /* of the last run */
	struct oracle_finding finding;

	/* Of the search for fewer. */
	uint64_t max_searched, searched, instructions;
	unsigned int ruled_out;

	/* The smallest that shows it, once there is one, and the one being tried. */
	struct minimize_plan best, trial;
	bool shows;
	struct minimize_point *left; /* points of the trial still to be placed */
};

/* minimize.c */

bool minimize_may_run(struct minimizer *m);
/* `*ran` is false where it could not be carried out.  The record is in `m`. */
int minimize_run_plan(struct minimizer *m, const struct minimize_plan *plan, bool *ran);
/* Whether the last run shows the violation. */
int minimize_judge(struct minimizer *m, bool *shown);
/* The trial is the first `same` points of the best, where they are. */
void minimize_begin_trial(struct minimizer *m, size_t same);
/*
 * Places the points that are left, one run for each, and says whether the last run shows
 * the violation.
 */
int minimize_try_points(struct minimizer *m, size_t nleft, bool *shown);
bool minimize_is_smaller(const struct minimize_plan *a, const struct minimize_plan *b);
void minimize_take_trial(struct minimizer *m);

/* minimize_fewest.c */

/*
 * Where it is not known whether fewer preemptions than the best has show it: searches
 * interleavings with none, one, two...  True in `*found`: the last run does.
 */
int minimize_search(struct minimizer *m, bool *found);

/* minimize_earlier.c: ERR_MEMORY, as the others. */
int minimize_move_all(struct minimizer *m);

/* minimize_points.c */

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
 * point; returns how many.  Of the first since the thread came onto the CPU that is where
 * it came.
 */
size_t minimize_places(const struct record *record, const struct steps *steps,
                       const struct minimize_point *point, uint64_t from,
                       struct minimize_place places[static MINIMIZE_PLACES]);

/* A record of NULL: nothing. */
void minimize_count(const struct record *record, struct minimize_counts *counts);
/*
 * From points of a record of all to those of one that begins later, as the counts of the
 * same interleaving in both forms tell; what comes before its beginning goes.
 */
void minimize_shift(struct minimize_plan *plan, const struct minimize_counts *whole,
                    const struct minimize_counts *cut);

#endif
