/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that carry out pieces: forked after the runner stands at the start, so that
 * nobody boots again.
 *
 * A batch is cut into one stretch for each worker, since neighbours share most of their
 * path; who is done takes half of the longest stretch that is left.  A worker has one
 * piece waiting while it carries out another, so that it need not wait for us.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore/explore_wire.h"

#define PENDING_MAX 2u
/*
 * A second piece is given out only if no write can block: else we and the worker might
 * wait for each other.  A pipe holds that much, wherever its pages begin.
 */
#define PIPE_BYTES (60u << 10)

struct worker {
	pid_t pid;
	int to, from;      /* pipes */
	size_t next, last; /* of the batch: its stretch */
	size_t npending;
	struct {
		size_t index, bytes;
	} pending[PENDING_MAX];
	struct wire_header *message; /* what has come of one so far; owned */
	size_t have, room;
};

struct explore_workers {
	struct worker *list;
	size_t n;
	struct pollfd *polls;
	struct wire_header *outcomes[EXPLORE_BATCH]; /* owned */
	void (*on_sigpipe)(int);                     /* before, and afterwards */
	struct text scratch;
};

/* --- the worker --- */

static bool read_all(int fd, void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = read(fd, (char *)bytes + done, size - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return false;
	}
	return true;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, (const char *)bytes + done, size - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

static struct wire_header *read_message(int fd)
{
	struct wire_header header, *message;

	if (!read_all(fd, &header, sizeof(header)))
		return NULL;
	message = malloc(header.size);
	if (!message)
		return NULL;
	*message = header;
	if (read_all(fd, message + 1, header.size - sizeof(header)))
		return message;
	free(message);
	return NULL;
}

static void answer(struct explore *e, const struct search_item *item, uint64_t index,
                   struct text *out)
{
	struct explore_outcome outcome = {0};
	bool done;
	int err = explore_carry_out(e, item, &outcome, &done);

	if (err)
		wire_put_error(out, err, index);
	else if (!done)
		wire_put_stopped(out, index);
	else
		wire_put_outcome(out, &outcome, item->nsleepers, index);
}

/* Until we are gone, or want no more. */
_Noreturn static void work(struct explore *e, int from, int to)
{
	struct wire_header *message;
	struct text out = {0};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((message = read_message(from))) {
		answer(e, wire_item(message), message->index, &out);
		free(message);
		if (out.failed || !write_all(to, out.data, out.length))
			break;
	}
	_exit(out.failed ? EXIT_FILE : EXIT_GOOD);
}

/* --- starting and ending --- */

static int start_worker(struct explore *e, struct explore_workers *ws, struct worker *w)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) != 0)
		return error_set(ERR_SYSTEM, "no pipe to a worker: %s", strerror(errno));
	if (pipe2(from, O_CLOEXEC) != 0) {
		close(to[0]);
		close(to[1]);
		return error_set(ERR_SYSTEM, "no pipe to a worker: %s", strerror(errno));
	}
	w->pid = fork();
	if (w->pid == 0) {
		/* So that each pipe has one writer, and its end is seen. */
		for (struct worker *other = ws->list; other < w; other++) {
			close(other->to);
			close(other->from);
		}
		close(to[1]);
		close(from[0]);
		work(e, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	w->to = to[1];
	w->from = from[0];
	ws->n++;
	if (w->pid < 0)
		return error_set(ERR_SYSTEM, "cannot start a worker: %s",
		                 strerror(errno));
	return 0;
}

int explore_workers_start(struct explore *e)
{
	struct explore_workers *ws = calloc(1, sizeof(*ws));
	size_t n = (size_t)e->config->jobs;
	int err = 0;

	e->workers = ws;
	if (!ws)
		return error_set(ERR_MEMORY, "out of memory");
	ws->list = calloc(n, sizeof(*ws->list));
	ws->polls = calloc(n, sizeof(*ws->polls));
	/* That a worker is gone is told by the write to it. */
	ws->on_sigpipe = signal(SIGPIPE, SIG_IGN);
	if (!ws->list || !ws->polls)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < n && err == 0; i++)
		err = start_worker(e, ws, &ws->list[i]);
	return err;
}

static void forget_outcomes(struct explore_workers *ws)
{
	for (size_t i = 0; i < EXPLORE_BATCH; i++) {
		free(ws->outcomes[i]);
		ws->outcomes[i] = NULL;
	}
}

void explore_workers_end(struct explore *e)
{
	struct explore_workers *ws = e->workers;

	if (!ws)
		return;
	for (size_t i = 0; i < ws->n; i++) {
		struct worker *w = &ws->list[i];

		close(w->to);
		close(w->from);
		/* They own nothing outside their memory. */
		if (w->pid > 0) {
			kill(w->pid, SIGKILL);
			waitpid(w->pid, NULL, 0);
		}
		free(w->message);
	}
	signal(SIGPIPE, ws->on_sigpipe);
	forget_outcomes(ws);
	text_free(&ws->scratch);
	free(ws->list);
	free(ws->polls);
	free(ws);
	e->workers = NULL;
}

/* --- giving out --- */

/* The next piece for a worker; false: all are given out. */
static bool next_piece(struct explore_workers *ws, struct worker *w, size_t *index)
{
	struct worker *longest = w;

	if (w->next == w->last) {
		for (size_t i = 0; i < ws->n; i++) {
			struct worker *other = &ws->list[i];

			if (other->last - other->next > longest->last - longest->next)
				longest = other;
		}
		w->last = longest->last;
		w->next = longest->last - (longest->last - longest->next + 1) / 2;
		longest->last = w->next;
	}
	*index = w->next;
	return w->next < w->last;
}

