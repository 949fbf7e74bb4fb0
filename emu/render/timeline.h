/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each process was doing when: the slices, arrows and marks that pictures with a
 * time axis draw.  Times are counts of instructions retired.
 *
 * A trace shows when a process leaves the CPU and when it comes back, not when it could
 * have come back: after a sleep, "blocked" lasts until it runs again.
 */
#ifndef FORKSCOPE_RENDER_TIMELINE_H
#define FORKSCOPE_RENDER_TIMELINE_H

#include "check/forest.h"
#include "trace/trace.h"

enum timeline_state {
	TIMELINE_RUNNING, /* on a CPU */
	TIMELINE_READY,   /* could run */
	TIMELINE_WAITING, /* sleeps in wait */
	TIMELINE_ASLEEP,  /* sleeps otherwise */
	TIMELINE_ZOMBIE,  /* dead, not reaped */
	TIMELINE_STATES
};

struct timeline_slice {
	size_t process; /* index in the forest */
	enum timeline_state state;
	uint64_t start, end;
	uint64_t seq; /* of the event that began it */
};

enum timeline_link {
	TIMELINE_FORK,  /* from a fork to the child's first run */
	TIMELINE_WAIT,  /* from an exit to the return of the wait that took it */
	TIMELINE_ADOPT, /* from the child to its new parent, at the hand-over */
	TIMELINE_LINKS
};

struct timeline_arrow {
	enum timeline_link link;
	size_t from, to; /* processes */
	uint64_t start, end;
	uint64_t seq; /* of the event it starts at */
};

enum timeline_mark_kind {
	TIMELINE_PREEMPT,
	TIMELINE_EXEC,
	TIMELINE_EXIT,
	TIMELINE_KILL,
	TIMELINE_ORPHAN, /* its parent has exited */
	TIMELINE_MARKS
};

struct timeline_mark {
	enum timeline_mark_kind kind;
	size_t process;
	uint64_t time;
	uint64_t seq;
};

struct timeline {
	struct timeline_slice *slices; /* in the order in which they end */
	size_t nslices;
	struct timeline_arrow *arrows;
	size_t narrows;
	struct timeline_mark *marks;
	size_t nmarks;
	uint64_t start, end; /* of all */
};

/* Of a trace and its forest; NULL where memory is short. */
struct timeline *timeline_create(const struct trace *trace, const struct forest *forest);
void timeline_free(struct timeline *timeline);

/* "running", "ready", "waiting", "asleep", "zombie" */
const char *timeline_state_name(enum timeline_state state);
/* "fork", "wait", "adopt" */
const char *timeline_link_name(enum timeline_link link);
/* "preempt"... */
const char *timeline_mark_name(enum timeline_mark_kind kind);

#endif
