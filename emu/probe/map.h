/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash table from 64-bit keys to small numbers.  Guest addresses make the keys. */
#ifndef FORKSCOPE_PROBE_MAP_H
#define FORKSCOPE_PROBE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_NONE UINT32_MAX

struct map {
	struct map_slot {
		uint64_t key;
		uint32_t value; /* MAP_NONE: the slot is free */
	} *slots;
	size_t room; /* a power of two, or 0 */
	size_t used;
};

/* Zero is an empty map.  Frees what it holds, not the map itself. */
void map_clear(struct map *m);
/* The value at a key, MAP_NONE where there is none. */
uint32_t map_get(const struct map *m, uint64_t key);
/* Sets it, not to MAP_NONE; false where memory ran out and the map is as before. */
bool map_put(struct map *m, uint64_t key, uint32_t value);
void map_remove(struct map *m, uint64_t key);

#endif
