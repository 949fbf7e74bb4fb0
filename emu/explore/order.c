/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the steps.  Each gets a vector clock: for each thread, how many of its
 * steps happen before this one, itself included.  What the memory was last touched by is
 * kept by granules of 8 bytes; whom a step conflicts with comes from there, one step of
 * each thread at most, since the earlier ones happen before that one.
 *
 * Nothing is allocated once the tables have grown to what the runs of a search need, and
 * none is cleared: a slot counts if it bears the stamp of this pass.
 */
#include "explore/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define NONE UINT32_MAX
#define THREADS RECORD_THREADS_MAX

enum {
	GRANULE_SHIFT = 3,
	GRANULE = 1 << GRANULE_SHIFT,
};

/* Who touched some bytes of a granule; what was written over since is taken out. */
struct touch {
	uint32_t next; /* of the same granule, NONE at the end */
	uint32_t step;
	uint16_t thread;
	uint8_t bytes; /* bit i: byte i */
	bool write;
};

struct slot {
	uint32_t granule;
	uint32_t stamp; /* in use if it is that of the pass */
	uint32_t first; /* the newest touch */
};

struct storage {
	bool failed; /* out of memory */
	size_t nthreads;
	const uint64_t *names;
	struct slot *slots; /* open addressing; a power of two */
	size_t nslots, used;
	uint32_t stamp;
	struct touch *touches;
	size_t ntouches, touches_room;
	uint32_t unused_touch; /* a list of those given back */

	/* By step, `nthreads` each: its clock, and how many steps of each come before. */
	uint32_t *clocks, *before;
	size_t clocks_room, before_room;
	/* By step: which of its thread it is, from 1; and see mark_stretch(). */
	uint32_t *index, *start;
	size_t index_room, start_room;
	/* The steps of each thread, one thread after the other. */
	uint32_t *steps;
	size_t steps_room;
	uint32_t steps_of[THREADS]; /* where those of a thread begin there, */
	uint32_t done[THREADS];     /* and how many have been passed */

	uint64_t woken;                    /* threads woken since their last step, */
	uint32_t wakers[THREADS][THREADS]; /* and the clocks of those who did */
	uint64_t met;                      /* threads that this step conflicts with, */
	uint32_t last[THREADS];            /* and the last such step of each */
	uint32_t kept[THREADS];            /* those which are races, the latest first */
	size_t nkept;
	uint32_t *without; /* of each race, see clock_without() */
	size_t without_room;
	uint32_t nwithout;

	size_t from; /* the first step that no other run had */
	size_t races_room, initials_room, ninitials;
};

/* Room for `n`, or failed; the content is kept. */
static void *room(struct storage *s, void *array, size_t *capacity, size_t n, size_t size)
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

