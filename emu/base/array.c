/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/array.h"

#include <stdlib.h>

/* Elements at first: a few pages for what is kept of each step or event of a run. */
#define ROOM_FIRST 256

bool array_move(void *array, size_t *room, size_t needed, size_t size)
{
	size_t bigger = *room ? *room : ROOM_FIRST;
	void **at = array;
	void *moved;

	while (bigger < needed)
		bigger *= 2;
	moved = realloc(*at, bigger * size);
	if (!moved)
		return false;
	*at = moved;
	*room = bigger;
	return true;
}
