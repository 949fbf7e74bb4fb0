/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommands of forkscope, one cmd_NAME.c each.
 *
 * A subcommand gets its own arguments, argv[0] being "forkscope NAME" for messages.  It
 * returns an exit status (>= 0) after it has said what it had to say, or a negative
 * `enum error`: then main prints "forkscope NAME: " and error_message() on stderr, in one
 * line, and exits with error_exit_status().
 */
#ifndef FORKSCOPE_TOOLS_COMMAND_H
#define FORKSCOPE_TOOLS_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "trace/text.h"
#include "trace/trace.h"

struct command {
	const char *name;
	const char *what; /* one line for --help */
	int (*run)(int argc, char **argv);
};

int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_grade(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_minimize(int argc, char **argv);
int cmd_orderings(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_tree(int argc, char **argv);

/* Whether to send colour to `file`: it is a terminal, and NO_COLOR is unset or empty. */
bool command_colour(FILE *file);

/*
 * Who speaks on stderr from now on, "forkscope NAME"; borrowed.  Before anything else:
 * the first call also sees to what stdout and its pipe need, and to standard files that
 * are closed.
 */
void command_speaker(const char *name);

/* "forkscope NAME: " and the message in one line on stderr. */
void command_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void command_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for a wrong command line, from inside an argp parser: exits with EXIT_USAGE.
 */
_Noreturn void command_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Keeps the argument of an option that may repeat: `list`, for free(), has `n` of them
 * and NULL behind the last.  ENOMEM.
 */
error_t command_keep(const char ***list, size_t *n, const char *arg);

/* The command line of what reads one trace, and may print one JSON object. */
struct command_trace {
	const char *path;
	bool json;
};

#define COMMAND_TRACE_JSON 0x100 /* the key of --json */

/* An argp parser of it. */
error_t command_trace_parse(int key, char *arg, struct argp_state *state);

/*
 * The text to stdout, or to a new file `path`, and frees it.  ERR_MEMORY where the text
 * has failed, ERR_SYSTEM where it cannot be written.
 */
int command_output(struct text *text, const char *path);

/* trace_load(), and a warning where the trace is a prefix or parts are unknown. */
int command_load(struct trace **trace, const char *path);

#endif
