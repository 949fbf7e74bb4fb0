/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny machine for tests of the search: programs are threads that are lists of
 * operations, each of them one step.  It runs what the search hands out as the executor
 * of real machines does, and can also run every interleaving there is.
 *
 * A step takes 10 counts and a change of threads 5, so that the count at which a thread
 * is put in is another one than that of its first step.
 */
#ifndef FORKSCOPE_TESTS_FAKE_PROGRAM_H
#define FORKSCOPE_TESTS_FAKE_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/order.h"
#include "explore/search.h"

enum fake_kind {
	FAKE_END,
	FAKE_READ,   /* variable a */
	FAKE_WRITE,  /* variable a = 1 */
	FAKE_ADD,    /* variable a += 1, which commutes */
	FAKE_MOVE,   /* reads variable a, writes b; one step */
	FAKE_SKIP,   /* reads variable a; where it is not 0 the next b operations are
	                skipped */
	FAKE_LOCK,   /* lock a; who finds it held sleeps and tries again when woken */
	FAKE_UNLOCK, /* wakes the first who sleeps for it */
	FAKE_WAIT,   /* sleeps until the next signal of a */
	FAKE_SIGNAL, /* wakes the first who waits for a, if there is one */
	FAKE_CREATE, /* thread a begins */
};

enum {
	FAKE_THREADS = 6,
	FAKE_OPS = 10,
	FAKE_OBJECTS = 8,
	FAKE_STEPS = 128,
};

struct fake_op {
	enum fake_kind kind;
	int a, b;
};

struct fake_program {
	int nthreads;
	uint64_t created; /* threads that only run once another has created them */
	uint64_t glued[FAKE_THREADS]; /* operations with no preemption just before */
	struct fake_op ops[FAKE_THREADS][FAKE_OPS];
};

struct fake_state {
	uint64_t count;
	uint64_t ready; /* threads */
	int current;    /* -1: nobody yet */
	unsigned int preemptions;
	int pc[FAKE_THREADS];
	int value[FAKE_OBJECTS];
	int holder[FAKE_OBJECTS];           /* of a lock, from 1 */
	uint64_t sleeping[2][FAKE_OBJECTS]; /* for locks, for signals */
	size_t nsteps;
	struct order_step steps[FAKE_STEPS];
	struct order_access accesses[FAKE_STEPS][2];
	unsigned int preemptions_before[FAKE_STEPS];
};

struct fake {
	const struct fake_program *program;
	struct order order;
	struct fake_state state;
	/* Of the last run. */
	struct search_result result;
	struct search_race *races;
	struct search_sleeper *initials;
	size_t races_room, initials_room;
	struct order_access whole[FAKE_STEPS][2 * FAKE_OPS];
	uint64_t woken[FAKE_THREADS];
	struct search_switch passed[FAKE_STEPS];
	char wrong[80]; /* what the search must not do, "" if it did not */
};

/* A small one for tests in which it does not matter. */
static const struct fake_program fake_lock_and_flag = {
	.nthreads = 3,
	.ops = {{{FAKE_LOCK, 0, 0}, {FAKE_WRITE, 1, 0}, {FAKE_UNLOCK, 0, 0}},
                {{FAKE_LOCK, 0, 0}, {FAKE_READ, 1, 0}, {FAKE_UNLOCK, 0, 0}},
                {{FAKE_WRITE, 1, 0}, {FAKE_LOCK, 0, 0}, {FAKE_UNLOCK, 0, 0}}}};

/* Names that do not depend on the numbers' order. */
static const uint64_t fake_names[FAKE_THREADS] = {901, 77, 5003, 12, 64, 3000001};

/* Room for `n`, and some more. */
static inline void *fake_room(void *array, size_t *room, size_t n, size_t size)
{
	if (n <= *room)
		return array;
	void *bigger = reallocarray(array, n * 2, size);

	if (!bigger)
		abort();
	*room = n * 2;
	return bigger;
}

static inline void fake_start(const struct fake_program *p, struct fake_state *s)
{
	memset(s, 0, sizeof(*s));
	s->current = -1;
	s->ready = ((UINT64_C(1) << p->nthreads) - 1) & ~p->created;
	for (int t = 0; t < p->nthreads; t++)
		if (p->ops[t][0].kind == FAKE_END)
			s->ready &= ~(UINT64_C(1) << t);
}

