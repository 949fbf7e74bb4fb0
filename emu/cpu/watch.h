/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest does to RAM: a log of accesses, and a journal of the pages written since
 * each of a stack of snapshots, by which RAM goes back.
 */
#ifndef FORKSCOPE_CPU_WATCH_H
#define FORKSCOPE_CPU_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/access.h"

#define WATCH_PAGE 4096u

/* A page as it was when the snapshot was taken above which it was first written. */
struct watch_page {
	uint32_t frame;
	uint32_t level; /* what watch.levels had for it before */
	uint8_t bytes[WATCH_PAGE];
};

struct watch {
	uint8_t *ram;
	uint64_t ram_size;
	struct machine_access *log;
	size_t n, max;

	uint32_t level;   /* snapshots on the stack; 0: nothing is journalled */
	uint32_t *levels; /* by frame: the snapshot that has its contents, from 1; 0: none
	                   */
	struct watch_page **chunks; /* the journal, WATCH_CHUNK pages each */
	size_t nchunks;
	size_t npages; /* in the journal */
	bool failed;   /* no memory for a page: going back is no longer right */
};

/* ERR_MEMORY. */
int watch_create(struct watch **w, uint8_t *ram, uint64_t ram_size,
                 struct machine_access *log, size_t max);
void watch_destroy(struct watch *w); /* NULL is fine */

void watch_save_page(struct watch *w, uint32_t frame);

/* The page at `pa` is about to be written. */
static inline void watch_write(struct watch *w, uint64_t pa)
{
	uint32_t frame = (uint32_t)(pa / WATCH_PAGE);

	if (w->levels[frame] != w->level)
		watch_save_page(w, frame);
}

/* Begins a snapshot: the place in the journal to go back to. */
size_t watch_push(struct watch *w);
/* RAM as it was at that place, which was given for the snapshot `level` (from 1). */
void watch_rewind(struct watch *w, size_t place, uint32_t level);

#endif
