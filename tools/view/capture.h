/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recorded run under way again, for looking at its states: forwards only.  What the
 * replay does is compared with what was recorded, so that a trace that is not of these
 * images is not shown as if it were.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_CAPTURE_H
#define FORKSCOPE_TOOLS_VIEW_CAPTURE_H

#include <signal.h>

#include "view/guest.h"

struct capture;

/*
 * At the start of the run.  `stop` ends capture_run() early where it is not 0.  ERR_FILE
 * where the images are not those of the recording, ERR_MEMORY.
 */
int capture_open(struct capture **capture, const struct program_images *images,
                 const struct trace *trace, const volatile sig_atomic_t *stop);
void capture_close(struct capture *capture); /* NULL is fine */

/* Instructions retired so far. */
uint64_t capture_icount(const struct capture *capture);
/*
 * Runs until `icount`, which may be where it stands.  False where it was stopped before,
 * or cannot get there; then capture_failure() is not NULL.
 */
bool capture_run(struct capture *capture, uint64_t icount);
const char *capture_failure(const struct capture *capture);

/* The state as it stands, for the event `event`. */
void capture_state(struct capture *capture, size_t event, struct guest_state *state);

#endif
