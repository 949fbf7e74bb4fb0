/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow. */
#ifndef FORKSCOPE_BASE_ARRAY_H
#define FORKSCOPE_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for `needed` elements of `size` bytes in the array that the pointer at
 * `array` owns: allocated memory for `*room` elements, or NULL with room 0.  It may move,
 * and at least doubles, so that growing one by one stays linear.  False where memory is
 * short; then nothing has changed.
 */
static inline bool array_grow(void *array, size_t *room, size_t needed, size_t size);

/* The rest of it, where there is no room. */
bool array_move(void *array, size_t *room, size_t needed, size_t size);

static inline bool array_grow(void *array, size_t *room, size_t needed, size_t size)
{
	return needed <= *room || array_move(array, room, needed, size);
}

#endif
