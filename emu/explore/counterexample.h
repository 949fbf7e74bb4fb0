/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interleaving as a trace that replays. */
#ifndef FORKSCOPE_EXPLORE_COUNTEREXAMPLE_H
#define FORKSCOPE_EXPLORE_COUNTEREXAMPLE_H

#include "explore/runner.h"

struct counterexample {
	struct session_result result;
	bool identical; /* its replay was the same, and it ended as the runner's run */
};

/*
 * Records the runner's last run, of which `record` is, to the trace `path`, and replays
 * that.  `config` is what the runner was created with; its schedule and limit are
 * ignored.  Where a run was interrupted (result.interrupted) there is no trace, nor after
 * an error: ERR_SYSTEM, ERR_MEMORY, ERR_FILE.
 */
int counterexample_record(const struct images *images,
                          const struct session_config *config,
                          const struct runner *runner, const struct record *record,
                          const char *path, struct counterexample *out);

/* Adds the interrupts of the runner's last run.  ERR_MEMORY. */
int counterexample_script(struct script *script, const struct runner *runner);

#endif
