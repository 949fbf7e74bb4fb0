/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only the end of a run can show: who is left waiting, what is left lying about.
 *
 * A run that powered off is judged in full.  In a deadlock those who wait are judged, but
 * not what there was no time to clean up.  Where a limit, a panic or a fault cut the run,
 * and in a prefix, neither is.
 */
#include "check/finish.h"

#include <stdio.h>
#include <stdlib.h>

#define U(n) ((unsigned long long)(n))

static void undecide(struct check *c, enum check_invariant which, const char *why)
{
	struct check_result *result = &c->report->results[which];

	if (result->verdict != CHECK_HOLDS)
		return;
	result->verdict = CHECK_UNDECIDED;
	snprintf(result->reason, sizeof(result->reason), "%s", why);
}

/* --- those who wait --- */

static void judge_waiter(struct check *c, size_t at, bool deadlock)
{
	const struct forest *f = c->report->forest;
	const struct forest_process *p = &f->processes[at];
	size_t child = check_waitable_child(c, at);

	if (!p->waiting)
		return;
	if (child != FOREST_NONE)
		check_violate(
			c, CHECK_LOST_WAKEUP, child, p->wait_enter,
			"%s never comes back from the wait of event %llu, though its "
			"child %s can be waited for since event %llu",
			p->path, U(p->wait_enter), f->processes[child].path,
			U(f->processes[child].waitable));
	/* One that waits for a living child was only cut off by a power off. */
	if (deadlock || child != FOREST_NONE || p->nkept == 0)
		check_violate(c, CHECK_WAIT_FOREVER, at, p->wait_enter,
		              "%s never comes back from the wait of event %llu for %d",
		              p->path, U(p->wait_enter), p->target);
}

static void judge_waiters(struct check *c, const struct trace_end *end)
{
	const struct forest *f = c->report->forest;

	if (!end || (end->outcome != TRACE_POWEROFF && end->outcome != TRACE_DEADLOCK)) {
		const char *why = end ? "the run was cut short" : "the trace is a prefix";

		undecide(c, CHECK_LOST_WAKEUP, why);
		undecide(c, CHECK_WAIT_FOREVER, why);
		return;
	}
	for (size_t at = 0; at < f->count; at++)
		judge_waiter(c, at, end->outcome == TRACE_DEADLOCK);
}

/* --- what is left --- */

static void judge_reaped(struct check *c, size_t at)
{
	const struct forest_process *p = &c->report->forest->processes[at];
	/* Without reaps in the trace, that a wait has returned it must do. */
	uint64_t gone = c->report->forest->reaps ? p->reap : p->returned;
	char status[32];

	if (p->exit == FOREST_NEVER || gone != FOREST_NEVER)
		return;
	forest_status_text(p->status, status, sizeof(status));
	check_violate(c, CHECK_ALL_REAPED, at, p->exit,
	              "%s, which exited at event %llu (%s), is still a zombie at the end",
	              p->path, U(p->exit), status);
	if (p->orphaned != FOREST_NEVER || p->abandoned != FOREST_NEVER)
		check_violate(
			c, CHECK_ORPHANS, at, p->exit,
			"%s, left behind by its parent, exited at event %llu and was "
			"never reaped",
			p->path, U(p->exit));
}

static void judge_left(struct check *c, size_t at)
{
	static const char *const names[] = {"memory was", "files were", "thread was"};
	const struct forest_process *p = &c->report->forest->processes[at];

	if (p->reap == FOREST_NEVER)
		return;
	for (int what = 0; what < FOREST_ENTRY; what++)
		if (p->released[what] == FOREST_NEVER)
			check_violate(
				c, CHECK_NOTHING_LEFT, at, p->reap,
				"%s was reaped at event %llu, but its %s never released",
				p->path, U(p->reap), names[what]);
}

static void judge_leavings(struct check *c, const struct trace_end *end)
{
	const struct forest *f = c->report->forest;

	if (!end || end->outcome != TRACE_POWEROFF) {
		const char *why =
			end ? "the run did not power off" : "the trace is a prefix";

		undecide(c, CHECK_ALL_REAPED, why);
		undecide(c, CHECK_NOTHING_LEFT, why);
		undecide(c, CHECK_ORPHANS, why);
		return;
	}
	for (size_t at = 0; at < f->count; at++) {
		judge_reaped(c, at);
		if (f->releases)
			judge_left(c, at);
	}
	if (!f->releases && f->reaps)
		undecide(c, CHECK_NOTHING_LEFT, "the trace records no releases");
}

static void judge_outcome(struct check *c, const struct trace_end *end)
{
	if (!end)
		undecide(c, CHECK_OUTCOME, "the trace is a prefix");
	else if (end->outcome != TRACE_POWEROFF)
		check_violate(c, CHECK_OUTCOME, FOREST_NONE, FOREST_NEVER,
		              "the run ended by %s, at %llu instructions",
		              trace_outcome_name(end->outcome), U(end->icount));
}

/* --- the pairs --- */

static enum check_verdict pair_verdict(const struct check *c, size_t child)
{
	const struct check_report *r = c->report;
	const struct forest_process *p = &r->forest->processes[child];

	if (c->seats[child].violated)
		return CHECK_VIOLATED;
	if (r->complete && r->end.outcome == TRACE_POWEROFF)
		return CHECK_HOLDS;
	/* What is over is over, however the run went on. */
	return p->reap == FOREST_NEVER ? CHECK_UNDECIDED : CHECK_HOLDS;
}

static int list_pairs(struct check *c)
{
	struct check_report *r = c->report;
	size_t depth;

	r->pairs = calloc(r->forest->count + 1, sizeof(*r->pairs));
	if (!r->pairs)
		return error_set(ERR_MEMORY, "out of memory for the check");
	for (size_t at = forest_next(r->forest, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(r->forest, at, &depth)) {
		size_t parent = r->forest->processes[at].parent;

		if (parent == FOREST_NONE)
			continue;
		r->pairs[r->npairs++] = (struct check_pair){
			.parent = parent,
			.child = at,
			.ordering = forest_ordering(r->forest, at),
			.verdict = pair_verdict(c, at),
			.violated = c->seats[at].violated,
		};
	}
	return 0;
}

int check_finish(struct check *c, const struct trace_end *end, struct check_report **out)
{
	struct check_report *r = c->report;

	*out = NULL;
	r->complete = end;
	if (end)
		r->end = *end;
	if (!r->forest->switches && r->forest->count) {
		undecide(c, CHECK_WAIT_NO_BLOCK, "the trace records no switches");
		undecide(c, CHECK_LOST_WAKEUP, "the trace records no switches");
	}
	judge_waiters(c, end);
	judge_leavings(c, end);
	judge_outcome(c, end);
	int err = list_pairs(c);

	if (err)
		return err;
	for (int i = 0; i < CHECK_INVARIANTS; i++)
		if (r->results[i].verdict > r->verdict)
			r->verdict = r->results[i].verdict;
	*out = r;
	c->report = NULL;
	return 0;
}

int check_trace(const struct trace *trace, struct check_report **report)
{
	struct check *c;
	int err = check_create(&c);

	*report = NULL;
	for (size_t i = 0; i < trace->nevents && !err; i++)
		err = check_event(c, &trace->events[i]);
	if (!err)
		err = check_finish(c, trace->complete ? &trace->end : NULL, report);
	check_free(c);
	return err;
}