static inline bool fake_can_go_on(const struct fake_state *s)
{
	return s->current >= 0 && s->ready >> s->current & 1;
}

/* Wakes the first who sleeps there; its bit. */
static inline uint64_t fake_wake(struct fake_state *s, uint64_t *sleeping)
{
	uint64_t first = *sleeping & -*sleeping;

	*sleeping &= ~first;
	s->ready |= first;
	return first;
}

static inline void fake_sleep(struct fake_state *s, uint64_t *sleeping, int t)
{
	*sleeping |= UINT64_C(1) << t;
	s->ready &= ~(UINT64_C(1) << t);
}

/* What the operation touches; how many. */
static inline size_t fake_accesses(const struct fake_op *op, struct order_access *out)
{
	/* Variables are words side by side, so that two of them share a granule. */
	uint32_t base = op->kind <= FAKE_SKIP     ? 0x1000
	                : op->kind <= FAKE_UNLOCK ? 0x2000
	                                          : 0x3000;
	bool write =
		op->kind != FAKE_READ && op->kind != FAKE_SKIP && op->kind != FAKE_MOVE;

	if (op->kind == FAKE_CREATE)
		return 0;
	out[0] = (struct order_access){base + 4 * (uint32_t)op->a, 4, write,
	                               op->kind == FAKE_ADD};
	if (op->kind != FAKE_MOVE)
		return 1;
	out[1] = (struct order_access){base + 4 * (uint32_t)op->b, 4, true, false};
	return 2;
}

/* What the operation does; the threads that it lets run. */
static inline uint64_t fake_do(struct fake_state *s, const struct fake_op *op, int t)
{
	s->pc[t]++;
	switch (op->kind) {
	case FAKE_WRITE:
		s->value[op->a] = 1;
		break;
	case FAKE_ADD:
		s->value[op->a]++;
		break;
	case FAKE_MOVE:
		s->value[op->b] = s->value[op->a];
		break;
	case FAKE_SKIP:
		s->pc[t] += s->value[op->a] ? op->b : 0;
		break;
	case FAKE_LOCK:
		if (!s->holder[op->a]) {
			s->holder[op->a] = t + 1;
			break;
		}
		s->pc[t]--;
		fake_sleep(s, &s->sleeping[0][op->a], t);
		break;
	case FAKE_UNLOCK:
		s->holder[op->a] = 0;
		return fake_wake(s, &s->sleeping[0][op->a]);
	case FAKE_WAIT:
		fake_sleep(s, &s->sleeping[1][op->a], t);
		break;
	case FAKE_SIGNAL:
		return fake_wake(s, &s->sleeping[1][op->a]);
	case FAKE_CREATE:
		s->ready |= UINT64_C(1) << op->a;
		return UINT64_C(1) << op->a;
	default:
		break;
	}
	return 0;
}

static inline bool fake_is_glued(const struct fake_program *p, const struct fake_state *s)
{
	return fake_can_go_on(s) && p->glued[s->current] >> s->pc[s->current] & 1;
}

/* One step of thread t, which can run. */
static inline void fake_step(const struct fake_program *p, struct fake_state *s, int t)
{
	const struct fake_op *op = &p->ops[t][s->pc[t]];
	bool in = t != s->current;
	bool preempting = in && fake_can_go_on(s);
	struct order_step *step = &s->steps[s->nsteps];

	if (s->nsteps == FAKE_STEPS)
		abort();
	s->preemptions_before[s->nsteps] = s->preemptions;
	s->preemptions += preempting;
	*step = (struct order_step){.thread = (uint16_t)t,
	                            .preemptible = in || !fake_is_glued(p, s),
	                            .switched_in = in,
	                            .preempting = preempting,
	                            .at = s->count,
	                            .rip = (uint64_t)s->pc[t],
	                            .naccesses =
	                                    fake_accesses(op, s->accesses[s->nsteps])};
	s->nsteps++;
	s->count += in ? 15 : 10;
	s->current = t;
	step->wakes = fake_do(s, op, t);
	if (p->ops[t][s->pc[t]].kind == FAKE_END)
		s->ready &= ~(UINT64_C(1) << t);
}

static inline int fake_lowest(uint64_t threads)
{
	return threads ? __builtin_ctzll(threads) : -1;
}

