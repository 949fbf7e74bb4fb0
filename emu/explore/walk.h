/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A walk through a record that tells the accesses a thread makes of its own accord: not
 * for an interrupt, and not on its way onto the CPU.  Both last until interrupts can be
 * taken again; how many accesses they make is up to the schedule.
 *
 *	for (size_t i = 0; i < record->naccesses; i++) {
 *		while ((mark = walk_next_mark(&w, i)))
 *			...
 *		if (walk_is_own(&w, &record->accesses[i]))
 *			w.own[w.current]++;
 *	}
 */
#ifndef FORKSCOPE_EXPLORE_WALK_H
#define FORKSCOPE_EXPLORE_WALK_H

#include "explore/record.h"

struct walk {
	const struct record *record;
	size_t mark;                         /* the next */
	uint16_t current;                    /* who runs */
	uint64_t settling;                   /* threads: an interrupt, or an arrival */
	uint64_t region[RECORD_THREADS_MAX]; /* where the atomic part of that began */
	uint64_t own[RECORD_THREADS_MAX];    /* the caller counts */
	uint64_t came_own; /* of the thread on the CPU when it came there, */
	uint64_t came_at;  /* the count, */
	enum record_why came_why;
};

void walk_start(struct walk *w, const struct record *record);
/* The next mark before access `i`, which is passed; NULL: there is none. */
const struct record_mark *walk_next_mark(struct walk *w, size_t i);
/* Once for each access, all marks before it passed. */
bool walk_is_own(struct walk *w, const struct machine_access *a);
/* The thread on the CPU has done nothing yet since it came. */
bool walk_has_just_come(const struct walk *w);

#endif
