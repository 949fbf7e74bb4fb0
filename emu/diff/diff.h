/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two traces compared, process by process.
 *
 * Processes are matched by fork path, so neither pids nor the order in which processes
 * run matter.  Linear in the size of the traces; they are streamed, and what is kept is
 * sixteen bytes for each deed of a process.
 */
#ifndef FORKSCOPE_DIFF_DIFF_H
#define FORKSCOPE_DIFF_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/text.h"

enum diff_mode {
	DIFF_TREE,     /* the processes and how they ended */
	DIFF_SEMANTIC, /* what each process did, in its own order */
	DIFF_STRICT,   /* every record, at the same instruction: the schedules */
};

/*
 * Semantic equality.  A deed of a process is: a fork (of which child), an exec (path and
 * arguments), a wait that came back with a child or an error (which child of its own it
 * was for, options, which child and status), an exit (status), a kill, a fault at a
 * user's address, a panic; a wait that never came back counts where the trace ends.  Two
 * traces are equal where every process has the same deeds in the same order and printed
 * the same lines, and the run ended alike.  The order between processes that fork, wait
 * and exit force follows from that: a fork and a wait name the child, whose deeds lie
 * between them.
 *
 * Left out is what only the interleaving decides, and what is the kernel's own affair:
 * pids and counts; whether and how often a wait slept, or came back empty; switches and
 * interrupts; who reaped, adopted and freed, and with it the waits that return a child
 * that the caller did not fork.
 */

enum diff_kind {
	DIFF_ONLY_A,  /* a process (and all it forked) is only in the first trace */
	DIFF_ONLY_B,  /* ...only in the second */
	DIFF_STATUS,  /* it ended in another way */
	DIFF_DEEDS,   /* it did something else */
	DIFF_OUTPUT,  /* it printed something else */
	DIFF_OUTCOME, /* the run ended in another way */
	DIFF_RECORDS, /* strict: the records differ */
};

/* Deeds shown before the one that differs, and in all. */
#define DIFF_BEFORE 2
#define DIFF_SHOWN 4

struct diff_moment {
	uint64_t line;    /* in the file; 0 where there is nothing */
	const char *text; /* what happened there, owned by the report; "" for nothing */
};

struct diff_difference {
	enum diff_kind kind;
	const char *proc; /* NULL for the run as a whole */
	uint64_t index;   /* of the first deed, line or record that differs, from 0 */
	/* Some before it, the same on both sides, then that one on each, then what
	 * follows. */
	struct diff_moment shown[2][DIFF_SHOWN];
	size_t before;
};

struct diff_report {
	enum diff_mode mode;
	bool equal;
	bool complete[2];  /* there is an end record */
	bool same_kernel;  /* and initrd, by their digests */
	uint64_t compared; /* deeds and lines, or records, found equal */
	struct diff_difference *differences; /* the first of each process, in preorder */
	size_t count;
	void *storage; /* the module's own */
};

/*
 * Compares the traces in two files, which are read more than once.  0 whether they are
 * equal or not; ERR_FILE where one cannot be read, or is a pipe, ERR_MEMORY.
 */
int diff_traces(struct diff_report **report, const char *a, const char *b,
                enum diff_mode mode);
void diff_report_free(struct diff_report *report);

/* "tree", "semantic", "strict"; the inverse gives -1 for what is none. */
const char *diff_mode_name(enum diff_mode mode);
int diff_mode_from_name(const char *name);

/* For people, the two sides beside each other in `columns` columns. */
void diff_report_text(const struct diff_report *report, struct text *out,
                      const char *const names[2], size_t columns, bool colour);
/* One JSON object with a newline. */
void diff_report_json(const struct diff_report *report, struct text *out,
                      const char *const names[2]);

#endif
