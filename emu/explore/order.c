/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the steps, those between which nobody can come in taken as one.  Each
 * gets a vector clock: for each thread, how many of its happen before this one, itself
 * included.  What the memory was last touched by is kept by granules of 8 bytes; whom a
 * step conflicts with comes from there, one step of each thread at most, since the
 * earlier ones happen before that one.
 *
 * Nothing is allocated once the tables have grown to what the runs of a search need, and
 * none is cleared.
 */
#include "explore/order.h"

#include <stdlib.h>
#include <string.h>

#include "explore/order_private.h"

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* --- clocks --- */

static uint32_t *clock_of(const struct order_storage *s, size_t step)
{
	return s->clocks + step * s->nthreads;
}

static void join(const struct order_storage *s, uint32_t *clock, const uint32_t *other)
{
	for (size_t t = 0; t < s->nthreads; t++)
		if (clock[t] < other[t])
			clock[t] = other[t];
}

/* What happens before a step because of its thread alone, and of who woke it. */
static void start_clock(struct order_storage *s, uint32_t *clock, uint32_t step,
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

static void wake(struct order_storage *s, const struct order_step *step,
                 const uint32_t *clock)
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
static void join_conflicts(struct order_storage *s, uint32_t *clock)
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

static bool is_reachable(const struct order_step *step)
{
	return step->preemptible || step->switched_in;
}

static bool is_free(const struct order_step *step)
{
	return step->switched_in && !step->preempting;
}

/*
 * start[]: the last step before this one at which the thread came onto the CPU by a free
 * choice, as long as it did not block in between.
 */
static void mark_stretch(struct order *o, struct order_storage *s, uint32_t step)
{
	uint16_t thread = o->steps[step].thread;

	s->start[step] = ORDER_NONE;
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
static void clock_without(struct order_storage *s, uint32_t step, uint16_t thread,
                          uint32_t *clock, const struct order_step *steps)
{
	start_clock(s, clock, step, steps[step].thread);
	for (uint64_t left = s->met & ~(UINT64_C(1) << thread); left; left &= left - 1)
		join(s, clock, clock_of(s, s->last[__builtin_ctzll(left)]));
}

/* The first step of a thread from `from` to `to`, ORDER_NONE if there is none. */
static uint32_t first_from(const struct order_storage *s, size_t thread, uint32_t from,
                           uint32_t to)
{
	uint32_t n = s->before[from * s->nthreads + thread];

	if (n >= s->done[thread])
		return ORDER_NONE;
	uint32_t step = s->steps[s->steps_of[thread] + n];

	return step <= to ? step : ORDER_NONE;
}

/* Adds thread t if no thread's first step in v (first[]) happens before its own. */
static void add_initial(struct order *o, struct order_storage *s,
                        const struct order_race *race, const uint32_t *first, size_t t,
                        const uint32_t *clock)
{
	if (first[t] == ORDER_NONE || (race->later < s->from && first[t] < s->from))
		return;
	const uint32_t *c = first[t] == race->later ? clock : clock_of(s, first[t]);

	for (size_t u = 0; u < s->nthreads; u++)
		if (u != t && first[u] != ORDER_NONE && c[u] >= s->index[first[u]])
			return;
	o->initials[s->ninitials++] = (struct order_initial){(uint16_t)t, first[t]};
}

/*
 * v is what comes from `node` on without happening after that step or the earlier one of
 * the race, and the later one; `clock` is that one's clock_without().  A thread is an
 * initial if no step in v happens before its first one there.  v ends with the later
 * step; for a bounded search it does not: what it wants to reach may begin with a thread
 * that comes after that step in this run, though nothing makes it.
 */
static int add_initials(struct order *o, struct order_storage *s, struct order_race *race,
                        const uint32_t *clock)
{
	const struct order_step *e = &o->steps[race->earlier];
	uint16_t own = o->steps[race->node].thread;
	uint32_t first[RECORD_THREADS_MAX] = {0}, after = s->index[race->node];
	uint32_t last = o->stretches ? ORDER_NONE : race->later;

	o->initials = order_room(s, o->initials, &s->initials_room,
	                         s->ninitials + s->nthreads, sizeof(*o->initials));
	if (s->failed)
		return order_no_memory();
	for (size_t t = 0; t < s->nthreads; t++) {
		first[t] = first_from(s, t, race->node, last);
		if (first[t] == ORDER_NONE)
			continue;
		const uint32_t *c =
			first[t] == race->later ? clock : clock_of(s, first[t]);

		if (c[own] >= after || c[e->thread] >= s->index[race->earlier])
			first[t] = ORDER_NONE;
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
static int finish_races(struct order *o, struct order_storage *s)
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

static int add_race(struct order *o, struct order_storage *s, struct order_race race)
{
	o->races =
		order_room(s, o->races, &s->races_room, o->nraces + 1, sizeof(*o->races));
	if (s->failed)
		return order_no_memory();
	o->races[o->nraces++] = race;
	return 0;
}

/*
 * One race at each node where it could have gone the other way, the first one first.
 * Until all steps are known `first_initial` is the index of the clock_without().
 */
static int add_nodes(struct order *o, struct order_storage *s, uint32_t earlier,
                     uint32_t later)
{
	const struct order_step *e = &o->steps[earlier];
	struct order_race race = {earlier, later, earlier, s->nwithout, 0};
	size_t from = o->nraces;
	int err = 0;

	ORDER_ROOM(s, without, (s->nwithout + 1) * s->nthreads);
	if (s->failed)
		return order_no_memory();
	clock_without(s, later, e->thread, s->without + s->nwithout++ * s->nthreads,
	              o->steps);
	/* What nobody can come before goes with what it follows, whoever's that is. */
	while (race.node && !is_reachable(&o->steps[race.node]))
		race.node--;
	if (is_reachable(&o->steps[race.node]))
		err = add_race(o, s, race);
	else if (later >= s->from)
		o->unreachable++;
	for (race.node = s->start[earlier];
	     o->stretches && race.node != ORDER_NONE && !err;
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
	struct order_storage *s = o->storage;

	if (!s)
		o->storage = s = calloc(1, sizeof(*s));
	if (!s)
		return order_no_memory();
	s->nthreads = nthreads;
	s->failed = false;
	ORDER_ROOM(s, clocks, nsteps * nthreads);
	ORDER_ROOM(s, before, nsteps * nthreads);
	ORDER_ROOM(s, unit, nsteps);
	ORDER_ROOM(s, index, nsteps);
	ORDER_ROOM(s, start, nsteps);
	ORDER_ROOM(s, steps, nsteps);
	if (s->failed)
		return order_no_memory();
	/* After four thousand million passes a stamp comes again. */
	if (++s->stamp == 0) {
		memset(s->slots, 0, s->nslots * sizeof(*s->slots));
		s->stamp = 1;
	}
	s->used = s->ntouches = s->ninitials = 0;
	s->nwithout = 0;
	s->unused_touch = ORDER_NONE;
	s->woken = 0;
	memset(s->done, 0, sizeof(s->done));
	o->nraces = o->unreachable = 0;
	o->hash = 0;
	return 0;
}

/*
 * A step before which nobody can run is one with the last one of its thread, if that is
 * just before it: what happens before one of them happens before all.
 */
static void find_units(struct order *o, struct order_storage *s)
{
	for (uint32_t i = 0; i < o->nsteps; i++) {
		const struct order_step *step = &o->steps[i];
		bool more = i && !is_reachable(step) && step[-1].thread == step->thread;

		s->unit[i] = more ? s->unit[i - 1] : i;
	}
}

/* Where the units of each thread lie, one thread after the other. */
static void sort_steps(struct order *o, struct order_storage *s)
{
	uint32_t n = 0, counts[RECORD_THREADS_MAX] = {0};

	for (size_t i = 0; i < o->nsteps; i++) {
		BUG_ON(o->steps[i].thread >= s->nthreads);
		if (s->unit[i] == i)
			s->index[i] = ++counts[o->steps[i].thread];
	}
	for (size_t t = 0; t < s->nthreads; t++) {
		s->steps_of[t] = n;
		n += counts[t];
	}
	for (uint32_t i = 0; i < o->nsteps; i++)
		if (s->unit[i] == i)
			s->steps[s->steps_of[o->steps[i].thread] + s->index[i] - 1] = i;
}

/* Sums, so that neither the order of the steps nor the threads' numbers matter. */
static void add_hash(struct order *o, const struct order_storage *s, uint32_t step,
                     const uint32_t *clock)
{
	static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t sum = 0;

	for (size_t t = 0; t < s->nthreads; t++)
		if (clock[t])
			sum += mix(s->names[t] + clock[t] * odd);
	o->hash += mix(sum ^ mix(s->names[o->steps[step].thread]) ^ s->index[step] * odd);
}

/* Whom the steps of a unit conflict with. */
static int touch_unit(struct order *o, struct order_storage *s, uint32_t at)
{
	s->met = 0;
	for (size_t n = at; n < o->nsteps && s->unit[n] == at; n++) {
		const struct order_step *step = &o->steps[n];

		for (size_t i = 0; i < step->naccesses; i++)
			if (order_touch(s, &step->accesses[i], at, step->thread) != 0)
				return ERR_MEMORY;
	}
	return 0;
}

static int add_unit(struct order *o, struct order_storage *s, uint32_t at)
{
	const struct order_step *step = &o->steps[at];
	uint32_t *clock = clock_of(s, at);

	memcpy(s->before + at * s->nthreads, s->done, s->nthreads * sizeof(*s->done));
	if (step->idle)
		memcpy(clock, s->done, s->nthreads * sizeof(*clock));
	else
		start_clock(s, clock, at, step->thread);
	mark_stretch(o, s, at);
	if (touch_unit(o, s, at) != 0)
		return ERR_MEMORY;
	join_conflicts(s, clock);
	clock[step->thread] = s->index[at];
	s->done[step->thread] = s->index[at];
	for (size_t i = (o->stretches || at >= s->from) ? s->nkept : 0; i--;)
		if (add_nodes(o, s, s->kept[i], at) != 0)
			return ERR_MEMORY;
	s->woken &= ~(UINT64_C(1) << step->thread);
	for (size_t n = at; n < o->nsteps && s->unit[n] == at; n++)
		wake(s, &o->steps[n], clock);
	add_hash(o, s, at, clock);
	return 0;
}

int order_build(struct order *o, const struct order_step *steps, size_t nsteps,
                const uint64_t *names, size_t nthreads, size_t from)
{
	BUG_ON(nthreads > RECORD_THREADS_MAX || nsteps >= ORDER_NONE);
	int err = prepare(o, nsteps, nthreads);
	struct order_storage *s = o->storage;

	if (err)
		return err;
	o->steps = steps;
	o->nsteps = nsteps;
	s->names = names;
	find_units(o, s);
	sort_steps(o, s);
	s->from = from;
	for (uint32_t i = 0; i < nsteps && !err; i++)
		if (s->unit[i] == i)
			err = add_unit(o, s, i);
	return err ? err : finish_races(o, s);
}

int order_reverse(struct order *o, uint32_t earlier, uint32_t later)
{
	struct order_storage *s = o->storage;
	struct order_race race = {.earlier = earlier, .later = later, .node = earlier};
	int err = 0;

	while (race.node && !is_reachable(&o->steps[race.node]))
		race.node--;
	if (is_reachable(&o->steps[race.node]))
		err = add_initials(o, s, &race, clock_of(s, later));
	else
		o->unreachable++;
	return err || race.ninitials == 0 ? err : add_race(o, s, race);
}

void order_free(struct order *o)
{
	struct order_storage *s = o->storage;

	if (s) {
		free(s->slots);
		free(s->touches);
		free(s->clocks);
		free(s->before);
		free(s->unit);
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
	const struct order_storage *s = o->storage;

	if (s->unit[a] == s->unit[b])
		return a < b;
	return clock_of(s, s->unit[b])[o->steps[a].thread] >= s->index[s->unit[a]];
}
