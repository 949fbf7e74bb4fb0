/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "explore/search_private.h"

/* 256 MiB, a quarter of what a search may take; it is never filled above 7/8. */
#define SLOTS_MAX (UINT64_C(1) << 25)

static uint64_t *slot_of(const struct hash_set *set, uint64_t hash)
{
	size_t at = hash * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (set->nslots - 1);

	while (set->slots[at] && set->slots[at] != hash)
		at = (at + 1) & (set->nslots - 1);
	return &set->slots[at];
}

static int grow(struct hash_set *set)
{
	struct hash_set bigger = {.nslots = set->nslots ? set->nslots * 2 : 1024,
	                          .n = set->n};

	bigger.slots = calloc(bigger.nslots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return search_no_memory();
	for (size_t i = 0; i < set->nslots; i++)
		if (set->slots[i])
			*slot_of(&bigger, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = bigger;
	return 0;
}

int hash_set_add(struct hash_set *set, uint64_t hash)
{
	hash = hash ? hash : 1;
	if (set->n >= set->nslots / 8 * 7 && set->nslots < SLOTS_MAX) {
		int err = grow(set);

		if (err)
			return err;
	}
	uint64_t *slot = slot_of(set, hash);

	if (*slot)
		return 0;
	if (set->n >= set->nslots / 8 * 7)
		return 0;
	*slot = hash;
	set->n++;
	return 0;
}

void hash_set_free(struct hash_set *set)
{
	free(set->slots);
	*set = (struct hash_set){0};
}
