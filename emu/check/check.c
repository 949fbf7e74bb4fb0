/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules.  Each event is judged against the forest as it was before the event; what
 * can only be known at the end is judged in check_finish().
 *
 * A child counts as dead for its waiters from its last switch off the CPU, not from the
 * exit event, with which its exit only begins: between the two a parent that sleeps in
 * wait is in its right.
 */
#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/finish.h"

/* ESRCH and ECHILD, as every Unix numbers them. */
enum { NO_SUCH_PROCESS = 3, NO_CHILD = 10 };

static const struct {
	const char *name, *text;
} invariants[CHECK_INVARIANTS] = {
	[CHECK_WAIT_ONCE] = {"wait-once", "wait returns each child at most once"},
	[CHECK_WAIT_STATUS] = {"wait-status", "wait returns the pid and the status of a "
                                              "child that exited and was asked for"},
	[CHECK_WAIT_OWN] = {"wait-own", "wait returns only children of the caller"},
	[CHECK_WAIT_ERROR] = {"wait-error",
                              "wait fails for want of a child where there is "
                              "none, and only there"},
	[CHECK_WAIT_NO_BLOCK] = {"wait-no-block",
                                 "no wait sleeps or comes back empty where "
                                 "a matching child was dead when it began"},
	[CHECK_LOST_WAKEUP] = {"lost-wakeup",
                               "nobody is left in wait while a matching child is dead"},
	[CHECK_WAIT_FOREVER] = {"wait-forever", "nobody is left in wait at the end"},
	[CHECK_ALL_REAPED] = {"all-reaped",
                              "every process that exited is reaped at power off"},
	[CHECK_NOTHING_LEFT] = {"nothing-left", "memory, files and thread of a reaped "
                                                "process are released at power off"},
	[CHECK_ORPHANS] = {"orphans", "a child of a process that exited is handed to a "
                                      "living one or reaped"},
	[CHECK_NO_LIFE_AFTER_EXIT] = {"no-life-after-exit",
                                      "a process that exited does nothing more"},
	[CHECK_FREED_IN_USE] = {"freed-once",
                                "what a process holds is freed once, and not "
                                "while it still runs"},
	[CHECK_PID_UNIQUE] = {"pid-unique",
                              "no pid is given away again before it is reaped"},
	[CHECK_OUTCOME] = {"outcome", "the run ends by power off"},
};

const char *check_invariant_name(enum check_invariant invariant)
{
	return invariants[invariant].name;
}

const char *check_invariant_text(enum check_invariant invariant)
{
	return invariants[invariant].text;
}

const char *check_verdict_name(enum check_verdict verdict)
{
	static const char *const names[] = {"ok", "undecided", "violated"};

	return names[verdict];
}

int check_create(struct check **out)
{
	struct check *c = calloc(1, sizeof(*c));

	*out = NULL;
	if (c)
		c->report = calloc(1, sizeof(*c->report));
	if (!c || !c->report || forest_create(&c->report->forest) != 0) {
		check_free(c);
		return error_set(ERR_MEMORY, "out of memory for the check");
	}
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		c->report->results[i].seq = FOREST_NEVER;
		c->report->results[i].process = FOREST_NONE;
	}
	*out = c;
	return 0;
}

void check_report_free(struct check_report *report)
{
	if (!report)
		return;
	forest_free(report->forest);
	free(report->pairs);
	free(report);
}

void check_free(struct check *c)
{
	if (!c)
		return;
	check_report_free(c->report);
	free(c->seats);
	free(c);
}

void check_violate(struct check *c, enum check_invariant which, size_t process,
                   uint64_t seq, const char *fmt, ...)
{
	struct check_result *result = &c->report->results[which];
	va_list ap;

	result->verdict = CHECK_VIOLATED;
	if (process != FOREST_NONE)
		c->seats[process].violated |= UINT32_C(1) << which;
	if (result->violations++)
		return;
	result->process = process;
	result->seq = seq;
	va_start(ap, fmt);
	vsnprintf(result->reason, sizeof(result->reason), fmt, ap);
	va_end(ap);
}

#define U(n) ((unsigned long long)(n))

