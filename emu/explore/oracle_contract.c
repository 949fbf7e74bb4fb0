/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fork, wait and exit, by check.h.
 *
 * Most interleavings differ in nothing that it looks at.  So a sequence of events is
 * hashed first, without counts and numbers, and one that kept the contract is not checked
 * again.  A switch counts only where it is the last one away from a thread, or leads to
 * a process that has not run yet or has begun to exit: who of the living runs when is
 * nothing to the contract.
 */
#include "explore/oracle_private.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "check/check.h"

#define GOOD_FIRST ((size_t)1 << 12)
#define RUNNERS_MAX 64
/* 8 MiB; beyond it all is forgotten, which costs time and nothing else. */
#define GOOD_MAX ((size_t)1 << 20)

/* Besides these, no event means anything to the contract. */
static bool concerns(const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_IRQ:
	case TRACE_ALLOC:
	case TRACE_FREE:
	case TRACE_CONSOLE:
	case TRACE_INPUT:
		return false;
	default:
		return true;
	}
}

static uint64_t hash_text(uint64_t h, const char *text)
{
	return text ? oracle_mix(h, XXH3_64bits(text, strlen(text))) : oracle_mix(h, 1);
}

static uint64_t hash_status(uint64_t h, struct trace_status status)
{
	return oracle_mix(h, (uint64_t)status.value << 1 | status.signaled);
}

static uint64_t hash_wait_return(uint64_t h, const struct trace_event *e)
{
	h = hash_text(oracle_mix(h, (uint64_t)e->wait_return.child),
	              e->wait_return.child_proc);
	return hash_status(oracle_mix(h, (uint64_t)e->wait_return.error),
	                   e->wait_return.status);
}

static uint64_t hash_event(uint64_t h, const struct trace_event *e)
{
	h = hash_text(oracle_mix(h, (uint64_t)e->kind << 32 ^ (uint64_t)e->pid), e->proc);
	switch (e->kind) {
	case TRACE_FORK:
		return hash_text(oracle_mix(h, (uint64_t)e->fork.child),
		                 e->fork.child_proc);
	case TRACE_EXIT:
		return hash_status(h, e->exit.status);
	case TRACE_WAIT_ENTER:
		return oracle_mix(h, (uint64_t)e->wait_enter.target << 32 ^
		                             (uint64_t)e->wait_enter.options);
	case TRACE_WAIT_RETURN:
		return hash_wait_return(h, e);
	case TRACE_REAP:
		return hash_text(h, e->reap.child_proc);
	case TRACE_ORPHAN:
		return hash_text(h, e->orphan.child_proc);
	case TRACE_REPARENT:
		return hash_text(hash_text(h, e->reparent.child_proc),
		                 e->reparent.to_proc);
	case TRACE_RELEASE:
		return hash_text(hash_text(h, e->release.child_proc), e->release.what);
	case TRACE_SWITCH:
		return hash_text(hash_text(hash_text(h, e->switch_.from), e->switch_.to),
		                 e->switch_.why);
	case TRACE_SYSCALL:
		return oracle_mix(h, e->syscall.returned);
	default:
		return h;
	}
}

/* Processes that have run or begun to exit, by the hash of their paths. */
struct runners {
	struct {
		uint64_t path;
		bool exited;
	} list[RUNNERS_MAX];
	size_t n;
};

/* Whether it was there before, and had not begun to exit. */
static bool is_running(struct runners *r, const char *path, bool exits)
{
	uint64_t hash = XXH3_64bits(path, strlen(path));
	size_t i = 0;
	bool runs;

	while (i < r->n && r->list[i].path != hash)
		i++;
	if (i == RUNNERS_MAX)
		return false;
	if (i == r->n) {
		r->list[r->n].path = hash;
		r->list[r->n++].exited = exits;
		return false;
	}
	runs = !r->list[i].exited;
	r->list[i].exited |= exits;
	return runs;
}

/* Whether the event is a switch of no account. */
static bool is_routine(struct runners *r, const struct trace_event *e)
{
	if (e->kind == TRACE_EXIT)
		is_running(r, e->proc, true);
	return e->kind == TRACE_SWITCH && is_running(r, e->switch_.to, false) &&
	       strcmp(e->switch_.why, "exit") != 0;
}

