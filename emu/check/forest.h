/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forest of processes that a trace tells of: what checks, pictures and comparison
 * share.
 *
 * It is built event by event, in constant time for each, so that a check sees the state
 * before an event, takes the event, and goes on; a whole trace is the same in a loop.
 * Moments are sequence numbers of events, FOREST_NEVER for what has not happened.
 */
#ifndef FORKSCOPE_CHECK_FOREST_H
#define FORKSCOPE_CHECK_FOREST_H

#include "trace/trace.h"

#define FOREST_NEVER UINT64_MAX
/* No process, where an index is. */
#define FOREST_NONE SIZE_MAX

/* The values of `what` in a release event that belong to a process. */
enum forest_resource {
	FOREST_MEMORY,
	FOREST_FILES,
	FOREST_THREAD,
	FOREST_ENTRY,
	FOREST_RESOURCES
};

/* "memory", "files", "thread", "entry". */
const char *forest_resource_name(enum forest_resource resource);

/* Processes of the same parent, linked by index, oldest first. */
struct forest_list {
	size_t first, last;
};

struct forest_process {
	const char *path; /* fork path, owned by the forest */
	int pid;
	size_t parent; /* that forked it; FOREST_NONE for children of the kernel */
	size_t keeper; /* that may wait for it: the parent, or who adopted it last */
	struct forest_list children; /* all it forked, in order of fork, by `next` */
	size_t next;
	size_t nkept; /* unreaped ones whose keeper it is */
	/* Of those the dead ones, in the order in which they could be waited for. */
	struct forest_list zombies;
	size_t next_zombie, previous_zombie;

	const char *program; /* path of the last exec, or what it was forked with */
	uint64_t nexecs;
	uint64_t fork;      /* FOREST_NEVER where it was there from the start */
	uint64_t exec;      /* the last one */
	uint64_t exit;      /* it began to exit */
	uint64_t dead;      /* its thread left the CPU for good, after `exit` */
	uint64_t waitable;  /* dead and with its present keeper: a wait need not sleep */
	uint64_t reap;      /* its table entry was given up */
	size_t reaper;      /* in whose context; FOREST_NONE for the kernel's */
	uint64_t killed;    /* a kill event */
	const char *reason; /* of it, or NULL */
	struct trace_status status; /* where exited */

	uint64_t orphaned;                   /* its parent exited while it lived */
	uint64_t abandoned;                  /* its parent exited while it was a zombie */
	uint64_t reparented;                 /* the last hand-over */
	uint64_t released[FOREST_RESOURCES]; /* after its exit */

	/* The wait that returned it. */
	uint64_t returned; /* wait.return */
	uint64_t entered;  /* wait.enter of the same wait */
	size_t waiter;     /* whose wait that was */

	/* Its own wait, while it is in one. */
	bool waiting, blocked;
	int target;
	uint64_t wait_enter;
	uint64_t nwaits; /* waits entered so far */

	bool ran;      /* it has been switched to */
	bool unforked; /* not init, and no fork was seen */
};

struct forest {
	struct forest_process *processes; /* by first appearance */
	size_t count;
	bool switches; /* the trace records switches */
	bool releases; /* ...releases */
	bool reaps;    /* ...reaps */
	uint64_t nevents;
	void *storage; /* the module's own */
};

int forest_create(struct forest **forest);
void forest_free(struct forest *forest);

/*
 * Takes the next event.  ERR_FILE where no kernel can do what it says (a fork path forked
 * twice); ERR_MEMORY.  Strings of the event are copied.
 */
int forest_add(struct forest *forest, const struct trace_event *event);

/* The forest of a whole trace. */
int forest_build(struct forest **forest, const struct trace *trace);

/* The process with this fork path, or FOREST_NONE: also for the kernel's own. */
size_t forest_find(const struct forest *forest, const char *path);
/* The last process forked with this pid that is not reaped, or FOREST_NONE. */
size_t forest_find_pid(const struct forest *forest, int pid);

/*
 * The next process in preorder, children in order of fork: start with FOREST_NONE, ends
 * with it.  `depth` follows along, 0 for a root.
 */
size_t forest_next(const struct forest *forest, size_t process, size_t *depth);

/*
 * Whether a wait of `parent` for `target` (a pid, or -1) could take `child`, dead or not;
 * other targets match nothing.
 */
bool forest_matches(const struct forest_process *child, size_t parent, int target);

/*
 * How a pair of parent and child went, by the events alone.  With w the wait call of the
 * parent that returned the child:
 */
enum forest_ordering {
	ORDERING_WAITS_BEFORE, /* wait.enter of w precedes the child's exit */
	ORDERING_WAITS_AFTER,  /* the child's exit precedes wait.enter of w */
	ORDERING_ORPHAN,       /* no w; the parent exited while the child lived */
	ORDERING_ZOMBIE,       /* no w; the parent exited after the child had */
	ORDERING_OPEN,         /* no w so far, and the parent has not exited */
};

/* Of a process that has a parent. */
enum forest_ordering forest_ordering(const struct forest *forest, size_t child);
/* "waits-before", "waits-after", "no-wait/orphan", "no-wait/zombie", "open". */
const char *forest_ordering_name(enum forest_ordering ordering);

/* "exit 3", "SIGSEGV", "signal 40" */
void forest_status_text(struct trace_status status, char *text, size_t size);

#endif
