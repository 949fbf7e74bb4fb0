/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace made ready to be looked at: its forest in rows, its timeline in lanes, what its
 * events belong to and where it breaks the contract of wait.  Read only once loaded.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_MODEL_H
#define FORKSCOPE_TOOLS_VIEW_MODEL_H

#include "check/check.h"
#include "render/render.h"
#include "trace/trace.h"
#include "view/lane.h"

#define MODEL_NONE SIZE_MAX

/* The first violation of an invariant. */
struct model_violation {
	size_t event; /* the last one where it shows only at the end */
	enum check_invariant invariant;
	const char *reason;
};

struct model {
	char *path;
	const char *name; /* the last component of it */
	struct trace *trace;
	struct check_report *report;
	const struct forest *forest; /* the report's */
	struct timeline *timeline;
	struct lanes lanes;

	struct render_rows rows;
	size_t *event_row; /* by event; MODEL_NONE for the kernel's own */
	struct model_violation violations[CHECK_INVARIANTS]; /* by event */
	size_t nviolations;
	/* Arrows in the order in which they start, and when the last of those up to
	 * each one ends. */
	uint64_t *arrows_end;
};

/* What jumps go to. */
enum model_goal {
	MODEL_ANY,
	MODEL_LIFETIME, /* fork, wait or exit */
	MODEL_FORK,
	MODEL_WAIT, /* the call and its return */
	MODEL_EXIT,
	MODEL_VIOLATION,
};

/*
 * Takes a loaded trace, also where it fails.  ERR_FILE where no kernel can do what it
 * says; ERR_MEMORY.
 */
int model_create(struct model **model, struct trace *trace, const char *path);
void model_free(struct model *model); /* NULL is fine */

/*
 * The next event after `event` (before, where `by` is -1) that is such a one, of the
 * process in `row` alone unless that is MODEL_NONE; MODEL_NONE where there is none.
 * `event` may be MODEL_NONE: from outside the trace.
 */
size_t model_seek(const struct model *model, size_t event, int by, enum model_goal goal,
                  size_t row);
/* The event nearest to `time`, of the process in `row` alone unless that is MODEL_NONE.
 */
size_t model_nearest(const struct model *model, uint64_t time, size_t row);
/* The last event at or before `time`; the first where all are later. */
size_t model_event_at(const struct model *model, uint64_t time);
/* What is violated at an event, or NULL. */
const struct model_violation *model_violation(const struct model *model, size_t event);
/* The first of the timeline's arrows that may end at or after `time`. */
size_t model_arrow(const struct model *model, uint64_t time);
/* The event with a number, or MODEL_NONE where it is one that this version does not know.
 */
size_t model_event(const struct model *model, uint64_t seq);

static inline const struct forest_process *model_process(const struct model *model,
                                                         size_t row)
{
	return &model->forest->processes[model->rows.process[row]];
}

static inline const struct lane *model_lane(const struct model *model, size_t row)
{
	return &model->lanes.lane[model->rows.process[row]];
}

/* The row of the process with a fork path, or MODEL_NONE. */
size_t model_row(const struct model *model, const char *path);

enum model_life { MODEL_UNBORN, MODEL_ALIVE, MODEL_DEAD, MODEL_GONE };
/* How the process in `row` stands once `event` has happened; GONE is reaped. */
enum model_life model_life(const struct model *model, size_t row, size_t event);

#endif
