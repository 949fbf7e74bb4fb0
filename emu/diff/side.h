/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of the two traces, boiled down to what is compared. */
#ifndef FORKSCOPE_DIFF_SIDE_H
#define FORKSCOPE_DIFF_SIDE_H

#include "check/forest.h"
#include "diff/diff.h"

struct diff_entry {
	uint64_t hash;
	uint64_t line; /* in the file */
};

struct diff_list {
	struct diff_entry *items;
	size_t count, capacity;
};

struct diff_process {
	struct diff_list deeds;
	struct diff_list output; /* a line each */
	bool line_open;          /* the last of `output` has had no newline yet */
	/* The wait it is in: */
	bool waiting;
	uint64_t wait_hash; /* of whom it is for, and the options */
	uint64_t wait_line;
};

struct diff_side {
	const char *path;
	struct forest *forest;
	struct diff_process *processes; /* by index in the forest */
	size_t capacity;
	struct diff_process kernel; /* what happens in no process */
	struct text key;            /* of the deed at hand */
	char kernel_sha256[TRACE_SHA256_SIZE], initrd_sha256[TRACE_SHA256_SIZE];
	bool complete;
	struct trace_end end;
	uint64_t last_line;
};

/* Reads all of a trace; with `deeds` false only its forest. */
int diff_side_read(struct diff_side *side, const char *path, bool deeds);
void diff_side_free(struct diff_side *side);

/*
 * What a record of a trace says, in a few words, for the lines in `moments` (in ascending
 * order of line, `n` pointers); texts come from `strings`.
 */
struct strings;
int diff_describe(const char *path, struct diff_moment **moments, size_t n, bool strict,
                  struct strings *strings);

#endif
