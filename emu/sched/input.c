/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"

#define END_OF_TRANSMISSION 4
/* So many ^D for a guest that waits for ever; one that takes more is not reading. */
#define ENDS_MAX 16

struct input {
	struct machine_input source;
	const char *path;
	int fd;
	int error; /* errno of a read that failed, or 0 */
	bool terminal;
	struct termios saved;
	uint8_t buffer[4096];
	size_t at, n;
	uint64_t next_time; /* of the next byte, or of the next look at a terminal */
	bool end_seen;      /* the file has ended, */
	bool end_told;      /* and the guest was told once */
	int ends;           /* told again because it waited */
};

static bool buffered(const struct input *in)
{
	return in->at < in->n;
}

/* Whether there is something to read; waits so long for it, or until a signal for -1. */
static bool ready(const struct input *in, int milliseconds)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	return poll(&p, 1, milliseconds) > 0;
}

/* Reads what there is, waiting for it; false at the end, or when interrupted. */
static bool fill(struct input *in)
{
	ssize_t got;

	if (!ready(in, -1))
		return false;
	got = read(in->fd, in->buffer, sizeof(in->buffer));
	if (got < 0)
		in->error = errno;
	in->at = 0;
	in->n = got > 0 ? (size_t)got : 0;
	in->end_seen = got <= 0;
	return got > 0;
}

static uint64_t due(void *ctx, uint64_t now)
{
	struct input *in = ctx;

	if (!buffered(in) && in->end_seen && in->end_told)
		return UINT64_MAX;
	return in->next_time > now ? in->next_time : now;
}

static int take(void *ctx, uint64_t now)
{
	struct input *in = ctx;

	if (!buffered(in) && !in->end_seen) {
		if (in->terminal && !ready(in, 0)) {
			in->next_time = now + INPUT_POLL;
			return -1;
		}
		if (!fill(in) && !in->end_seen)
			return -1;
	}
	in->next_time = now + INPUT_INTERVAL;
	if (buffered(in))
		return in->buffer[in->at++];
	if (in->end_told)
		return -1;
	in->end_told = true;
	return END_OF_TRANSMISSION;
}

static bool wait_for(void *ctx)
{
	struct input *in = ctx;

	if (buffered(in))
		return true;
	if (!in->end_seen)
		return fill(in) || in->end_seen;
	if (in->ends == ENDS_MAX)
		return false;
	in->ends++;
	in->end_told = false;
	return true;
}

static int open_terminal(struct input *in)
{
	struct termios raw;

	if (tcgetattr(in->fd, &in->saved) != 0)
		return error_set(ERR_SYSTEM, "the terminal cannot be set up: %s",
		                 strerror(errno));
	raw = in->saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(in->fd, TCSANOW, &raw) != 0)
		return error_set(ERR_SYSTEM, "the terminal cannot be set up: %s",
		                 strerror(errno));
	in->terminal = true;
	return 0;
}

int input_open(struct input **out, const char *path)
{
	struct input *in = calloc(1, sizeof(*in));
	struct stat st;
	int err = 0;

	if (!in)
		return error_set(ERR_MEMORY, "out of memory");
	in->source = (struct machine_input){due, take, wait_for, in};
	in->path = path;
	in->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		err = error_set(ERR_FILE, "%s: %s", path, strerror(errno));
	else if (fstat(in->fd, &st) == 0 && S_ISDIR(st.st_mode))
		err = error_set(ERR_FILE, "%s: %s", path, strerror(EISDIR));
	else if (isatty(in->fd))
		err = open_terminal(in);
	if (err) {
		input_close(in);
		return err;
	}
	*out = in;
	return 0;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	if (in->terminal)
		tcsetattr(in->fd, TCSANOW, &in->saved);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	free(in);
}

int input_error(const struct input *in)
{
	return in && in->error ? error_set(ERR_FILE, "cannot read %s: %s", in->path,
	                                   strerror(in->error))
	                       : 0;
}

const struct machine_input *input_source(struct input *in)
{
	return &in->source;
}

/* --- replay --- */

static const struct trace_event *recorded(struct input_replay *r)
{
	while (r->event < r->trace->nevents) {
		const struct trace_event *e = &r->trace->events[r->event];

		if (e->kind == TRACE_INPUT && r->byte < e->input.length)
			return e;
		r->event++;
		r->byte = 0;
	}
	return NULL;
}

static uint64_t replay_due(void *ctx, uint64_t now)
{
	const struct trace_event *e = recorded(ctx);

	if (!e)
		return UINT64_MAX;
	return e->input.time > now ? e->input.time : now;
}

static int replay_take(void *ctx, uint64_t now)
{
	struct input_replay *r = ctx;
	const struct trace_event *e = recorded(r);

	(void)now;
	return e ? (uint8_t)e->input.text[r->byte++] : -1;
}

/*
 * In the recording a byte that was waited for came without time passing, so it is due
 * already and never waited for here: there is no wait().
 */
void input_replay(struct input_replay *r, const struct trace *trace)
{
	*r = (struct input_replay){
		.source = {replay_due, replay_take, NULL, r},
		.trace = trace,
	};
}
