/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of fork, wait and exit, checked on the events of a trace.
 *
 * Every check is on events that any kernel shows.  A trace without an end record is a
 * prefix: of it only what must never happen is judged, and the rest is undecided.  Linear
 * in the length of the trace.
 */
#ifndef FORKSCOPE_CHECK_CHECK_H
#define FORKSCOPE_CHECK_CHECK_H

#include "check/forest.h"
#include "trace/text.h"
#include "trace/trace.h"

/* The invariants, in the order in which they are reported.  What each says: check.c. */
enum check_invariant {
	CHECK_WAIT_ONCE,
	CHECK_WAIT_STATUS,
	CHECK_WAIT_OWN,
	CHECK_WAIT_ERROR,
	CHECK_WAIT_NO_BLOCK,
	CHECK_LOST_WAKEUP,
	CHECK_WAIT_FOREVER,
	CHECK_ALL_REAPED,
	CHECK_NOTHING_LEFT,
	CHECK_ORPHANS,
	CHECK_NO_LIFE_AFTER_EXIT,
	CHECK_FREED_IN_USE,
	CHECK_PID_UNIQUE,
	CHECK_OUTCOME,
	CHECK_INVARIANTS
};

enum check_verdict {
	CHECK_HOLDS,
	CHECK_UNDECIDED, /* the trace does not tell: a prefix, or not recorded */
	CHECK_VIOLATED,
};

#define CHECK_REASON_SIZE 240

struct check_result {
	enum check_verdict verdict;
	uint64_t violations;
	uint64_t seq;   /* where the first is seen, FOREST_NEVER where at the end */
	size_t process; /* whose it is, FOREST_NONE where nobody's */
	/* Of the first violation, or why it is undecided; "" where it holds. */
	char reason[CHECK_REASON_SIZE];
};

/* One parent and one child that it forked. */
struct check_pair {
	size_t parent, child;
	enum forest_ordering ordering;
	enum check_verdict verdict; /* over the invariants that concern the child */
	uint32_t violated;          /* a bit for each of them that it violates */
};

struct check_report {
	struct forest *forest;
	struct check_result results[CHECK_INVARIANTS];
	struct check_pair *pairs; /* in preorder of the forest */
	size_t npairs;
	enum check_verdict verdict; /* the worst of the results */
	bool complete;
	struct trace_end end; /* where complete */
};

/* "wait-once" and the like, and what it demands in one sentence. */
const char *check_invariant_name(enum check_invariant invariant);
const char *check_invariant_text(enum check_invariant invariant);
const char *check_verdict_name(enum check_verdict verdict);

/*
 * Checks a whole trace.  0 whatever the verdict; ERR_FILE where no kernel can do what the
 * trace says, ERR_MEMORY.
 */
int check_trace(const struct trace *trace, struct check_report **report);
void check_report_free(struct check_report *report);

/* For people, within 80 columns where fork paths allow it; colour by ANSI sequences. */
void check_report_text(const struct check_report *report, struct text *out, bool colour);
/* One JSON object with a newline. */
void check_report_json(const struct check_report *report, struct text *out);

/* --- event by event, for those who check a run while it goes on --- */

struct check;

int check_create(struct check **check);
void check_free(struct check *check);
/* The next event; as check_trace(). */
int check_event(struct check *check, const struct trace_event *event);
/*
 * Ends it: `end` is NULL for a prefix.  The report is the caller's and takes the forest
 * along; only check_free() may follow.
 */
int check_finish(struct check *check, const struct trace_end *end,
                 struct check_report **report);

#endif
