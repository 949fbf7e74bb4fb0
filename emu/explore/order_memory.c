/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory was last touched by, by granules of 8 bytes.  Tables are not cleared: a
 * slot counts if it bears the stamp of this pass.
 */
#include <stdlib.h>

#include "explore/order_private.h"

enum {
	GRANULE_SHIFT = 3,
	GRANULE = 1 << GRANULE_SHIFT,
};

void *order_room(struct order_storage *s, void *array, size_t *capacity, size_t n,
                 size_t size)
{
	if (n <= *capacity || s->failed)
		return array;
	size_t more = n + n / 2 + 64;
	void *bigger = reallocarray(array, more, size);

	if (!bigger) {
		s->failed = true;
		return array;
	}
	*capacity = more;
	return bigger;
}

int order_no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the order of a run");
}

static struct slot *find_slot(const struct order_storage *s, uint32_t granule)
{
	size_t at = (granule * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (s->nslots - 1);

	while (s->slots[at].stamp == s->stamp && s->slots[at].granule != granule)
		at = (at + 1) & (s->nslots - 1);
	return &s->slots[at];
}

static int grow_slots(struct order_storage *s)
{
	size_t nslots = s->nslots ? s->nslots * 2 : 1024;
	struct slot *old = s->slots;
	size_t nold = s->nslots;

	s->slots = calloc(nslots, sizeof(*s->slots));
	if (!s->slots) {
		s->slots = old;
		return order_no_memory();
	}
	s->nslots = nslots;
	for (size_t i = 0; i < nold; i++)
		if (old[i].stamp == s->stamp)
			*find_slot(s, old[i].granule) = old[i];
	free(old);
	return 0;
}

static int slot_of(struct order_storage *s, uint32_t granule, struct slot **slot)
{
	if (s->used * 2 >= s->nslots) {
		int err = grow_slots(s);

		if (err)
			return err;
	}
	*slot = find_slot(s, granule);
	if ((*slot)->stamp != s->stamp) {
		**slot = (struct slot){granule, s->stamp, ORDER_NONE};
		s->used++;
	}
	return 0;
}

static int add_touch(struct order_storage *s, struct slot *slot, struct touch touch)
{
	uint32_t at = s->unused_touch;

	if (at != ORDER_NONE) {
		s->unused_touch = s->touches[at].next;
	} else {
		ORDER_ROOM(s, touches, s->ntouches + 1);
		if (s->failed)
			return order_no_memory();
		at = (uint32_t)s->ntouches++;
	}
	touch.next = slot->first;
	s->touches[at] = touch;
	slot->first = at;
	return 0;
}

static void meet(struct order_storage *s, const struct touch *t)
{
	uint64_t bit = UINT64_C(1) << t->thread;

	if (!(s->met & bit) || s->last[t->thread] < t->step)
		s->last[t->thread] = t->step;
	s->met |= bit;
}

/* One access to bytes of one granule: whom it conflicts with, and that it was. */
static int touch_granule(struct order_storage *s, uint32_t granule, struct touch now)
{
	struct slot *slot;
	int err = slot_of(s, granule, &slot);

	if (err)
		return err;
	for (uint32_t *link = &slot->first; *link != ORDER_NONE;) {
		struct touch *t = &s->touches[*link];
		bool own = t->thread == now.thread;
		bool commute = t->commutes && now.commutes;

		if (t->step == now.step && t->write >= now.write &&
		    t->commutes <= now.commutes && !(now.bytes & ~t->bytes))
			return 0;
		if (!own && !commute && (t->write || now.write) && t->bytes & now.bytes)
			meet(s, t);
		/*
		 * What comes later and conflicts with `t` conflicts with this one too,
		 * which happens after it.
		 */
		if ((now.write || (own && !t->write)) &&
		    (!now.commutes || (own && t->commutes)))
			t->bytes &= (uint8_t)~now.bytes;
		if (t->bytes) {
			link = &t->next;
			continue;
		}
		uint32_t gone = *link;

		*link = t->next;
		t->next = s->unused_touch;
		s->unused_touch = gone;
	}
	return add_touch(s, slot, now);
}

int order_touch(struct order_storage *s, const struct order_access *a, uint32_t step,
                uint16_t thread)
{
	uint64_t end = (uint64_t)a->pa + a->size;

	for (uint64_t at = a->pa; at < end;) {
		uint64_t next = (at | (GRANULE - 1)) + 1;
		unsigned int from = at & (GRANULE - 1);
		unsigned int n = (unsigned int)((next < end ? next : end) - at);
		uint8_t bytes = (uint8_t)(((1U << n) - 1) << from);
		struct touch now = {
			.next = ORDER_NONE,
			.step = step,
			.thread = thread,
			.bytes = bytes,
			.write = a->write,
			.commutes = a->commutes,
		};
		int err = touch_granule(s, (uint32_t)(at >> GRANULE_SHIFT), now);

		if (err)
			return err;
		at = next;
	}
	return 0;
}