static inline int fake_order(struct fake *f, size_t from)
{
	struct fake_state *s = &f->state;

	for (size_t i = 0; i < s->nsteps; i++)
		s->steps[i].accesses = s->accesses[i];
	return order_build(&f->order, s->steps, s->nsteps, fake_names,
	                   (size_t)f->program->nthreads, from);
}

/* --- the executor --- */

static inline bool fake_conflict(const struct search_sleeper *a,
                                 const struct order_access *accesses, size_t naccesses)
{
	for (size_t i = 0; i < a->naccesses; i++)
		for (size_t j = 0; j < naccesses; j++)
			if (order_conflict(&a->accesses[i], &accesses[j]))
				return true;
	return false;
}

/* Who runs next, -1 where nobody can; `asleep` are passed over. */
static inline int fake_choose(struct fake *f, uint64_t asleep)
{
	struct fake_state *s = &f->state;
	int t = fake_lowest(s->ready & ~asleep);

	if (fake_can_go_on(s))
		return s->current;
	if (t >= 0 && t != fake_lowest(s->ready))
		f->passed[f->result.npassed++] =
			(struct search_switch){s->count, (uint16_t)t};
	return t;
}

static inline void fake_wake_sleepers(struct fake *f, const struct search_item *item,
                                      uint64_t *asleep)
{
	struct fake_state *s = &f->state;
	const struct order_step *step = &s->steps[s->nsteps - 1];

	for (size_t i = 0; i < item->nsleepers; i++) {
		uint64_t bit = UINT64_C(1) << item->sleepers[i].thread;

		if (!(*asleep & bit))
			continue;
		if (step->thread == item->sleepers[i].thread)
			snprintf(f->wrong, sizeof(f->wrong), "a sleeper ran");
		if (!fake_conflict(&item->sleepers[i], s->accesses[s->nsteps - 1],
		                   step->naccesses))
			continue;
		*asleep &= ~bit;
		f->woken[i] = s->count - 5;
	}
}

/* The steps of one interleaving; the index of the first one after the last switch. */
static inline size_t fake_steps(struct fake *f, const struct search_item *item)
{
	struct fake_state *s = &f->state;
	uint64_t asleep = 0;
	size_t given = 0, from = 0;

	for (;;) {
		int t;

		if (given < item->nswitches && item->switches[given].at == s->count) {
			t = item->switches[given++].thread;
			if (!(s->ready >> t & 1) || t == s->current) {
				snprintf(f->wrong, sizeof(f->wrong),
				         "an impossible switch");
				f->result.outcome = SEARCH_IMPOSSIBLE;
				return from;
			}
			if (given == item->nswitches) {
				from = s->nsteps;
				for (size_t i = 0; i < item->nsleepers; i++)
					asleep |= UINT64_C(1) << item->sleepers[i].thread;
			}
		} else {
			t = fake_choose(f, asleep);
		}
		if (t < 0)
			break;
		fake_step(f->program, s, t);
		fake_wake_sleepers(f, item, &asleep);
	}
	if (given < item->nswitches)
		snprintf(f->wrong, sizeof(f->wrong), "a switch where nothing can be");
	f->result.outcome = s->ready ? SEARCH_REDUNDANT : SEARCH_RAN;
	return from;
}

/* What a step touches, and those after it that are one with it. */
static inline struct search_sleeper fake_whole(struct fake *f, uint32_t step)
{
	const struct fake_state *s = &f->state;
	struct search_sleeper whole = {s->steps[step].thread, f->whole[step], 0};

	for (size_t i = step; i < s->nsteps; i++) {
		if (i > step && s->steps[i].preemptible)
			break;
		memcpy(&f->whole[step][whole.naccesses], s->accesses[i],
		       s->steps[i].naccesses * sizeof(**f->whole));
		whole.naccesses += s->steps[i].naccesses;
	}
	return whole;
}

