/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Of a process while the events go by. */
struct lane {
	bool open; /* it has a slice that has not ended */
	bool ran;
	bool in_wait;
	struct timeline_slice slice;
	uint64_t forked, fork_seq; /* time of its fork, for the arrow */
	uint64_t exited, exit_seq;
};

struct builder {
	struct timeline *t;
	const struct forest *forest;
	struct lane *lanes;
	size_t slice_room, arrow_room, mark_room;
	bool failed;
};

const char *timeline_state_name(enum timeline_state state)
{
	static const char *const names[] = {"running", "ready", "waiting", "asleep",
	                                    "zombie"};

	return names[state];
}

const char *timeline_link_name(enum timeline_link link)
{
	static const char *const names[] = {"fork", "wait", "adopt"};

	return names[link];
}

const char *timeline_mark_name(enum timeline_mark_kind kind)
{
	static const char *const names[] = {"preempt", "exec", "exit", "kill", "orphan"};

	return names[kind];
}

/* Room for one more of `size` bytes; false and failed where there is none. */
static bool room(struct builder *b, void *array, size_t n, size_t *capacity, size_t size)
{
	b->failed = b->failed || !array_grow(array, capacity, n + 1, size);
	return !b->failed;
}

static void close_slice(struct builder *b, size_t at, uint64_t now)
{
	struct timeline *t = b->t;
	struct lane *l = &b->lanes[at];

	if (!l->open)
		return;
	l->open = false;
	/* Another CPU may be behind. */
	l->slice.end = now > l->slice.start ? now : l->slice.start;
	if (room(b, &t->slices, t->nslices, &b->slice_room, sizeof(*t->slices)))
		t->slices[t->nslices++] = l->slice;
}

static void open_slice(struct builder *b, size_t at, enum timeline_state state,
                       const struct trace_event *e)
{
	struct lane *l = &b->lanes[at];

	close_slice(b, at, e->icount);
	l->open = true;
	l->slice = (struct timeline_slice){at, state, e->icount, e->icount, e->seq};
}

static void add_arrow(struct builder *b, struct timeline_arrow arrow)
{
	struct timeline *t = b->t;

	if (room(b, &t->arrows, t->narrows, &b->arrow_room, sizeof(*t->arrows)))
		t->arrows[t->narrows++] = arrow;
}

static void add_mark(struct builder *b, enum timeline_mark_kind kind, size_t at,
                     const struct trace_event *e)
{
	struct timeline *t = b->t;

	if (room(b, &t->marks, t->nmarks, &b->mark_room, sizeof(*t->marks)))
		t->marks[t->nmarks++] =
			(struct timeline_mark){kind, at, e->icount, e->seq};
}

static void run(struct builder *b, size_t at, const struct trace_event *e)
{
	struct lane *l = &b->lanes[at];
	size_t parent = b->forest->processes[at].parent;

	if (!l->ran && l->fork_seq != FOREST_NEVER && parent != FOREST_NONE)
		add_arrow(b, (struct timeline_arrow){TIMELINE_FORK, parent, at, l->forked,
		                                     e->icount, l->fork_seq});
	l->ran = true;
	open_slice(b, at, TIMELINE_RUNNING, e);
}

static void leave(struct builder *b, size_t at, const struct trace_event *e)
{
	const char *why = e->switch_.why;

	if (strcmp(why, "exit") == 0) {
		if (b->forest->processes[at].reap < e->seq)
			close_slice(b, at, e->icount);
		else
			open_slice(b, at, TIMELINE_ZOMBIE, e);
	} else if (strcmp(why, "block") == 0) {
		open_slice(b, at,
		           b->lanes[at].in_wait ? TIMELINE_WAITING : TIMELINE_ASLEEP, e);
	} else {
		if (strcmp(why, "preempt") == 0)
			add_mark(b, TIMELINE_PREEMPT, at, e);
		open_slice(b, at, TIMELINE_READY, e);
	}
}

static void take_fork(struct builder *b, const struct trace_event *e)
{
	size_t child = forest_find(b->forest, e->fork.child_proc);
	struct lane *l = &b->lanes[child];

	l->forked = e->icount;
	l->fork_seq = e->seq;
	open_slice(b, child, TIMELINE_READY, e);
}

static void take_exit(struct builder *b, size_t at, const struct trace_event *e)
{
	const struct forest_process *p = &b->forest->processes[at];

	add_mark(b, TIMELINE_EXIT, at, e);
	b->lanes[at].exited = e->icount;
	b->lanes[at].exit_seq = e->seq;
	for (size_t c = p->children.first; c != FOREST_NONE;
	     c = b->forest->processes[c].next)
		if (b->forest->processes[c].orphaned == e->seq)
			add_mark(b, TIMELINE_ORPHAN, c, e);
}

