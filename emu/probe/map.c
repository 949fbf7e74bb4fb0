/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/map.h"

#include <stdlib.h>

#define ROOM_FIRST 64

void map_clear(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}

/* Fibonacci hashing: addresses differ mostly in their middle bits. */
static size_t home(const struct map *m, uint64_t key)
{
	return (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (m->room - 1);
}

/* The slot of the key, or the free one where it would go. */
static size_t find(const struct map *m, uint64_t key)
{
	size_t i = home(m, key);

	while (m->slots[i].value != MAP_NONE && m->slots[i].key != key)
		i = (i + 1) & (m->room - 1);
	return i;
}

uint32_t map_get(const struct map *m, uint64_t key)
{
	return m->room ? m->slots[find(m, key)].value : MAP_NONE;
}

static bool grow(struct map *m)
{
	struct map bigger = {.room = m->room ? m->room * 2 : ROOM_FIRST, .used = m->used};

	bigger.slots = malloc(bigger.room * sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < bigger.room; i++)
		bigger.slots[i].value = MAP_NONE;
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i].value != MAP_NONE)
			bigger.slots[find(&bigger, m->slots[i].key)] = m->slots[i];
	free(m->slots);
	*m = bigger;
	return true;
}

bool map_put(struct map *m, uint64_t key, uint32_t value)
{
	size_t i;

	if (m->used * 2 >= m->room && !grow(m))
		return false;
	i = find(m, key);
	m->used += m->slots[i].value == MAP_NONE;
	m->slots[i].key = key;
	m->slots[i].value = value;
	return true;
}

/* Closes the gap: what was pushed past it by linear probing moves back. */
void map_remove(struct map *m, uint64_t key)
{
	size_t gap, i, mask = m->room - 1;

	if (!m->room)
		return;
	gap = find(m, key);
	if (m->slots[gap].value == MAP_NONE)
		return;
	for (i = (gap + 1) & mask; m->slots[i].value != MAP_NONE; i = (i + 1) & mask) {
		if (((i - home(m, m->slots[i].key)) & mask) >= ((i - gap) & mask)) {
			m->slots[gap] = m->slots[i];
			gap = i;
		}
	}
	m->slots[gap].value = MAP_NONE;
	m->used--;
}
