/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs: the schedule that the machine asks, and what it does after a switch. */
#include "explore/runner_private.h"

#include <stdlib.h>
#include <string.h>

static bool others_can_run(struct runner *r)
{
	for (uint16_t t = 0; t < (uint16_t)r->recorder.at.nthreads; t++)
		if (t != r->recorder.at.current && !(r->recorder.idle >> t & 1) &&
		    recorder_can_run(&r->recorder, t))
			return true;
	return false;
}

static bool free_to_choose(const struct runner *r)
{
	return r->searching && r->next == r->item->nswitches;
}

static uint64_t next(void *ctx, int cpu, uint64_t icount)
{
	struct runner *r = ctx;
	uint64_t at;

	(void)cpu;
	if (runner_script_due(r, &at))
		return at > icount ? at : icount;
	if (r->steering || r->look_for_ready)
		return icount;
	at = r->recorder.at.switched + r->slice;
	if (r->change_at[r->policy.next] < at)
		at = r->change_at[r->policy.next];
	if (r->searching && r->next < r->item->nswitches &&
	    r->item->switches[r->next].at < at)
		at = r->item->switches[r->next].at;
	return at > icount ? at : icount;
}

static bool carry_out(struct runner *r, struct search_switch s)
{
	if (r->nexecuted == r->executed_room) {
		size_t room = r->executed_room ? 2 * r->executed_room : 64;
		void *moved = realloc(r->executed, room * sizeof(*r->executed));

		if (!moved)
			return false;
		r->executed = moved;
		r->executed_room = room;
	}
	r->executed[r->nexecuted++] = s;
	recorder_choice(&r->recorder, s.at, s.thread);
	r->steering = true;
	r->target = s.thread;
	r->attempts = 0;
	return true;
}

/* The next switch of the piece is due. */
static void begin_switch(struct runner *r)
{
	if (!carry_out(r, r->item->switches[r->next++]))
		r->recorder.failed = true;
	if (free_to_choose(r)) {
		r->asleep = r->sleepers;
		r->scanned = machine_logged(r->machine);
		r->scanned_marks = 0;
		memset(r->held, 0, sizeof(r->held));
	}
}

static int ask(void *ctx, int cpu, uint64_t icount)
{
	struct runner *r = ctx;
	struct search_switch s = {.at = icount};
	uint64_t at;

	(void)cpu;
	if (runner_script_due(r, &at))
		return runner_script_ask(r, icount);
	if (!r->steering && r->searching && r->next < r->item->nswitches &&
	    icount >= r->item->switches[r->next].at)
		begin_switch(r);
	if (!r->steering && r->policy.on && runner_make_way(r, icount, &s.thread) &&
	    !carry_out(r, s))
		r->recorder.failed = true;
	if (r->steering && r->recorder.at.current == r->target)
		r->steering = false;
	if (r->steering) {
		/* A round-robin kernel needs one for each thread before the target. */
		if (r->attempts++ > 2 * RECORD_THREADS_MAX ||
		    !recorder_can_run(&r->recorder, r->target)) {
			r->impossible = true;
			return SCHEDULE_STOP;
		}
		return SCHEDULE_TIMER;
	}
	if (icount < r->recorder.at.switched + r->slice)
		return SCHEDULE_NONE;
	/*
	 * A slice is over: whoever waits in a loop for another lets it run.  The next one
	 * begins when the interrupt has returned, which is when we are asked again.
	 */
	r->recorder.at.switched = icount;
	r->ticked = !r->ticked && (r->surveying || others_can_run(r));
	return r->ticked ? SCHEDULE_TIMER : SCHEDULE_NONE;
}

/* Somebody else than the kernel's choice, which is asleep; false: there is nobody. */
static bool pass_over(struct runner *r, uint64_t icount)
{
	struct search_switch s = {.at = icount};

	for (uint16_t t = 0; t < (uint16_t)r->recorder.at.nthreads; t++) {
		if (((r->asleep | r->recorder.idle) >> t & 1) ||
		    !recorder_can_run(&r->recorder, t))
			continue;
		s.thread = t;
		if (r->npassed == RUNNER_PASSED_MAX || !carry_out(r, s))
			r->recorder.failed = true;
		else
			r->passed[r->npassed++] = s;
		return true;
	}
	return false;
}

void runner_on_switch(void *ctx, uint16_t from, uint16_t to, enum record_why why)
{
	struct runner *r = ctx;

	(void)why;
	if (r->asleep)
		runner_wake_sleepers(r, from);
	if (r->steering)
		r->steering = to != r->target;
	else if (free_to_choose(r) && (r->asleep >> to & 1) &&
	         !pass_over(r, machine_icount(r->machine, 0))) {
		r->redundant = true;
		machine_stop_request(r->machine);
	}
	r->look_for_ready = r->policy.on && r->policy.priorities && !r->steering;
	machine_reschedule(r->machine);
}

void runner_on_release(void *ctx)
{
	struct runner *r = ctx;

	if (!r->policy.on || !r->policy.priorities || r->steering)
		return;
	r->look_for_ready = true;
	machine_reschedule(r->machine);
}

void runner_set_schedule(struct runner *r)
{
	r->schedule = (struct machine_schedule){.next = next, .ask = ask, .ctx = r};
}