static struct forest_process *process_at(const struct check *c, size_t at)
{
	return &c->report->forest->processes[at];
}

static const char *path_at(const struct check *c, size_t at)
{
	return at == FOREST_NONE ? "the kernel" : process_at(c, at)->path;
}

/* Whether the process has a child, dead or not, that matches the wait it is in. */
static bool has_child(const struct check *c, size_t parent)
{
	const struct forest_process *p = process_at(c, parent);
	size_t at = forest_find_pid(c->report->forest, p->target);

	if (p->target == -1)
		return p->nkept;
	return at != FOREST_NONE && forest_matches(process_at(c, at), parent, p->target);
}

size_t check_waitable_child(const struct check *c, size_t parent)
{
	const struct forest_process *p = process_at(c, parent);
	size_t at = forest_find_pid(c->report->forest, p->target);

	if (p->target == -1)
		return p->zombies.first;
	if (at == FOREST_NONE || !forest_matches(process_at(c, at), parent, p->target) ||
	    process_at(c, at)->waitable == FOREST_NEVER)
		return FOREST_NONE;
	return at;
}

/* The same, where it was there when the wait began. */
static size_t overlooked_child(const struct check *c, size_t parent)
{
	size_t at = check_waitable_child(c, parent);

	if (at == FOREST_NONE ||
	    process_at(c, at)->waitable > process_at(c, parent)->wait_enter)
		return FOREST_NONE;
	return at;
}

static void check_acts(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest_process *p = process_at(c, at);

	switch (e->kind) {
	case TRACE_SYSCALL:
		if (e->syscall.returned)
			return;
		break;
	case TRACE_FORK:
	case TRACE_EXEC:
	case TRACE_EXIT:
	case TRACE_WAIT_ENTER:
	case TRACE_WAIT_BLOCK:
	case TRACE_WAIT_RETURN:
		break;
	default:
		return;
	}
	if (p->exit != FOREST_NEVER)
		check_violate(c, CHECK_NO_LIFE_AFTER_EXIT, at, e->seq,
		              "event %llu: %s in process %s, which exited at event %llu",
		              U(e->seq), trace_event_name(e->kind), p->path, U(p->exit));
}

static void check_fork(struct check *c, const struct trace_event *e)
{
	size_t holder = forest_find_pid(c->report->forest, e->fork.child);

	if (holder == FOREST_NONE)
		return;
	check_violate(
		c, CHECK_PID_UNIQUE, holder, e->seq,
		"event %llu: %s is forked with pid %d, which %s, not reaped, still has",
		U(e->seq), e->fork.child_proc, e->fork.child,
		process_at(c, holder)->path);
}

static void check_block(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest_process *p = process_at(c, at);
	size_t child = p->waiting ? overlooked_child(c, at) : FOREST_NONE;

	if (child == FOREST_NONE)
		return;
	check_violate(
		c, CHECK_WAIT_NO_BLOCK, child, e->seq,
		"event %llu: %s sleeps in the wait of event %llu, though its child %s was "
		"dead since event %llu",
		U(e->seq), p->path, U(p->wait_enter), process_at(c, child)->path,
		U(process_at(c, child)->waitable));
}

/* A wait that must not sleep has found nobody. */
static void check_empty_return(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest_process *p = process_at(c, at);

	if (!p->waiting || p->target < -1 || p->target == 0)
		return;
	size_t child = overlooked_child(c, at);

	if (child != FOREST_NONE)
		check_violate(
			c, CHECK_WAIT_NO_BLOCK, child, e->seq,
			"event %llu: the wait of %s finds nobody, though its child %s was "
			"dead since event %llu",
			U(e->seq), p->path, process_at(c, child)->path,
			U(process_at(c, child)->waitable));
	else if (!c->seats[at].had_child && !has_child(c, at))
		check_violate(
			c, CHECK_WAIT_ERROR, at, e->seq,
			"event %llu: the wait of %s for %d says nobody has exited, but there is "
			"no such child",
			U(e->seq), p->path, p->target);
}

