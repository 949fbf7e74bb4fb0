/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/steer.h"

#include <string.h>

/*
 * Ten times the slice of the guest kernel: long enough that a slice is not what decides
 * an ordering, short enough that sleepers and pollers get on.
 */
#define SLICE 1000000u
/* Interrupts in a row to have one thread leave; a round-robin kernel needs one. */
#define ATTEMPTS_MAX 32u
/*
 * Instructions without progress after which ranks no longer count: some process waits, in
 * a loop, for one of a higher rank.
 */
#define PATIENCE 20000000u
/*
 * What an event is about is often complete only some instructions after it: a forked
 * child is in the run queue, a sleeper is awake.  So the schedule looks again so often,
 * for so long.
 */
#define LOOK_EVERY 100u
#define LOOK_FOR 4000u
/* More threads than any program of the suite has; beyond, the rest is not looked at. */
#define THREADS_MAX 512u

static bool can_run(const struct tracer_thread *thread)
{
	return thread->state == TRACER_READY || thread->state == TRACER_RUNNING;
}

static bool is_kernel(const struct tracer_thread *thread)
{
	return strcmp(thread->proc, TRACE_KERNEL_PROC) == 0;
}

/* Whether a thread of a rank below could run in the place of `current`. */
static bool lower_can_run(struct steer *s, uint64_t current, int rank)
{
	struct tracer_thread threads[THREADS_MAX];
	size_t n = tracer_threads(s->tracer, 0, threads, THREADS_MAX);

	for (size_t i = 0; i < n && i < THREADS_MAX; i++) {
		if (threads[i].address != current && can_run(&threads[i]) &&
		    !is_kernel(&threads[i]) && s->rank(s->ctx, threads[i].proc) < rank)
			return true;
	}
	return false;
}

static bool must_leave(struct steer *s)
{
	struct tracer_thread current;

	if (s->released || s->attempts >= ATTEMPTS_MAX ||
	    !tracer_current(s->tracer, 0, &current) || is_kernel(&current))
		return false;
	return lower_can_run(s, current.address, s->rank(s->ctx, current.proc));
}

static bool is_progress(const struct trace_event *event)
{
	switch (event->kind) {
	case TRACE_SWITCH:
	case TRACE_IRQ:
	case TRACE_SYSCALL:
	case TRACE_WAIT_ENTER: /* a loop of waits with WNOHANG is none */
	case TRACE_WAIT_RETURN:
		return false;
	default:
		return true;
	}
}

static void on_event(void *ctx, const struct trace_event *event)
{
	struct steer *s = ctx;

	if (is_progress(event))
		s->progress = event->icount;
	if (event->kind == TRACE_SWITCH) {
		s->attempts = 0;
		s->slice_ends = event->icount + SLICE;
	}
	s->wanted = must_leave(s);
	s->look = event->icount + LOOK_EVERY;
	s->look_until = event->icount + LOOK_FOR;
	machine_reschedule(s->machine);
}

static uint64_t next(void *ctx, int cpu, uint64_t icount)
{
	struct steer *s = ctx;

	(void)cpu;
	if (s->wanted)
		return icount;
	return s->look < s->slice_ends ? s->look : s->slice_ends;
}

static int ask(void *ctx, int cpu, uint64_t icount)
{
	struct steer *s = ctx;
	bool slice_over = icount >= s->slice_ends;

	(void)cpu;
	if (icount - s->progress > PATIENCE)
		s->released = true;
	s->look = icount < s->look_until ? icount + LOOK_EVERY : UINT64_MAX;
	s->wanted = false;
	if (slice_over)
		s->slice_ends = icount + SLICE;
	if (!must_leave(s))
		return slice_over ? SCHEDULE_TIMER : SCHEDULE_NONE;
	/* Should it not leave, it gets some way on before it is interrupted again. */
	s->attempts++;
	s->look = icount + LOOK_EVERY;
	return SCHEDULE_TIMER;
}

int steer_init(struct steer *s, struct machine *m, struct tracer *tracer,
               int (*rank)(void *ctx, const char *proc), void *ctx)
{
	*s = (struct steer){
		.schedule = {.next = next, .ask = ask, .ctx = s},
		.machine = m,
		.tracer = tracer,
		.rank = rank,
		.ctx = ctx,
		.look = UINT64_MAX,
		.slice_ends = SLICE,
	};
	machine_set_schedule(m, &s->schedule);
	return tracer_add_sink(tracer, on_event, s);
}