/* Those of before the start are the same in every run. */
static uint64_t hash_events(const struct record *r)
{
	uint64_t h = oracle_mix((uint64_t)r->outcome, r->stalled);
	struct runners runners = {.n = 0};

	for (size_t i = 0; i < r->nevents; i++)
		if (r->events[i].icount >= r->start && concerns(&r->events[i]) &&
		    !is_routine(&runners, &r->events[i]))
			h = hash_event(h, &r->events[i]);
	return h ? h : 1;
}

/* --- what is known to be good --- */

static bool is_good(const struct oracle *o, uint64_t hash)
{
	size_t i = hash & (o->good_room - 1);

	while (o->good_room > 0 && o->good[i]) {
		if (o->good[i] == hash)
			return true;
		i = (i + 1) & (o->good_room - 1);
	}
	return false;
}

static void put_good(struct oracle *o, uint64_t hash)
{
	size_t i = hash & (o->good_room - 1);

	while (o->good[i])
		i = (i + 1) & (o->good_room - 1);
	o->good[i] = hash;
	o->ngood++;
}

static int grow_good(struct oracle *o)
{
	size_t room = o->good_room ? 2 * o->good_room : GOOD_FIRST, old = o->good_room;
	uint64_t *before = o->good, *after;

	if (2 * o->ngood < old)
		return 0;
	if (room > GOOD_MAX) {
		memset(o->good, 0, old * sizeof(*o->good));
		o->ngood = 0;
		return 0;
	}
	after = calloc(room, sizeof(*after));
	if (!after)
		return error_set(ERR_MEMORY, "out of memory for the oracles");
	o->good = after;
	o->good_room = room;
	o->ngood = 0;
	for (size_t i = 0; i < old; i++)
		if (before[i])
			put_good(o, before[i]);
	free(before);
	return 0;
}

/* --- the check --- */

static int make_report(const struct record *r, struct check_report **report)
{
	struct trace_end end = {
		.icount = r->end,
		.outcome = r->outcome,
		.status = r->status,
	};
	struct check *c;
	int err = check_create(&c);

	*report = NULL;
	for (size_t i = 0; i < r->nevents && !err; i++)
		if (concerns(&r->events[i]))
			err = check_event(c, &r->events[i]);
	if (!err)
		err = check_finish(c, &end, report);
	check_free(c);
	return err;
}

/* Those that oracle_stuck() tells in its own way, and those that other checks are for. */
static bool told_elsewhere(const struct record *r, enum check_invariant which)
{
	if (which == CHECK_OUTCOME)
		return true;
	return r->outcome == TRACE_DEADLOCK &&
	       (which == CHECK_LOST_WAKEUP || which == CHECK_WAIT_FOREVER);
}

static void tell(struct oracle *o, const struct check_report *report,
                 enum check_invariant which)
{
	const struct check_result *result = &report->results[which];
	enum explore_check check =
		which == CHECK_LOST_WAKEUP ? EXPLORE_LOST_WAKEUP : EXPLORE_CONTRACT;
	const char *path = result->process == FOREST_NONE
	                           ? ""
	                           : report->forest->processes[result->process].path;
	struct oracle_finding *f = oracle_find(o, check, (uint64_t)which + 1,
	                                       XXH3_64bits(path, strlen(path)));

	if (!f)
		return;
	oracle_reason(f, "%s: %s", check_invariant_name(which), result->reason);
	for (size_t i = 0; i < o->record->nmarks; i++) {
		const struct record_mark *mark = &o->record->marks[i];

		if (mark->kind == RECORD_EVENT && mark->a < o->record->nevents &&
		    o->record->events[mark->a].seq == result->seq) {
			oracle_place_mark(o, f, i);
			return;
		}
	}
}

int oracle_contract(struct oracle *o)
{
	const struct record *r = o->record;
	uint64_t hash = hash_events(r);
	struct check_report *report;
	bool good = true;
	int err;

	/* Nobody is waiting for ever in a run that powered off well. */
	if (is_good(o, hash)) {
		o->all_reaped = true;
		return 0;
	}
	err = make_report(r, &report);
	if (err)
		return err;
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		if (report->results[i].verdict == CHECK_VIOLATED) {
			good = false;
			if (!told_elsewhere(r, (enum check_invariant)i))
				tell(o, report, (enum check_invariant)i);
		}
	}
	o->all_reaped = report->results[CHECK_ALL_REAPED].verdict == CHECK_HOLDS;
	oracle_stuck(o, report);
	check_report_free(report);
	if (!good)
		return 0;
	err = grow_good(o);
	if (!err)
		put_good(o, hash);
	return err;
}