static void check_failed_return(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest_process *p = process_at(c, at);
	int error = e->wait_return.error;

	if (!p->waiting || (error != NO_CHILD && error != NO_SUCH_PROCESS) ||
	    !c->seats[at].had_child || !has_child(c, at))
		return;
	check_violate(
		c, CHECK_WAIT_ERROR, at, e->seq,
		"event %llu: the wait of %s for %d fails with error %d, but it has such a child",
		U(e->seq), p->path, p->target, error);
}

static void check_returned_status(struct check *c, const struct trace_event *e, size_t at,
                                  size_t child)
{
	const struct forest_process *p = process_at(c, at);
	const struct forest_process *k = process_at(c, child);
	struct trace_status got = e->wait_return.status;
	char want_text[32], got_text[32];

	if (e->wait_return.child != k->pid) {
		check_violate(c, CHECK_WAIT_STATUS, child, e->seq,
		              "event %llu: wait gives pid %d for %s, whose pid is %d",
		              U(e->seq), e->wait_return.child, k->path, k->pid);
	} else if (p->waiting && p->target > 0 && p->target != k->pid) {
		check_violate(
			c, CHECK_WAIT_STATUS, child, e->seq,
			"event %llu: %s waits for pid %d and is given %s with pid %d",
			U(e->seq), p->path, p->target, k->path, k->pid);
	} else if (k->exit == FOREST_NEVER) {
		check_violate(c, CHECK_WAIT_STATUS, child, e->seq,
		              "event %llu: wait returns %s, which has not exited",
		              U(e->seq), k->path);
	} else if (got.signaled != k->status.signaled || got.value != k->status.value) {
		forest_status_text(got, got_text, sizeof(got_text));
		forest_status_text(k->status, want_text, sizeof(want_text));
		check_violate(
			c, CHECK_WAIT_STATUS, child, e->seq,
			"event %llu: wait says %s of %s, whose exit at event %llu was %s",
			U(e->seq), got_text, k->path, U(k->exit), want_text);
	}
}

static void check_return(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest_process *p = process_at(c, at);

	if (e->wait_return.error) {
		check_failed_return(c, e, at);
		return;
	}
	if (e->wait_return.child == 0) {
		check_empty_return(c, e, at);
		return;
	}
	size_t child = forest_find(c->report->forest, e->wait_return.child_proc);

	if (child == FOREST_NONE) {
		check_violate(c, CHECK_WAIT_OWN, at, e->seq,
		              "event %llu: wait returns %s, which was never forked",
		              U(e->seq), e->wait_return.child_proc);
		return;
	}
	const struct forest_process *k = process_at(c, child);

	if (k->returned != FOREST_NEVER)
		check_violate(
			c, CHECK_WAIT_ONCE, child, e->seq,
			"event %llu: wait returns %s, which event %llu had returned",
			U(e->seq), k->path, U(k->returned));
	if (k->keeper != at)
		check_violate(c, CHECK_WAIT_OWN, child, e->seq,
		              "event %llu: the wait of %s returns %s, a child of %s",
		              U(e->seq), p->path, k->path, path_at(c, k->keeper));
	check_returned_status(c, e, at, child);
}

static void check_reap(struct check *c, const struct trace_event *e)
{
	size_t child = forest_find(c->report->forest, e->reap.child_proc);

	if (child == FOREST_NONE)
		return;
	const struct forest_process *k = process_at(c, child);

	if (k->reap != FOREST_NEVER)
		check_violate(c, CHECK_FREED_IN_USE, child, e->seq,
		              "event %llu: %s is reaped a second time, after event %llu",
		              U(e->seq), k->path, U(k->reap));
	else if (k->exit == FOREST_NEVER)
		check_violate(c, CHECK_FREED_IN_USE, child, e->seq,
		              "event %llu: %s is reaped, but has not exited", U(e->seq),
		              k->path);
}

static void check_reparent(struct check *c, const struct trace_event *e)
{
	const struct forest *f = c->report->forest;
	size_t child = forest_find(f, e->reparent.child_proc);
	size_t to = forest_find(f, e->reparent.to_proc);

	if (child == FOREST_NONE)
		return;
	const struct forest_process *k = process_at(c, child);

	if (to != FOREST_NONE && process_at(c, to)->exit != FOREST_NEVER)
		check_violate(
			c, CHECK_ORPHANS, child, e->seq,
			"event %llu: %s is handed to %s, which exited at event %llu",
			U(e->seq), k->path, process_at(c, to)->path,
			U(process_at(c, to)->exit));
	else if (k->keeper != FOREST_NONE &&
	         process_at(c, k->keeper)->exit == FOREST_NEVER)
		check_violate(c, CHECK_ORPHANS, child, e->seq,
		              "event %llu: %s is handed to %s while its parent %s lives",
		              U(e->seq), k->path, e->reparent.to_proc,
		              process_at(c, k->keeper)->path);
}

