/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each access, against the last ones to the same bytes.
 *
 * A race is a pair of conflicting accesses of the kernel by two threads that no lock, no
 * wakeup and no start orders (Flanagan and Freund, FastTrack, PLDI 2009, with the last
 * reader alone).  Two that both have interrupts off are none: on one CPU they exclude
 * each other.  What is remembered is the last access only, so a race may be missed here
 * and found in another interleaving, but none is made up.
 */
#include "explore/oracle_private.h"

#include <string.h>

/* What a pair of places is, in `pairs`. */
enum { PAIR_NEW, PAIR_RACES, PAIR_IGNORED };

static bool same_process(const struct oracle *o, uint16_t a, uint16_t b)
{
	const struct record *r = o->record;

	return a == b || strcmp(r->threads[a].proc, r->threads[b].proc) == 0;
}

/* --- races --- */

/* Locks are words that threads fight over, and the allocator's lists have their own. */
static bool is_innocent(const struct oracle *o, uint64_t rip)
{
	return kernel_in_lock(o->kernel, rip) || kernel_in_allocator(o->kernel, rip);
}

static struct oracle_slot *pair_slot(struct oracle *o, uint64_t key)
{
	struct oracle_slot *slot = &o->pairs[key >> 32 & (ORACLE_PAIRS - 1)];

	if (slot->key != key)
		*slot = (struct oracle_slot){.key = key, .value = PAIR_NEW};
	return slot;
}

static void race(struct oracle *o, const struct machine_access *a, size_t access,
                 const struct oracle_last *last, bool last_wrote)
{
	const struct machine_access *b = &o->record->accesses[last->access];
	struct oracle_slot *slot =
		pair_slot(o, oracle_mix(oracle_mix(1, a->rip), b->rip));
	uint64_t fa, fb;
	struct oracle_finding *f;

	if (slot->value == PAIR_NEW)
		slot->value = is_innocent(o, a->rip) || is_innocent(o, b->rip)
		                      ? PAIR_IGNORED
		                      : PAIR_RACES;
	if (slot->value == PAIR_IGNORED || slot->run == o->run || o->locks_lost)
		return;
	slot->run = o->run;
	fa = oracle_function(o, a->rip);
	fb = oracle_function(o, b->rip);
	f = oracle_find(o, EXPLORE_RACE, fa < fb ? fa : fb, fa < fb ? fb : fa);
	if (!f)
		return;
	oracle_place_access(o, f, access, o->current);
	oracle_place_access(o, f, last->access, last->thread);
	oracle_reason(f, "%s %s in %s what %s %s in %s, and no lock orders them",
	              oracle_who(o, o->current),
	              a->flags & MACHINE_ACCESS_WRITE ? "writes" : "reads",
	              oracle_at(o, a->rip), oracle_who(o, last->thread),
	              last_wrote ? "wrote" : "read", oracle_at(o, b->rip));
}

/* --- isolation --- */

/* The thread of `writer`'s child from which `reader` descends, or which it is. */
static uint16_t find_heir(const struct oracle *o, uint16_t writer, uint16_t reader)
{
	const struct record *r = o->record;
	const char *above = r->threads[writer].proc, *below = r->threads[reader].proc;
	size_t n = strlen(above), end;

	if (strncmp(above, below, n) != 0 || below[n] != '.')
		return ORACLE_NOBODY;
	end = n + 1 + strcspn(below + n + 1, ".");
	for (size_t i = 0; i < r->nthreads; i++)
		if (strncmp(r->threads[i].proc, below, end) == 0 &&
		    !r->threads[i].proc[end])
			return (uint16_t)i;
	return ORACLE_NOBODY;
}

/*
 * A child sees what its parent wrote before the fork, whether the page was copied or is
 * still shared: when the child began, that write was over.
 */
static bool inherited(struct oracle *o, const struct oracle_last *write)
{
	uint16_t *heir = &o->heirs[write->thread][o->current];

	if (*heir == ORACLE_UNASKED)
		*heir = find_heir(o, write->thread, o->current);
	return *heir != ORACLE_NOBODY && o->threads[*heir].born > write->access;
}