#define ROOM(s, array, n)                                                                \
	((s)->array = room((s), (s)->array, &(s)->array##_room, (n), sizeof(*(s)->array)))

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the order of a run");
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* --- the memory --- */

static struct slot *find_slot(const struct storage *s, uint32_t granule)
{
	size_t at = (granule * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (s->nslots - 1);

	while (s->slots[at].stamp == s->stamp && s->slots[at].granule != granule)
		at = (at + 1) & (s->nslots - 1);
	return &s->slots[at];
}

static int grow_slots(struct storage *s)
{
	size_t nslots = s->nslots ? s->nslots * 2 : 1024;
	struct slot *old = s->slots;
	size_t nold = s->nslots;

	s->slots = calloc(nslots, sizeof(*s->slots));
	if (!s->slots) {
		s->slots = old;
		return no_memory();
	}
	s->nslots = nslots;
	for (size_t i = 0; i < nold; i++)
		if (old[i].stamp == s->stamp)
			*find_slot(s, old[i].granule) = old[i];
	free(old);
	return 0;
}

static int slot_of(struct storage *s, uint32_t granule, struct slot **slot)
{
	if (s->used * 2 >= s->nslots) {
		int err = grow_slots(s);

		if (err)
			return err;
	}
	*slot = find_slot(s, granule);
	if ((*slot)->stamp != s->stamp) {
		**slot = (struct slot){granule, s->stamp, NONE};
		s->used++;
	}
	return 0;
}

static int add_touch(struct storage *s, struct slot *slot, struct touch touch)
{
	uint32_t at = s->unused_touch;

	if (at != NONE) {
		s->unused_touch = s->touches[at].next;
	} else {
		ROOM(s, touches, s->ntouches + 1);
		if (s->failed)
			return no_memory();
		at = (uint32_t)s->ntouches++;
	}
	touch.next = slot->first;
	s->touches[at] = touch;
	slot->first = at;
	return 0;
}

static void meet(struct storage *s, const struct touch *t)
{
	uint64_t bit = UINT64_C(1) << t->thread;

	if (!(s->met & bit) || s->last[t->thread] < t->step)
		s->last[t->thread] = t->step;
	s->met |= bit;
}

/* One access to bytes of one granule: whom it conflicts with, and that it was. */
static int touch_granule(struct storage *s, uint32_t granule, struct touch now)
{
	struct slot *slot;
	int err = slot_of(s, granule, &slot);

	if (err)
		return err;
	for (uint32_t *link = &slot->first; *link != NONE;) {
		struct touch *t = &s->touches[*link];
		bool own = t->thread == now.thread;

		if (t->step == now.step && t->write >= now.write &&
		    !(now.bytes & ~t->bytes))
			return 0;
		if (!own && (t->write || now.write) && t->bytes & now.bytes)
			meet(s, t);
		/* What comes later conflicts with this one, which happens after `t`. */
		if (now.write || (own && !t->write))
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

static int touch_memory(struct storage *s, const struct order_access *a, uint32_t step,
                        uint16_t thread)
{
	uint64_t end = (uint64_t)a->pa + a->size;

	for (uint64_t at = a->pa; at < end;) {
		uint64_t next = (at | (GRANULE - 1)) + 1;
		unsigned int from = at & (GRANULE - 1);
		unsigned int n = (unsigned int)((next < end ? next : end) - at);
		uint8_t bytes = (uint8_t)(((1U << n) - 1) << from);
		struct touch now = {NONE, step, thread, bytes, a->write};
		int err = touch_granule(s, (uint32_t)(at >> GRANULE_SHIFT), now);

		if (err)
			return err;
		at = next;
	}
	return 0;
}

/* --- clocks --- */

static uint32_t *clock_of(const struct storage *s, size_t step)
{
	return s->clocks + step * s->nthreads;
}

static void join(const struct storage *s, uint32_t *clock, const uint32_t *other)
{
	for (size_t t = 0; t < s->nthreads; t++)
		if (clock[t] < other[t])
			clock[t] = other[t];
}

/* What happens before a step because of its thread alone, and of who woke it. */
static void start_clock(struct storage *s, uint32_t *clock, uint32_t step,
                        uint16_t thread)
{
	if (s->index[step] > 1)
		memcpy(clock,
		       clock_of(s, s->steps[s->steps_of[thread] + s->index[step] - 2]),
		       s->nthreads * sizeof(*clock));
	else
		memset(clock, 0, s->nthreads * sizeof(*clock));
	if (s->woken >> thread & 1)
		join(s, clock, s->wakers[thread]);
}

static void wake(struct storage *s, const struct order_step *step, const uint32_t *clock)
{
	for (uint64_t left = step->wakes; left; left &= left - 1) {
		int t = __builtin_ctzll(left);

		if (s->woken >> t & 1)
			join(s, s->wakers[t], clock);
		else
			memcpy(s->wakers[t], clock, s->nthreads * sizeof(*clock));
		s->woken |= UINT64_C(1) << t;
	}
}

/*
 * Joins the steps that this one conflicts with, the latest first: one that does not
 * happen before it yet has nothing in between that orders them.
 */
static void join_conflicts(struct storage *s, uint32_t *clock)
{
	s->nkept = 0;
	for (uint64_t left = s->met; left;) {
		uint32_t latest = 0;
		int of = 0;

		for (uint64_t rest = left; rest; rest &= rest - 1) {
			int t = __builtin_ctzll(rest);

			if (s->last[t] >= latest) {
				latest = s->last[t];
				of = t;
			}
		}
		left &= ~(UINT64_C(1) << of);
		if (clock[of] >= s->index[latest])
			continue;
		join(s, clock, clock_of(s, latest));
		s->kept[s->nkept++] = latest;
	}
}

/* --- races --- */

static bool is_free(const struct order_step *step)
{
	return step->switched_in && !step->preempting;
}

/*
 * start[]: the last step before this one at which the thread came onto the CPU by a free
 * choice, as long as it did not block in between.
 */
static void mark_stretch(struct order *o, struct storage *s, uint32_t step)
{
	uint16_t thread = o->steps[step].thread;

	s->start[step] = NONE;
	if (s->index[step] == 1 || s->woken >> thread & 1)
		return;
	uint32_t last = s->steps[s->steps_of[thread] + s->index[step] - 2];

	s->start[step] = is_free(&o->steps[last]) ? last : s->start[last];
}

/*
 * The clock of a step without what it has directly from `thread`: what must come before
 * it still when it comes before the steps of that thread which it races with.  What
 * that thread wrote over is missing: then there is an initial more than need be.
 */
static void clock_without(struct storage *s, uint32_t step, uint16_t thread,
                          uint32_t *clock, const struct order_step *steps)
{
	start_clock(s, clock, step, steps[step].thread);
	for (uint64_t left = s->met & ~(UINT64_C(1) << thread); left; left &= left - 1)
		join(s, clock, clock_of(s, s->last[__builtin_ctzll(left)]));
}

/* The first step of a thread from `from` to `to`, NONE if there is none. */
static uint32_t first_from(const struct storage *s, size_t thread, uint32_t from,
                           uint32_t to)
{
	uint32_t n = s->before[from * s->nthreads + thread];

	if (n >= s->done[thread])
		return NONE;
	uint32_t step = s->steps[s->steps_of[thread] + n];

	return step <= to ? step : NONE;
}

/* Adds thread t if no thread's first step in v (first[]) happens before its own. */
static void add_initial(struct order *o, struct storage *s, const struct order_race *race,
                        const uint32_t *first, size_t t, const uint32_t *clock)
{
	if (first[t] == NONE || (race->later < s->from && first[t] < s->from))
		return;
	const uint32_t *c = first[t] == race->later ? clock : clock_of(s, first[t]);

	for (size_t u = 0; u < s->nthreads; u++)
		if (u != t && first[u] != NONE && c[u] >= s->index[first[u]])
			return;
	o->initials[s->ninitials++] = (struct order_initial){(uint16_t)t, first[t]};
}

/*
 * v is what comes from `node` on without happening after that step, and the later step of
 * the race; `clock` is that one's clock_without().  A thread is an initial if no step in
 * v happens before its first one there.  v ends with the later step; for a bounded search
 * it does not: what it wants to reach may begin with a thread that comes after that step
 * in this run, though nothing makes it.
 */
static int add_initials(struct order *o, struct storage *s, struct order_race *race,
                        const uint32_t *clock)
{
	uint16_t own = o->steps[race->node].thread;
	uint32_t first[THREADS] = {0}, after = s->index[race->node];
	uint32_t last = o->stretches ? NONE : race->later;

	o->initials = room(s, o->initials, &s->initials_room, s->ninitials + s->nthreads,
	                   sizeof(*o->initials));
	if (s->failed)
		return no_memory();
	for (size_t t = 0; t < s->nthreads; t++) {
		first[t] = first_from(s, t, race->node, last);
		if (first[t] == NONE)
			continue;
		const uint32_t *c =
			first[t] == race->later ? clock : clock_of(s, first[t]);

		if (c[own] >= after)
			first[t] = NONE;
	}
	race->first_initial = (uint32_t)s->ninitials;
	add_initial(o, s, race, first, o->steps[race->later].thread, clock);
	for (size_t t = 0; t < s->nthreads; t++)
		if (t != o->steps[race->later].thread)
			add_initial(o, s, race, first, t, clock);
	race->ninitials = (uint32_t)(s->ninitials - race->first_initial);
	return 0;
}

/* The initials of all races; those that have none go. */
static int finish_races(struct order *o, struct storage *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->nraces; i++) {
		struct order_race race = o->races[i];
		const uint32_t *clock = s->without + race.first_initial * s->nthreads;

		if (add_initials(o, s, &race, clock) != 0)
			return ERR_MEMORY;
		if (race.ninitials)
			o->races[kept++] = race;
	}
	o->nraces = kept;
	return 0;
}

static int add_race(struct order *o, struct storage *s, struct order_race race)
{
	o->races = room(s, o->races, &s->races_room, o->nraces + 1, sizeof(*o->races));
	if (s->failed)
		return no_memory();
	o->races[o->nraces++] = race;
	return 0;
}

/*
 * One race at each node where it could have gone the other way, the first one first.
 * Until all steps are known `first_initial` is the index of the clock_without().
 */
static int add_nodes(struct order *o, struct storage *s, uint32_t earlier, uint32_t later)
{
	const struct order_step *e = &o->steps[earlier];
	struct order_race race = {earlier, later, earlier, s->nwithout, 0};
	size_t from = o->nraces;
	int err = 0;

	ROOM(s, without, (s->nwithout + 1) * s->nthreads);
	if (s->failed)
		return no_memory();
	clock_without(s, later, e->thread, s->without + s->nwithout++ * s->nthreads,
	              o->steps);
	if (e->preemptible || e->switched_in)
		err = add_race(o, s, race);
	else if (later >= s->from)
		o->unreachable++;
	for (race.node = s->start[earlier]; o->stretches && race.node != NONE && !err;
	     race.node = s->start[race.node])
		err = add_race(o, s, race);
	for (size_t to = o->nraces; from + 1 < to; from++) {
		struct order_race swap = o->races[--to];

		o->races[to] = o->races[from];
		o->races[from] = swap;
	}
	return err;
}

/* --- the pass --- */

static int prepare(struct order *o, size_t nsteps, size_t nthreads)
{
	struct storage *s = o->storage;

	if (!s)
		o->storage = s = calloc(1, sizeof(*s));
	if (!s)
		return no_memory();
	s->nthreads = nthreads;
	s->failed = false;
	ROOM(s, clocks, nsteps * nthreads);
	ROOM(s, before, nsteps * nthreads);
	ROOM(s, index, nsteps);
	ROOM(s, start, nsteps);
	ROOM(s, steps, nsteps);
	if (s->failed)
		return no_memory();
	/* After four thousand million passes a stamp comes again. */
	if (++s->stamp == 0) {
		memset(s->slots, 0, s->nslots * sizeof(*s->slots));
		s->stamp = 1;
	}
	s->used = s->ntouches = s->ninitials = 0;
	s->nwithout = 0;
	s->unused_touch = NONE;
	s->woken = 0;
	memset(s->done, 0, sizeof(s->done));
	o->nraces = o->unreachable = 0;
	o->hash = 0;
	return 0;
}

/* Where the steps of each thread lie, one thread after the other. */
static void sort_steps(struct order *o, struct storage *s)
{
	uint32_t n = 0, counts[THREADS] = {0};

	for (size_t i = 0; i < o->nsteps; i++) {
		BUG_ON(o->steps[i].thread >= s->nthreads);
		s->index[i] = ++counts[o->steps[i].thread];
	}
	for (size_t t = 0; t < s->nthreads; t++) {
		s->steps_of[t] = n;
		n += counts[t];
	}
	for (size_t i = 0; i < o->nsteps; i++)
		s->steps[s->steps_of[o->steps[i].thread] + s->index[i] - 1] = (uint32_t)i;
}

/* Sums, so that neither the order of the steps nor the threads' numbers matter. */
static void add_hash(struct order *o, const struct storage *s, uint32_t step,
                     const uint32_t *clock)
{
	static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t sum = 0;

	for (size_t t = 0; t < s->nthreads; t++)
		if (clock[t])
			sum += mix(s->names[t] + clock[t] * odd);
	o->hash += mix(sum ^ mix(s->names[o->steps[step].thread]) ^ s->index[step] * odd);
}

static int add_step(struct order *o, struct storage *s, uint32_t at)
{
	const struct order_step *step = &o->steps[at];
	uint32_t *clock = clock_of(s, at);

	memcpy(s->before + at * s->nthreads, s->done, s->nthreads * sizeof(*s->done));
	start_clock(s, clock, at, step->thread);
	mark_stretch(o, s, at);
	s->met = 0;
	for (size_t i = 0; i < step->naccesses; i++)
		if (touch_memory(s, &step->accesses[i], at, step->thread) != 0)
			return ERR_MEMORY;
	join_conflicts(s, clock);
	clock[step->thread] = s->index[at];
	s->done[step->thread] = s->index[at];
	for (size_t i = (o->stretches || at >= s->from) ? s->nkept : 0; i--;)
		if (add_nodes(o, s, s->kept[i], at) != 0)
			return ERR_MEMORY;
	s->woken &= ~(UINT64_C(1) << step->thread);
	wake(s, step, clock);
	add_hash(o, s, at, clock);
	return 0;
}

int order_build(struct order *o, const struct order_step *steps, size_t nsteps,
                const uint64_t *names, size_t nthreads, size_t from)
{
	BUG_ON(nthreads > THREADS || nsteps >= NONE);
	int err = prepare(o, nsteps, nthreads);
	struct storage *s = o->storage;

	if (err)
		return err;
	o->steps = steps;
	o->nsteps = nsteps;
	s->names = names;
	sort_steps(o, s);
	s->from = from;
	for (size_t i = 0; i < nsteps && !err; i++)
		err = add_step(o, s, (uint32_t)i);
	return err ? err : finish_races(o, s);
}

void order_free(struct order *o)
{
	struct storage *s = o->storage;

	if (s) {
		free(s->slots);
		free(s->touches);
		free(s->clocks);
		free(s->before);
		free(s->index);
		free(s->start);
		free(s->without);
		free(s->steps);
	}
	free(s);
	free(o->races);
	free(o->initials);
	*o = (struct order){0};
}

bool order_before(const struct order *o, size_t a, size_t b)
{
	const struct storage *s = o->storage;

	return a != b && clock_of(s, b)[o->steps[a].thread] >= s->index[a];
}
