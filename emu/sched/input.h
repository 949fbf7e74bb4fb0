/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources of console input (struct machine_input).
 *
 * A file or pipe gives a byte every INPUT_INTERVAL of guest time as long as the guest
 * takes them, so that what the guest sees depends on the bytes alone.  A terminal is
 * looked at every INPUT_POLL of guest time, and waited for when the guest has nothing
 * else to do.  The end of either is a ^D, and again one whenever the guest would wait for
 * ever, so that whoever still reads sees the end too.
 */
#ifndef FORKSCOPE_SCHED_INPUT_H
#define FORKSCOPE_SCHED_INPUT_H

#include "machine/machine.h"
#include "trace/trace.h"

#define INPUT_INTERVAL 10000ull
#define INPUT_POLL 10000000ull

struct input;

/*
 * From a file, or from standard input where `path` is "-".  A terminal is put into
 * character mode without echo until input_close(); `path` is borrowed until then.
 * ERR_FILE, ERR_MEMORY.
 */
int input_open(struct input **in, const char *path);
void input_close(struct input *in); /* NULL is fine */
/* ERR_FILE where it could not be read to its end, which the guest was given there. */
int input_error(const struct input *in); /* NULL is fine */
const struct machine_input *input_source(struct input *in);

/* The input of a recorded run, at the recorded times; `trace` is borrowed. */
struct input_replay {
	struct machine_input source;
	const struct trace *trace;
	size_t event; /* the next event to look at */
	size_t byte;  /* of its text */
};

/* `r` must not move while the machine uses it. */
void input_replay(struct input_replay *r, const struct trace *trace);

#endif