static void isolation(struct oracle *o, const struct machine_access *a, size_t access,
                      const struct oracle_last *write)
{
	const struct machine_access *b = &o->record->accesses[write->access];
	struct oracle_finding *f;

	if (same_process(o, o->current, write->thread) || inherited(o, write))
		return;
	f = oracle_find(o, EXPLORE_ISOLATION, 0, 0);
	if (!f)
		return;
	oracle_place_access(o, f, access, o->current);
	oracle_place_access(o, f, write->access, write->thread);
	oracle_reason(f,
	              "%s reads at 0x%llx in user mode what %s wrote at 0x%llx: physical "
	              "page 0x%x",
	              oracle_who(o, o->current), (unsigned long long)a->rip,
	              oracle_who(o, write->thread), (unsigned long long)b->rip,
	              a->pa & ~(ORACLE_PAGE - 1));
}

/* --- the walk --- */

static void conflict(struct oracle *o, const struct machine_access *a, size_t access,
                     const struct oracle_last *last, bool last_wrote)
{
	if (a->flags & MACHINE_ACCESS_USER) {
		if (last_wrote && last->flags & MACHINE_ACCESS_USER &&
		    !(a->flags & MACHINE_ACCESS_WRITE))
			isolation(o, a, access, last);
		return;
	}
	if (last->flags & MACHINE_ACCESS_USER ||
	    (a->flags & last->flags & MACHINE_ACCESS_ATOMIC) ||
	    last->clock <= o->threads[o->current].clocks[last->thread])
		return;
	race(o, a, access, last, last_wrote);
}

static inline void touch(struct oracle *o, const struct machine_access *a, size_t access,
                         struct oracle_granule *g, uint8_t mask)
{
	uint16_t t = o->current;
	struct oracle_last now = {
		.thread = t,
		.mask = mask,
		.flags = a->flags,
		.clock = o->threads[t].clocks[t],
		.access = (uint32_t)access,
	};

	if (g->run != o->run) {
		g->run = o->run;
		g->write.mask = g->read.mask = 0;
	}
	if (g->write.mask & mask && g->write.thread != t)
		conflict(o, a, access, &g->write, true);
	if (!(a->flags & MACHINE_ACCESS_WRITE)) {
		if (!(a->flags & MACHINE_ACCESS_USER))
			g->read = now;
		return;
	}
	if (g->read.mask & mask && g->read.thread != t)
		conflict(o, a, access, &g->read, false);
	g->write = now;
	g->read.mask = 0;
}

static inline void touch_all(struct oracle *o, const struct machine_access *a,
                             size_t access)
{
	struct oracle_granule *g = &o->granules[a->pa / ORACLE_GRANULE];
	unsigned int offset = a->pa % ORACLE_GRANULE, left = a->size;

	while (left > 0) {
		unsigned int n =
			left < ORACLE_GRANULE - offset ? left : ORACLE_GRANULE - offset;

		touch(o, a, access, g++, (uint8_t)(((1u << n) - 1) << offset));
		left -= n;
		offset = 0;
	}
}

/* Whoever writes another thread's state lets it run, or comes before it in any case. */
static void wake(struct oracle *o, const struct machine_access *a)
{
	const struct record *r = o->record;

	for (size_t i = 0; i < r->nthreads; i++)
		if (r->threads[i].state == a->pa && i != o->current)
			oracle_order(o, o->current, (uint16_t)i);
}

static void special(struct oracle *o, struct oracle_page *page,
                    const struct machine_access *a, size_t access)
{
	if (page->states && a->flags & MACHINE_ACCESS_WRITE)
		wake(o, a);
	if (page->state == ORACLE_PAGE_FREE || page->heap)
		oracle_memory_access(o, page, access);
	if ((a->flags & MACHINE_ACCESS_WRITE) && (a->flags & MACHINE_ACCESS_USER))
		page->writer = o->current;
}

void oracle_accesses(struct oracle *o, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct machine_access *a = &o->record->accesses[i];
		struct oracle_page *page;

		if (o->attentive)
			oracle_lock_access(o, a);
		if (a->flags & MACHINE_ACCESS_PORT || (uint64_t)a->pa + a->size > o->ram)
			continue;
		page = &o->pages[a->pa / ORACLE_PAGE];
		if (page->run == o->run)
			special(o, page, a, i);
		if (a->flags & MACHINE_ACCESS_USER && o->threads[o->current].nheld > 0)
			oracle_lock_user(o, i);
		if (o->settling) {
			if (a->flags & MACHINE_ACCESS_ATOMIC && a->icount == o->section)
				continue;
			o->settling = false;
		}
		if (a->pa - o->percpu >= o->percpu_size && record_may_share(o->record, a))
			touch_all(o, a, i);
	}
}