/* The worker is gone, with what it was at. */
static int lost(const struct explore *e, struct worker *w,
                const struct search_item *const *items)
{
	char how[64] = "is gone";
	int status;

	if (waitpid(w->pid, &status, 0) == w->pid) {
		if (WIFSIGNALED(status))
			snprintf(how, sizeof(how), "was ended by signal %d",
			         WTERMSIG(status));
		else
			snprintf(how, sizeof(how), "ended with status %d",
			         WEXITSTATUS(status));
	}
	w->pid = -1;
	if (w->npending == 0)
		return error_set(ERR_SYSTEM, "a worker %s", how);
	return error_set(ERR_SYSTEM,
	                 "a worker %s in interleaving %llu, of %zu switches%s", how,
	                 (unsigned long long)items[w->pending[0].index]->number + 1,
	                 items[w->pending[0].index]->nswitches,
	                 e->config->directory
	                         ? "; with --resume the search goes on from before it"
	                         : "");
}

/* Not the last ones of a batch, which somebody else could carry out at once. */
static bool may_wait(const struct explore_workers *ws, const struct worker *w)
{
	size_t left = 0;

	for (size_t i = 0; i < ws->n; i++)
		left += ws->list[i].last - ws->list[i].next;
	return w->npending == 0 || left >= ws->n;
}

static int give_out(struct explore *e, struct worker *w,
                    const struct search_item *const *items)
{
	struct explore_workers *ws = e->workers;
	size_t index;

	while (w->npending < PENDING_MAX && may_wait(ws, w) &&
	       next_piece(ws, w, &index)) {
		struct text *out = &ws->scratch;

		wire_put_item(out, items[index], index);
		if (out->failed)
			return error_set(ERR_MEMORY, "out of memory");
		if (w->npending && w->pending[0].bytes + out->length > PIPE_BYTES)
			return 0;
		w->next++;
		w->pending[w->npending].index = index;
		w->pending[w->npending++].bytes = out->length;
		if (!write_all(w->to, out->data, out->length))
			return lost(e, w, items);
	}
	return 0;
}

/* --- taking back --- */

/* Reads what is there; true in `*whole` where it is a message. */
static int take_bytes(const struct explore *e, struct worker *w,
                      const struct search_item *const *items, bool *whole)
{
	size_t size =
		w->have < sizeof(*w->message) ? sizeof(*w->message) : w->message->size;
	ssize_t n;

	if (size > w->room) {
		struct wire_header *moved = realloc(w->message, size);

		if (!moved)
			return error_set(ERR_MEMORY, "out of memory");
		w->message = moved;
		w->room = size;
	}
	n = read(w->from, (char *)w->message + w->have, size - w->have);
	if (n == 0 || (n < 0 && errno != EINTR))
		return lost(e, w, items);
	if (n > 0)
		w->have += (size_t)n;
	*whole = w->have >= sizeof(*w->message) && w->have == w->message->size;
	return 0;
}

static void take_message(struct explore_workers *ws, struct worker *w)
{
	struct wire_header *message = w->message;

	BUG_ON(w->npending == 0 || w->pending[0].index != message->index);
	w->pending[0] = w->pending[1];
	w->npending--;
	w->message = NULL;
	w->have = w->room = 0;
	ws->outcomes[message->index] = message;
}

/* Takes those whose turn it is. */
static int take_in_order(struct explore *e, const struct search_item *const *items,
                         size_t n, size_t *taken)
{
	struct explore_workers *ws = e->workers;
	int err = 0;

	for (; *taken < n && ws->outcomes[*taken] && !e->ended && err == 0; ++*taken) {
		struct wire_header *message = ws->outcomes[*taken];

		if (message->kind == WIRE_ERROR)
			err = error_set(message->error, "%s", wire_error(message));
		else if (message->kind == WIRE_STOPPED)
			explore_end(e, EXPLORE_INTERRUPTED);
		else
			err = explore_take(e, items[*taken], wire_outcome(message));
		ws->outcomes[*taken] = NULL;
		free(message);
	}
	return err;
}

static int wait_for_some(struct explore *e, const struct search_item *const *items)
{
	struct explore_workers *ws = e->workers;
	int err = 0;

	for (size_t i = 0; i < ws->n; i++)
		ws->polls[i] = (struct pollfd){ws->list[i].from, POLLIN, 0};
	if (poll(ws->polls, ws->n, -1) < 0) {
		if (session_was_interrupted())
			explore_end(e, EXPLORE_INTERRUPTED);
		return errno == EINTR
		               ? 0
		               : error_set(ERR_SYSTEM, "poll: %s", strerror(errno));
	}
	for (size_t i = 0; i < ws->n && err == 0; i++) {
		struct worker *w = &ws->list[i];
		bool whole = false;

		if (ws->polls[i].revents)
			err = take_bytes(e, w, items, &whole);
		if (err || !whole)
			continue;
		take_message(ws, w);
		err = give_out(e, w, items);
	}
	return err;
}

int explore_workers_run(struct explore *e, const struct search_item *const *items,
                        size_t n)
{
	struct explore_workers *ws = e->workers;
	size_t taken = 0;
	int err = 0;

	for (size_t i = 0; i < ws->n; i++) {
		ws->list[i].next = n * i / ws->n;
		ws->list[i].last = n * (i + 1) / ws->n;
	}
	for (size_t i = 0; i < ws->n && err == 0; i++)
		err = give_out(e, &ws->list[i], items);
	while (taken < n && !e->ended && err == 0) {
		err = wait_for_some(e, items);
		if (err == 0)
			err = take_in_order(e, items, n, &taken);
	}
	return err;
}
