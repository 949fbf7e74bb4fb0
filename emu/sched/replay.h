/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay: a recorded run again, by its schedule and input, compared event by event and
 * checkpoint by checkpoint.
 */
#ifndef FORKSCOPE_SCHED_REPLAY_H
#define FORKSCOPE_SCHED_REPLAY_H

#include <stdio.h>

#include "sched/images.h"
#include "sched/session.h"
#include "trace/text.h"
#include "trace/trace.h"

struct replay_options {
	uint64_t until; /* instructions; 0: to the end of the trace */
	FILE *report;   /* where the state at `until` is printed; NULL: nowhere */
};

struct replay_result {
	bool identical;
	uint64_t events;      /* compared and equal */
	uint64_t checkpoints; /* the same */
	uint64_t icount;      /* where the replay ended */
	bool prefix;          /* the trace has no end, so the end was not compared */
	bool interrupted;
	struct text divergence; /* for people, lines; empty where identical */
};

/*
 * Replays `trace`.  ERR_FILE where the images are not those of the recording (said by
 * digest) or its machine is none that can be, ERR_MEMORY.  A divergence is no error: it
 * is in `result`, which the caller frees with replay_free().
 */
int replay_run(const struct images *images, const struct trace *trace,
               const struct replay_options *options, struct replay_result *result);
void replay_free(struct replay_result *result);

/* --- the same run for those who want more of it than the answer --- */

/* ERR_FILE where the images are not those of the recording. */
int replay_check_images(const struct images *images, const struct trace *trace);
/* What a session needs to be that run again, beside its schedule and input. */
struct session_config replay_config(const struct trace *trace);

#endif
