/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child process that is not trusted to end, or to be brief. */
#ifndef FORKSCOPE_GRADE_PROCESS_H
#define FORKSCOPE_GRADE_PROCESS_H

#include <stdint.h>

#include "trace/text.h"

struct process_limits {
	unsigned int cpu;  /* seconds */
	unsigned int wall; /* seconds; the time of the host is a backstop only */
	uint64_t memory;   /* bytes of address space; 0: not limited */
	uint64_t file;     /* bytes of a file that it writes */
	size_t output;     /* bytes of its output that are kept */
};

/*
 * Runs argv[0], looked up in PATH, in `directory`, with an environment of its own in
 * which temporary files go there too, and nothing on standard input.  Where the system
 * can do that it is confined as confine.h says, to write `directory` and read the folders
 * of `readable`, ended by NULL.  What it writes to stdout and stderr is added to
 * `output`.  *status is as waitpid() gives it, an exit with PROCESS_NOT_STARTED where
 * argv[0] cannot be executed; a process that reaches a limit is killed with its whole
 * group.  ERR_SYSTEM where it cannot be started or confined, ERR_MEMORY.
 */
#define PROCESS_NOT_STARTED 127
int process_run(char *const argv[], const char *directory, const char *const *readable,
                const struct process_limits *limits, struct text *output, int *status);

#endif
