/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the check, at each event and at the end, share. */
#ifndef FORKSCOPE_CHECK_FINISH_H
#define FORKSCOPE_CHECK_FINISH_H

#include "check/check.h"

/* What the checks keep of a process, beside the forest. */
struct check_seat {
	uint32_t violated; /* a bit for each invariant */
	bool had_child;    /* one that matched, at the wait.enter of its present wait */
};

struct check {
	struct check_report *report;
	struct check_seat *seats; /* by index of the process */
	size_t nseats;
};

/*
 * Notes a violation by `process` (or FOREST_NONE) at `seq`.  The reason is only worked
 * out for the first one of each invariant.
 */
void check_violate(struct check *check, enum check_invariant which, size_t process,
                   uint64_t seq, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The child that the present wait of `parent` could take at once, or FOREST_NONE. */
size_t check_waitable_child(const struct check *check, size_t parent);

#endif
