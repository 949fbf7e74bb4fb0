/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/guest.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* States kept; one is some kilobytes. */
#define KEPT 512
/* Events before the wanted one whose states a run keeps: who steps back steps on. */
#define LEAD 48
/* Events after it whose states are made while nobody asks for anything. */
#define AHEAD 16

struct guest {
	const struct program_images *images;
	const struct trace *trace;
	void (*ready)(void *ctx);
	void *ctx;
	char why[CAPTURE_TEXT * 4]; /* why there are no states; "" where there are */

	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t asked, answered;
	bool quit;
	size_t wanted; /* SIZE_MAX: none */
	struct {
		size_t event; /* SIZE_MAX: the place is free */
		struct guest_state state;
	} *kept; /* the state of event e at e % KEPT */

	volatile sig_atomic_t stop; /* the worker should look at `wanted` */
	struct capture *capture;    /* the worker's own */
};

/*
 * The images are shared between guests, and libdw reads what it needs of them when it
 * needs it: one thread at a time.
 */
static pthread_mutex_t engine = PTHREAD_MUTEX_INITIALIZER;

static void keep(struct guest *g, size_t event, const struct guest_state *state)
{
	pthread_mutex_lock(&g->lock);
	g->kept[event % KEPT].state = *state;
	g->kept[event % KEPT].event = event;
	pthread_mutex_unlock(&g->lock);
}

static bool is_kept(struct guest *g, size_t event)
{
	return g->kept[event % KEPT].event == event;
}

static void refuse(struct guest *g, size_t event, const char *why)
{
	struct guest_state state = {.status = GUEST_UNAVAILABLE};

	snprintf(state.why, sizeof(state.why), "%s", why);
	keep(g, event, &state);
}

static bool start_over(struct guest *g, size_t event)
{
	int err;

	pthread_mutex_lock(&engine);
	capture_close(g->capture);
	g->capture = NULL;
	err = capture_open(&g->capture, g->images, g->trace, &g->stop);
	pthread_mutex_unlock(&engine);
	if (err)
		refuse(g, event, error_message());
	return err == 0;
}

static void look(struct guest *g, size_t event)
{
	struct guest_state state = {.status = GUEST_READY};

	pthread_mutex_lock(&engine);
	capture_state(g->capture, event, &state.at);
	pthread_mutex_unlock(&engine);
	keep(g, event, &state);
}

/* Runs to `event` unless something else is wanted meanwhile. */
static void work_towards(struct guest *g, size_t event)
{
	const struct trace_event *events = g->trace->events;
	size_t at = event < LEAD ? 0 : event - LEAD;

	if ((!g->capture || capture_icount(g->capture) > events[event].icount) &&
	    !start_over(g, event))
		return;
	for (; at <= event; at++) {
		if (capture_icount(g->capture) > events[at].icount)
			continue;
		if (!capture_run(g->capture, events[at].icount)) {
			if (capture_failure(g->capture))
				refuse(g, event, capture_failure(g->capture));
			else if (!g->stop)
				refuse(g, event, "the replay ends before this event");
			return;
		}
		look(g, at);
	}
}

/* The next event worth a look once `wanted` is known; SIZE_MAX for none. */
static size_t ahead_of(struct guest *g)
{
	uint64_t now = g->capture ? capture_icount(g->capture) : UINT64_MAX;
	size_t last = g->trace->nevents - g->wanted - 1;

	for (size_t i = 1; i <= AHEAD && i <= last; i++) {
		size_t event = g->wanted + i;

		if (!is_kept(g, event))
			return g->trace->events[event].icount >= now ? event : SIZE_MAX;
	}
	return SIZE_MAX;
}

/* What there is to do; SIZE_MAX for nothing. */
static size_t next_event(struct guest *g)
{
	if (g->wanted == SIZE_MAX || !is_kept(g, g->wanted))
		return g->wanted;
	return ahead_of(g);
}

static void *work(void *arg)
{
	struct guest *g = arg;

	/* The window comes first; on Linux this is of one thread alone. */
	(void)!nice(10);
	pthread_mutex_lock(&g->lock);
	while (!g->quit) {
		size_t event = next_event(g);

		g->stop = 0;
		if (event == SIZE_MAX) {
			pthread_cond_wait(&g->asked, &g->lock);
			continue;
		}
		pthread_mutex_unlock(&g->lock);
		work_towards(g, event);
		pthread_mutex_lock(&g->lock);
		pthread_cond_broadcast(&g->answered);
		if (g->ready && event == g->wanted && is_kept(g, event))
			g->ready(g->ctx);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

int guest_open(struct guest **guest, const struct program_images *images, const char *why,
               const struct trace *trace, void (*ready)(void *ctx), void *ctx)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (!g)
		return error_set(ERR_MEMORY, "out of memory");
	*g = (struct guest){.images = images,
	                    .trace = trace,
	                    .ready = ready,
	                    .ctx = ctx,
	                    .wanted = SIZE_MAX};
	if (!images)
		snprintf(g->why, sizeof(g->why), "%s", why);
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->asked, NULL);
	pthread_cond_init(&g->answered, NULL);
	g->kept = calloc(KEPT, sizeof(*g->kept));
	for (size_t i = 0; g->kept && i < KEPT; i++)
		g->kept[i].event = SIZE_MAX;
	if (g->kept && images)
		g->started = pthread_create(&g->thread, NULL, work, g) == 0;
	if (!g->kept || (images && !g->started)) {
		guest_close(g);
		return error_set(ERR_SYSTEM, "no memory or no thread for the replay");
	}
	*guest = g;
	return 0;
}

void guest_close(struct guest *g)
{
	if (!g)
		return;
	if (g->started) {
		pthread_mutex_lock(&g->lock);
		g->quit = true;
		g->stop = 1;
		pthread_cond_signal(&g->asked);
		pthread_mutex_unlock(&g->lock);
		pthread_join(g->thread, NULL);
	}
	capture_close(g->capture);
	pthread_cond_destroy(&g->asked);
	pthread_cond_destroy(&g->answered);
	pthread_mutex_destroy(&g->lock);
	free(g->kept);
	free(g);
}

static void get(struct guest *g, size_t event, bool wait, struct guest_state *state)
{
	*state = (struct guest_state){.status = GUEST_UNAVAILABLE};
	if (!g->started) {
		snprintf(state->why, sizeof(state->why), "%s", g->why);
		return;
	}
	pthread_mutex_lock(&g->lock);
	if (g->wanted != event) {
		g->wanted = event;
		g->stop = 1;
		pthread_cond_signal(&g->asked);
	}
	while (wait && !is_kept(g, event))
		pthread_cond_wait(&g->answered, &g->lock);
	if (is_kept(g, event))
		*state = g->kept[event % KEPT].state;
	else
		state->status = GUEST_PENDING;
	pthread_mutex_unlock(&g->lock);
}

void guest_ask(struct guest *g, size_t event, struct guest_state *state)
{
	get(g, event, false, state);
}

void guest_wait(struct guest *g, size_t event, struct guest_state *state)
{
	get(g, event, true, state);
}
