/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs interleavings of one program, each from the same start state or from a snapshot
 * on the way, and records them.
 *
 * The start is where the program's image is in place, before its first instruction.
 * Whoever runs leaves the CPU by a timer interrupt at the count asked for, and whoever
 * else the kernel then chooses leaves it by another one before doing anything, until the
 * thread wanted is there: it takes nothing of the kernel but that it is preemptive.
 */
#ifndef FORKSCOPE_EXPLORE_RUNNER_H
#define FORKSCOPE_EXPLORE_RUNNER_H

#include "explore/record.h"
#include "explore/search.h"
#include "sched/script.h"

struct runner;
struct steps;

/*
 * Boots and runs to the start.  Images and configurations are borrowed.  ERR_USAGE where
 * the program cannot be searched, ERR_FILE, ERR_MEMORY, ERR_ENGINE.
 */
int runner_create(struct runner **r, const struct images *images,
                  const struct session_config *session,
                  const struct explore_config *config);
/*
 * The same by the interrupts of a trace, borrowed: those before the start come as it
 * boots.  ERR_USAGE too where they cannot.
 */
int runner_create_scripted(struct runner **r, const struct images *images,
                           const struct session_config *session,
                           const struct explore_config *config,
                           const struct script *script);
void runner_destroy(struct runner *r); /* NULL is fine */

/*
 * Carries out a piece.  `record` and `result` stay valid until the next call; of a run
 * that was not SEARCH_RAN the end says nothing.  ERR_MEMORY; ERR_LIMIT where it was
 * interrupted on its way, which may also end as SEARCH_IMPOSSIBLE.
 */
int runner_run(struct runner *r, const struct search_item *item, struct record *record,
               struct search_result *result);
/* The run of the script, the whole of it: as runner_run(). */
int runner_run_script(struct runner *r, struct record *record,
                      struct search_result *result);

/*
 * Every switch of the last run that was not the kernel's own choice, those it made for
 * itself included: as a piece without sleepers they give the same run again.  Until the
 * next call.
 */
const struct search_switch *runner_switches(const struct runner *r, size_t *n);

/* The interrupts of the run that was recorded last, for a trace that replays it. */
struct runner_interrupt {
	uint64_t icount;
	int vector;
};

size_t runner_interrupts(const struct runner *r, struct runner_interrupt *interrupts,
                         size_t max);

/* The steps of the last run, until the next. */
const struct steps *runner_steps(const struct runner *r);
/* Stands at the end of the last run. */
struct machine *runner_machine(struct runner *r);

#endif