static inline void fake_races(struct fake *f)
{
	struct fake_state *s = &f->state;
	const struct order *o = &f->order;
	size_t n = 0;

	for (size_t i = 0; i < o->nraces; i++)
		n += o->races[i].ninitials;
	f->initials = fake_room(f->initials, &f->initials_room, n, sizeof(*f->initials));
	f->races = fake_room(f->races, &f->races_room, o->nraces, sizeof(*f->races));
	n = 0;
	for (size_t i = 0; i < o->nraces; i++) {
		const struct order_race *r = &o->races[i];
		const struct order_step *node = &s->steps[r->node];
		struct search_sleeper own = fake_whole(f, r->node);

		f->races[i] = (struct search_race){
			.at = node->at,
			.thread = node->thread,
			.accesses = own.accesses,
			.naccesses = own.naccesses,
			.preemptions = s->preemptions_before[r->node],
			.costs = !node->switched_in || node->preempting,
			.initials = f->initials + n,
			.ninitials = r->ninitials,
		};
		for (size_t j = 0; j < r->ninitials; j++) {
			const struct order_initial *q =
				&o->initials[r->first_initial + j];

			f->initials[n++] = fake_whole(f, q->step);
		}
	}
	f->result.races = f->races;
	f->result.nraces = o->nraces;
}

static inline void fake_add_woken(struct fake *f, const struct search_item *item,
                                  size_t from)
{
	for (size_t i = 0; i < item->nsleepers + item->nawake; i++) {
		const struct search_sleeper *s = &item->sleepers[i];
		struct order_woken woken = {s->thread, s->accesses, s->naccesses,
		                            i < item->nsleepers
		                                    ? f->woken[i]
		                                    : item->awake[i - item->nsleepers]};

		if (woken.at != UINT64_MAX &&
		    order_add_woken(&f->order, &woken, from) != 0)
			abort();
	}
}

/* Carries out a piece of work; what came of it is f->result until the next one. */
static inline void fake_execute(struct fake *f, const struct search_item *item)
{
	f->wrong[0] = '\0';
	f->result = (struct search_result){
		.threads = (size_t)f->program->nthreads,
		.woken = f->woken,
		.passed = f->passed,
	};
	for (size_t i = 0; i < FAKE_THREADS; i++)
		f->woken[i] = UINT64_MAX;
	fake_start(f->program, &f->state);
	size_t from = fake_steps(f, item);

	f->order.stretches = item->strategy == EXPLORE_BOUNDED;
	if (f->result.outcome == SEARCH_IMPOSSIBLE)
		return;
	if (fake_order(f, from) != 0)
		abort();
	fake_add_woken(f, item, from);
	struct search_sleeper first = fake_whole(f, (uint32_t)from);

	f->result.first = first.accesses;
	f->result.nfirst = first.naccesses;
	f->result.hash = f->order.hash;
	f->result.steps = f->state.nsteps;
	fake_races(f);
}

static inline void fake_free(struct fake *f)
{
	order_free(&f->order);
	free(f->races);
	free(f->initials);
}

/* --- every interleaving --- */

struct fake_class {
	uint64_t hash;
	unsigned int preemptions; /* the fewest with which it comes about */
	unsigned int seen;
};

struct fake_classes {
	struct fake_class *list;
	size_t n, room;
	uint64_t interleavings;
};

static inline struct fake_class *fake_class(struct fake_classes *c, uint64_t hash)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].hash == hash)
			return &c->list[i];
	return NULL;
}

/* Adds one if it is new. */
static inline struct fake_class *fake_class_add(struct fake_classes *c, uint64_t hash,
                                                unsigned int preemptions)
{
	struct fake_class *class = fake_class(c, hash);

	if (!class) {
		c->list = fake_room(c->list, &c->room, c->n + 1, sizeof(*c->list));
		class = &c->list[c->n++];
		*class = (struct fake_class){hash, preemptions, 0};
	}
	if (class->preemptions > preemptions)
		class->preemptions = preemptions;
	class->seen++;
	return class;
}

/* From the state of `f` on; false where there are more than `limit`. */
static inline bool fake_all(struct fake *f, struct fake_classes *c, uint64_t limit)
{
	struct fake_state saved = f->state;
	uint64_t left = fake_is_glued(f->program, &saved) ? UINT64_C(1) << saved.current
	                                                  : saved.ready;

	if (!saved.ready) {
		if (fake_order(f, SIZE_MAX) != 0)
			abort();
		fake_class_add(c, f->order.hash, saved.preemptions);
		return ++c->interleavings <= limit;
	}
	for (; left; left &= left - 1) {
		f->state = saved;
		fake_step(f->program, &f->state, fake_lowest(left));
		if (!fake_all(f, c, limit))
			return false;
	}
	return true;
}

#endif
