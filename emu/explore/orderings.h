/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main job: drive a program into each ordering of each parent and child, and check
 * what happened.
 *
 * Two steered runs come first: one in which parents run before their children as far as
 * they can, one in which children do.  Between them they show nearly all that a program
 * can; a pair that still lacks an ordering which its parent's waits make thinkable gets a
 * run of its own in which only this child, or only this parent, is held back.  Each run
 * that shows something new is kept as a trace, replayed, and checked.
 */
#ifndef FORKSCOPE_EXPLORE_ORDERINGS_H
#define FORKSCOPE_EXPLORE_ORDERINGS_H

#include "check/check.h"
#include "sched/session.h"

/* The three orderings; the third in its two cases. */
enum orderings_case {
	ORDERINGS_WAITS_BEFORE,
	ORDERINGS_WAITS_AFTER,
	ORDERINGS_ORPHAN, /* no wait: the parent exits while the child lives */
	ORDERINGS_ZOMBIE, /* no wait: the parent exits after the child has */
	ORDERINGS_CASES
};

struct orderings_run {
	char *path; /* of the trace; owned */
	enum trace_outcome outcome;
	int status; /* of the program */
	enum check_verdict verdict;
	char reason[CHECK_REASON_SIZE]; /* of the first violation, or "" */
	bool replayed;                  /* the replay was identical, */
	bool interrupted;               /* or did not come to an end */
};

struct orderings_row {
	enum orderings_case ordering;
	bool shown;
	size_t run; /* where shown: index of the run */
	enum check_verdict verdict;
	uint64_t preemptions; /* of parent or child, from the child's fork to its exit */
	uint64_t icount;      /* of the first of them */
	const char *from; /* who was preempted there, and for whom; owned by the report */
	const char *to;
	const char *why_not; /* where not shown; a constant */
};

struct orderings_pair {
	char *parent, *child; /* fork paths; owned */
	struct orderings_row rows[ORDERINGS_CASES];
};

struct orderings_report {
	struct orderings_pair *pairs; /* in the order of their paths */
	size_t npairs;
	struct orderings_run *runs;
	size_t nruns;
	size_t tried; /* runs made in all */
	bool interrupted;
	bool good; /* every run checked, replayed, and ended with status 0 */
	void *storage;
};

/*
 * Runs the program of `config` (which must name one) and keeps traces in `directory`,
 * which is made if need be.  `config`'s schedule is ignored.  A violation is no error: it
 * is in the report.  ERR_SYSTEM, ERR_FILE, ERR_MEMORY.
 */
int orderings_run(const struct images *images, const struct session_config *config,
                  const char *directory, struct orderings_report **report);
void orderings_free(struct orderings_report *report);

/* "waits-before", "waits-after", "no-wait/orphan", "no-wait/zombie". */
const char *orderings_case_name(enum orderings_case ordering);

#endif
