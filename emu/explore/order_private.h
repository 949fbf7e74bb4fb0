/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order's own structures, shared by order*.c. */
#ifndef FORKSCOPE_EXPLORE_ORDER_PRIVATE_H
#define FORKSCOPE_EXPLORE_ORDER_PRIVATE_H

#include "base/error.h"
#include "explore/order.h"

#define ORDER_NONE UINT32_MAX

/* Who touched some bytes of a granule; what was written over since is taken out. */
struct touch {
	uint32_t next; /* of the same granule, ORDER_NONE at the end */
	uint32_t step;
	uint16_t thread;
	uint8_t bytes; /* bit i: byte i */
	bool write;
	bool commutes;
};

struct slot {
	uint32_t granule;
	uint32_t stamp; /* in use if it is that of the pass */
	uint32_t first; /* the newest touch */
};

struct order_storage {
	bool failed; /* out of memory */
	size_t nthreads;
	const uint64_t *names;
	struct slot *slots; /* open addressing; a power of two */
	size_t nslots, used;
	uint32_t stamp;
	struct touch *touches;
	size_t ntouches, touches_room;
	uint32_t unused_touch; /* a list of those given back */

	/*
	 * All that is by step is there for the first of a unit alone.  By step,
	 * `nthreads` each: its clock, and how many steps of each come before. */
	uint32_t *clocks, *before;
	size_t clocks_room, before_room;
	/* By step: the first one of its unit, see find_units(). */
	uint32_t *unit;
	size_t unit_room;
	/* By step: which unit of its thread it is, from 1; and see mark_stretch(). */
	uint32_t *index, *start;
	size_t index_room, start_room;
	/* The steps of each thread, one thread after the other. */
	uint32_t *steps;
	size_t steps_room;
	uint32_t steps_of[RECORD_THREADS_MAX]; /* where those of a thread begin there, */
	uint32_t done[RECORD_THREADS_MAX];     /* and how many have been passed */

	uint64_t woken; /* threads woken since their last step, */
	uint32_t wakers[RECORD_THREADS_MAX]
		       [RECORD_THREADS_MAX]; /* and the clocks of those who did */
	uint64_t met;                        /* threads that this step conflicts with, */
	uint32_t last[RECORD_THREADS_MAX];   /* and the last such step of each */
	uint32_t kept[RECORD_THREADS_MAX];   /* those which are races, the latest first */
	size_t nkept;
	uint32_t *without; /* of each race, see clock_without() */
	size_t without_room;
	uint32_t nwithout;

	size_t from; /* the first step that no other run had */
	size_t races_room, initials_room, ninitials;
};

/* Room for `n`, or failed; the content is kept. */
void *order_room(struct order_storage *s, void *array, size_t *capacity, size_t n,
                 size_t size);
int order_no_memory(void);

#define ORDER_ROOM(s, array, n)                                                          \
	((s)->array = order_room((s), (s)->array, &(s)->array##_room, (n),               \
	                         sizeof(*(s)->array)))

/* An access of a step: adds to `met` and `last` whom it conflicts with.  ERR_MEMORY. */
int order_touch(struct order_storage *s, const struct order_access *a, uint32_t step,
                uint16_t thread);

/* order.c: adds the reversal of two units, where the later one need not come later. */
int order_reverse(struct order *o, uint32_t earlier, uint32_t later);

#endif
