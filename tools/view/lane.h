/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The slices and marks of one process, so kept that a picture of any part of them costs
 * no more than its width in pixels: what is visible is found by bisection, and how the
 * time between two moments was spent is a difference of two sums.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_LANE_H
#define FORKSCOPE_TOOLS_VIEW_LANE_H

#include "render/timeline.h"

struct lane {
	/* In order of time; they do not overlap.  Owned by the lanes they come with. */
	const struct timeline_slice *slices;
	size_t nslices;
	const struct timeline_mark *marks; /* in order of time */
	size_t nmarks;
	/* Instructions spent in each state before each slice. */
	const uint64_t (*spent)[TIMELINE_STATES];
};

/* Those of every process of a forest. */
struct lanes {
	struct lane *lane; /* by index of the process */
	size_t count;
	struct timeline_slice *slices; /* the storage of them all */
	struct timeline_mark *marks;
	uint64_t (*spent)[TIMELINE_STATES];
};

/* ERR_MEMORY; then there is nothing to free. */
int lanes_create(struct lanes *lanes, const struct timeline *timeline, size_t processes);
void lanes_free(struct lanes *lanes);

/* The first slice that ends after `time`; nslices where there is none. */
size_t lane_slice(const struct lane *lane, uint64_t time);
/* The first mark at or after `time`; nmarks where there is none. */
size_t lane_mark(const struct lane *lane, uint64_t time);
/* Instructions between `from` and `to` in each state. */
void lane_spent(const struct lane *lane, uint64_t from, uint64_t to,
                uint64_t spent[TIMELINE_STATES]);

#endif