static void take_return(struct builder *b, size_t at, const struct trace_event *e)
{
	size_t child = FOREST_NONE;

	b->lanes[at].in_wait = false;
	if (e->wait_return.child > 0)
		child = forest_find(b->forest, e->wait_return.child_proc);
	if (child != FOREST_NONE && b->lanes[child].exit_seq != FOREST_NEVER)
		add_arrow(b, (struct timeline_arrow){TIMELINE_WAIT, child, at,
		                                     b->lanes[child].exited, e->icount,
		                                     b->lanes[child].exit_seq});
}

static void take_switch(struct builder *b, const struct trace_event *e)
{
	size_t from = forest_find(b->forest, e->switch_.from);
	size_t to = forest_find(b->forest, e->switch_.to);

	if (from != FOREST_NONE)
		leave(b, from, e);
	if (to != FOREST_NONE)
		run(b, to, e);
}

static void take_hand_over(struct builder *b, const struct trace_event *e)
{
	size_t child = forest_find(b->forest, e->reparent.child_proc);
	size_t to = forest_find(b->forest, e->reparent.to_proc);

	if (child != FOREST_NONE && to != FOREST_NONE)
		add_arrow(b, (struct timeline_arrow){TIMELINE_ADOPT, child, to, e->icount,
		                                     e->icount, e->seq});
}

static void take_reap(struct builder *b, const struct trace_event *e)
{
	size_t child = forest_find(b->forest, e->reap.child_proc);

	if (child != FOREST_NONE && b->lanes[child].slice.state == TIMELINE_ZOMBIE)
		close_slice(b, child, e->icount);
}

/* Events in the process they happen in. */
static void take_own(struct builder *b, size_t at, const struct trace_event *e)
{
	/* What acts runs, also where no switch to it was recorded. */
	if (!b->lanes[at].open && b->lanes[at].exit_seq == FOREST_NEVER)
		run(b, at, e);
	switch (e->kind) {
	case TRACE_EXEC:
		add_mark(b, TIMELINE_EXEC, at, e);
		break;
	case TRACE_KILL:
		add_mark(b, TIMELINE_KILL, at, e);
		break;
	case TRACE_EXIT:
		if (b->lanes[at].exit_seq == FOREST_NEVER)
			take_exit(b, at, e);
		break;
	case TRACE_WAIT_ENTER:
		b->lanes[at].in_wait = true;
		break;
	case TRACE_WAIT_RETURN:
		take_return(b, at, e);
		break;
	default:
		break;
	}
}

static void take(struct builder *b, const struct trace_event *e)
{
	size_t at = forest_find(b->forest, e->proc);

	if (at != FOREST_NONE)
		take_own(b, at, e);
	switch (e->kind) {
	case TRACE_FORK:
		take_fork(b, e);
		break;
	case TRACE_SWITCH:
		take_switch(b, e);
		break;
	case TRACE_REPARENT:
		take_hand_over(b, e);
		break;
	case TRACE_REAP:
		take_reap(b, e);
		break;
	default:
		break;
	}
}

static void find_span(struct timeline *t, const struct trace *trace)
{
	for (size_t i = 0; i < trace->nevents; i++) {
		uint64_t now = trace->events[i].icount;

		if (i == 0 || now < t->start)
			t->start = now;
		if (now > t->end)
			t->end = now;
	}
	if (trace->nevents && trace->complete && trace->end.icount > t->end)
		t->end = trace->end.icount;
}

struct timeline *timeline_create(const struct trace *trace, const struct forest *forest)
{
	struct builder b = {.forest = forest};

	b.t = calloc(1, sizeof(*b.t));
	b.lanes = calloc(forest->count + 1, sizeof(*b.lanes));
	b.failed = !b.t || !b.lanes;
	for (size_t i = 0; i < forest->count && !b.failed; i++)
		b.lanes[i].fork_seq = b.lanes[i].exit_seq = FOREST_NEVER;
	for (size_t i = 0; i < trace->nevents && !b.failed; i++)
		take(&b, &trace->events[i]);
	if (!b.failed) {
		find_span(b.t, trace);
		for (size_t i = 0; i < forest->count; i++)
			close_slice(&b, i, b.t->end);
	}
	free(b.lanes);
	if (b.failed) {
		timeline_free(b.t);
		return NULL;
	}
	return b.t;
}

void timeline_free(struct timeline *t)
{
	if (!t)
		return;
	free(t->slices);
	free(t->arrows);
	free(t->marks);
	free(t);
}
