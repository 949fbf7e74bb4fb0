/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces: a few regions, each a range of pages with the same rights, and the
 * frames that back them.  Pages come into being when they are first touched, full of
 * zeros, unless they were filled before (a program's segments, the heap).
 *
 * Locking: an address space belongs to one process, and only the thread of that process
 * uses it, or whoever is making it before that thread exists.  Hence no lock.
 */
#ifndef MM_ADDR_SPACE_H
#define MM_ADDR_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "mm/paging.h"

#define REGION_READ 1u
#define REGION_WRITE 2u
#define REGION_EXEC 4u

/* Segments of a program; heap and stack come on top. */
#define AS_SEGMENTS_MAX 14
#define AS_REGIONS_MAX (AS_SEGMENTS_MAX + 2)

/* Pages [start, end). */
struct region {
	uint64_t start;
	uint64_t end;
	unsigned rights; /* REGION_* */
};

/* All fields: the owner. */
struct addr_space {
	struct page_table pages;
	struct region
		regions[AS_REGIONS_MAX]; /* disjoint; [0] is the heap, [1] the stack */
	int region_count;
	uint64_t heap_start; /* bytes, as sbrk() counts them */
	uint64_t heap_end;
};

/* Only a heap without size and a stack.  NULL where memory is short. */
struct addr_space *as_create(void);

/*
 * A copy: writable pages are copied, read-only ones shared, since no one can tell.
 * NULL where memory is short.
 */
struct addr_space *as_copy(const struct addr_space *from);

/* Frees it with all its frames.  It must not be any thread's any more. */
PROBED void as_destroy(struct addr_space *as);

/*
 * Adds [start, end), both page aligned, and puts the heap after the highest region.
 * -ENOEXEC where it is empty, beyond the user's part, overlaps another or is one too
 * many.
 */
int as_add_region(struct addr_space *as, uint64_t start, uint64_t end, unsigned rights);

/*
 * Moves the heap's end by `delta` bytes; *old gets where it was.  New pages are there at
 * once, so that a program learns of -ENOMEM here and not by a fault.  -EINVAL below the
 * heap's start.
 */
int as_sbrk(struct addr_space *as, int64_t delta, uint64_t *old);

/*
 * The bytes at `va` as the kernel may reach them, up to the end of their page; makes the
 * page if it is not there yet.  `rights` are those the region must have, or 0 for whoever
 * fills a new address space.  -EFAULT, -ENOMEM.
 */
int as_page(struct addr_space *as, uint64_t va, unsigned rights, uint8_t **bytes);

/* Whether all of [va, va + n) lies in regions with `rights`.  0 or -EFAULT. */
int as_check(const struct addr_space *as, uint64_t va, uint64_t n, unsigned rights);

/* Into an address space that is being made: no rights are asked for.  As as_page(). */
int as_fill(struct addr_space *as, uint64_t va, const void *src, size_t n);

#endif