static void check_release(struct check *c, const struct trace_event *e, size_t at)
{
	const struct forest *f = c->report->forest;
	size_t child = forest_find(f, e->release.child_proc);

	if (child == FOREST_NONE)
		return;
	const struct forest_process *k = process_at(c, child);

	for (int i = 0; i < FOREST_ENTRY; i++) {
		const char *name = forest_resource_name((enum forest_resource)i);

		if (strcmp(e->release.what, name) == 0 && k->released[i] != FOREST_NEVER)
			check_violate(
				c, CHECK_FREED_IN_USE, child, e->seq,
				"event %llu: %s of %s is released a second time, after event %llu",
				U(e->seq), name, k->path, U(k->released[i]));
	}
	if (strcmp(e->release.what, "thread") == 0 && at != child && k->ran &&
	    k->dead == FOREST_NEVER)
		check_violate(
			c, CHECK_FREED_IN_USE, child, e->seq,
			"event %llu: %s frees the thread of %s, which has not left the CPU for good",
			U(e->seq), e->proc, k->path);
}

static void check_switch(struct check *c, const struct trace_event *e)
{
	size_t to = forest_find(c->report->forest, e->switch_.to);

	if (to == FOREST_NONE)
		return;
	const struct forest_process *p = process_at(c, to);

	if (p->released[FOREST_THREAD] != FOREST_NEVER)
		check_violate(
			c, CHECK_FREED_IN_USE, to, e->seq,
			"event %llu: a switch to %s, whose thread was freed at event %llu",
			U(e->seq), p->path, U(p->released[FOREST_THREAD]));
	else if (p->dead != FOREST_NEVER)
		check_violate(
			c, CHECK_NO_LIFE_AFTER_EXIT, to, e->seq,
			"event %llu: a switch to %s, which left the CPU for good at event %llu",
			U(e->seq), p->path, U(p->dead));
}

static void judge(struct check *c, const struct trace_event *e, size_t at)
{
	if (at != FOREST_NONE)
		check_acts(c, e, at);
	switch (e->kind) {
	case TRACE_FORK:
		check_fork(c, e);
		break;
	case TRACE_WAIT_BLOCK:
		if (at != FOREST_NONE)
			check_block(c, e, at);
		break;
	case TRACE_WAIT_RETURN:
		if (at != FOREST_NONE)
			check_return(c, e, at);
		break;
	case TRACE_REAP:
		check_reap(c, e);
		break;
	case TRACE_REPARENT:
		check_reparent(c, e);
		break;
	case TRACE_RELEASE:
		check_release(c, e, at);
		break;
	case TRACE_SWITCH:
		check_switch(c, e);
		break;
	default:
		break;
	}
}

static int grow_seats(struct check *c)
{
	if (c->report->forest->count <= c->nseats)
		return 0;
	size_t n = c->nseats ? c->nseats * 2 : 64;
	struct check_seat *seats = reallocarray(c->seats, n, sizeof(*seats));

	if (!seats)
		return error_set(ERR_MEMORY, "out of memory for the check");
	memset(seats + c->nseats, 0, (n - c->nseats) * sizeof(*seats));
	c->seats = seats;
	c->nseats = n;
	return 0;
}

int check_event(struct check *c, const struct trace_event *e)
{
	struct forest *f = c->report->forest;

	judge(c, e, forest_find(f, e->proc));
	int err = forest_add(f, e);

	if (!err)
		err = grow_seats(c);
	if (err || e->kind != TRACE_WAIT_ENTER)
		return err;
	size_t at = forest_find(f, e->proc);

	if (at != FOREST_NONE)
		c->seats[at].had_child = has_child(c, at);
	return 0;
}
