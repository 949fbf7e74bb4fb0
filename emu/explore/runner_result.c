/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the record of a run to what the search wants to know of it. */
#include "explore/runner_private.h"

#include <stdlib.h>

#include "base/array.h"

#define WORD 8u
/* Of one step, and more than any has: thirty pages copied with interrupts off. */
#define ACCESSES_MAX 32768u

struct runner_storage {
	uint64_t names[RECORD_THREADS_MAX];
	struct search_race *races;
	size_t nraces, races_room;
	struct search_sleeper *initials;
	size_t initials_room;
	/* The accesses of each step that some race is about, once. */
	struct step_accesses {
		size_t first, n;
		bool known;
	} *of_step;
	size_t of_step_room;
	struct order_access *accesses;
	size_t naccesses, accesses_room;
};

/* --- sleepers --- */

static size_t filter_bit(uint64_t pa)
{
	return pa / WORD % RUNNER_FILTER;
}

void runner_note_sleepers(struct runner *r)
{
	for (size_t i = 0; i < RUNNER_FILTER / 64; i++)
		r->filter[i] = 0;
	for (size_t i = 0; i < r->item->nsleepers; i++) {
		const struct search_sleeper *s = &r->item->sleepers[i];

		for (size_t n = 0; n < s->naccesses; n++) {
			const struct order_access *a = &s->accesses[n];

			for (uint32_t at = a->pa;
			     at / WORD <= (a->pa + a->size - 1) / WORD; at += WORD)
				r->filter[filter_bit(at) / 64] |= 1ull
				                                  << filter_bit(at) % 64;
		}
	}
}

static bool may_conflict(const struct runner *r, const struct machine_access *a)
{
	size_t first = filter_bit(a->pa), last = filter_bit(a->pa + a->size - 1u);

	return (r->filter[first / 64] >> first % 64 & 1) ||
	       (r->filter[last / 64] >> last % 64 & 1);
}

static bool conflicts(const struct search_sleeper *s, const struct order_access *a)
{
	for (size_t i = 0; i < s->naccesses; i++)
		if (order_conflict(&s->accesses[i], a))
			return true;
	return false;
}

/* The next access to be looked at, as what it may conflict with. */
static struct order_access scan(struct runner *r, uint16_t thread)
{
	const struct machine_access *a = &r->log[r->scanned];
	const struct recorder *rec = &r->recorder;
	bool port = (a->flags & MACHINE_ACCESS_PORT) != 0;

	for (; r->scanned_marks < rec->at.nmarks &&
	       rec->marks[r->scanned_marks].access <= r->scanned;
	     r->scanned_marks++)
		steps_pass_lock(&r->steps, &rec->marks[r->scanned_marks], r->held);
	return (struct order_access){
		.pa = a->pa + (port ? (uint32_t)machine_ram_size(r->machine) : 0),
		.size = a->size,
		.write = port || (a->flags & MACHINE_ACCESS_WRITE),
		.commutes = r->held[thread] != 0,
	};
}

/*
 * A sleeper could run: who writes its state is the kernel, which would switch to it, and
 * that is no step of anybody.
 */
static bool is_switch_to(const struct runner *r, const struct search_sleeper *s,
                         const struct order_access *a)
{
	return a->write && a->pa == r->recorder.threads[s->thread].state;
}

void runner_wake_sleepers(struct runner *r, uint16_t from)
{
	size_t logged = machine_logged(r->machine);
	const struct machine_access *first = &r->log[r->scanned];
	bool arriving =
		r->scanned < logged && (first->flags & MACHINE_ACCESS_ATOMIC) != 0;

	for (; r->scanned < logged && r->asleep; r->scanned++) {
		const struct machine_access *a = &r->log[r->scanned];
		struct order_access now = scan(r, from);

		arriving = arriving && (a->flags & MACHINE_ACCESS_ATOMIC) &&
		           a->icount == first->icount;
		/* The switch that brought the thread looks at others; it does not count.
		 */
		if (arriving || !may_conflict(r, a) || steps_is_lock(&r->steps, a->rip))
			continue;
		for (size_t i = 0; i < r->item->nsleepers; i++) {
			const struct search_sleeper *s = &r->item->sleepers[i];

			if (s->thread == from || !(r->asleep >> s->thread & 1) ||
			    is_switch_to(r, s, &now) || !conflicts(s, &now))
				continue;
			r->asleep &= ~(1ull << s->thread);
			r->woken[i] = a->icount + 1;
		}
	}
	r->scanned = logged;
}

/* --- races --- */

/* Reads what a step touches, unless another race was about it too. */
static bool read_step(struct runner *r, const struct record *record, size_t step)
{
	struct runner_storage *s = r->storage;
	struct step_accesses *of = &s->of_step[step];

	if (of->known)
		return true;
	if (!array_grow(&s->accesses, &s->accesses_room, s->naccesses + ACCESSES_MAX,
	                sizeof(*s->accesses)))
		return false;
	of->first = s->naccesses;
	of->n = steps_accesses(&r->steps, record, step, s->accesses + s->naccesses,
	                       ACCESSES_MAX);
	of->known = true;
	s->naccesses += of->n;
	return true;
}

/* Steps below it were there in a run that has been analysed. */
static size_t first_new_step(const struct runner *r)
{
	const struct search_item *item = r->item;
	uint64_t from = item->nswitches ? item->switches[item->nswitches - 1].at : 0;
	size_t n = 0;

	while (n < r->steps.nsteps && r->steps.steps[n].at < from)
		n++;
	return n;
}

/* The step with which the thread of the last switch begins there. */
static bool is_chosen(const struct runner *r, size_t step)
{
	const struct search_item *item = r->item;

	return item->nswitches && step < r->steps.nsteps &&
	       r->steps.steps[step].at == item->switches[item->nswitches - 1].at &&
	       r->steps.steps[step].thread == item->switches[item->nswitches - 1].thread;
}

static bool read_steps(struct runner *r, const struct record *record)
{
	const struct order *o = &r->order;
	struct runner_storage *s = r->storage;

	if (!array_grow(&s->of_step, &s->of_step_room, r->steps.nsteps + 1,
	                sizeof(*s->of_step)))
		return false;
	for (size_t i = 0; i < r->steps.nsteps; i++)
		s->of_step[i].known = false;
	s->naccesses = 0;
	if (is_chosen(r, first_new_step(r)) && !read_step(r, record, first_new_step(r)))
		return false;
	for (size_t i = 0; i < o->nraces; i++) {
		const struct order_race *race = &o->races[i];

		if (!read_step(r, record, race->node))
			return false;
		for (uint32_t n = 0; n < race->ninitials; n++)
			if (!read_step(r, record,
			               o->initials[race->first_initial + n].step))
				return false;
	}
	return true;
}

static const struct order_access *accesses_of(const struct runner_storage *s, size_t step)
{
	return s->accesses + s->of_step[step].first;
}

static void fill_race(struct runner *r, const struct order_race *race,
                      struct search_race *out, struct search_sleeper *initials)
{
	const struct order_step *node = &r->steps.steps[race->node];
	const struct steps_info *info = &r->steps.infos[race->node];
	struct runner_storage *s = r->storage;
	bool arrival = node->switched_in && node->preempting;

	for (uint32_t i = 0; i < race->ninitials; i++) {
		const struct order_initial *from =
			&r->order.initials[race->first_initial + i];

		initials[i] = (struct search_sleeper){
			.thread = from->thread,
			.accesses = accesses_of(s, from->step),
			.naccesses = s->of_step[from->step].n,
		};
	}
	*out = (struct search_race){
		.at = node->at,
		.thread = node->thread,
		.accesses = accesses_of(s, race->node),
		.naccesses = s->of_step[race->node].n,
		.preemptions = info->preemptions - (arrival ? 1 : 0),
		.costs = !node->switched_in || node->preempting,
		.initials = initials,
		.ninitials = race->ninitials,
	};
}

static bool fill_races(struct runner *r, const struct record *record)
{
	const struct order *o = &r->order;
	struct runner_storage *s = r->storage;
	size_t ninitials = 0;

	for (size_t i = 0; i < o->nraces; i++)
		ninitials += o->races[i].ninitials;
	if (!read_steps(r, record) ||
	    !array_grow(&s->races, &s->races_room, o->nraces, sizeof(*s->races)) ||
	    !array_grow(&s->initials, &s->initials_room, ninitials, sizeof(*s->initials)))
		return false;
	ninitials = 0;
	s->nraces = 0;
	for (size_t i = 0; i < o->nraces; i++) {
		const struct order_step *node = &r->steps.steps[o->races[i].node];
		struct search_race *race = &s->races[s->nraces];

		fill_race(r, &o->races[i], race, s->initials + ninitials);
		if (race->costs && !runner_where_allows(r, node->rip))
			continue;
		ninitials += o->races[i].ninitials;
		s->nraces++;
	}
	return true;
}

static void fill_first(const struct runner *r, struct search_result *result)
{
	const struct runner_storage *s = r->storage;
	size_t step = first_new_step(r);

	result->nfirst = is_chosen(r, step) ? s->of_step[step].n : 0;
	result->first = result->nfirst ? accesses_of(s, step) : NULL;
}

/* What the piece's sleepers ask for, those that were woken before it too. */
static int add_woken(struct runner *r)
{
	const struct search_item *item = r->item;
	int err = 0;

	for (size_t i = 0; i < item->nsleepers + item->nawake && !err; i++) {
		const struct search_sleeper *s = &item->sleepers[i];
		struct order_woken woken = {
			.thread = s->thread,
			.accesses = s->accesses,
			.naccesses = s->naccesses,
			.at = i < item->nsleepers ? r->woken[i]
		                                  : item->awake[i - item->nsleepers],
		};

		if (woken.at != UINT64_MAX)
			err = order_add_woken(&r->order, &woken, first_new_step(r));
	}
	return err;
}

int runner_fill_result(struct runner *r, struct record *record,
                       struct search_result *result)
{
	struct runner_storage *s = r->storage;
	int err;

	if (!s) {
		s = r->storage = calloc(1, sizeof(*s));
		if (!s)
			return error_set(ERR_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < record->nthreads; i++)
		s->names[i] = record->threads[i].name;
	err = steps_build(&r->steps, record);
	r->order.stretches = r->item->strategy == EXPLORE_BOUNDED;
	if (err == 0)
		err = order_build(&r->order, r->steps.steps, r->steps.nsteps, s->names,
		                  record->nthreads, first_new_step(r));
	if (err)
		return err;
	err = add_woken(r);
	if (err)
		return err;
	if (!fill_races(r, record))
		return error_set(ERR_MEMORY, "no memory for an interleaving's races");
	result->hash = r->order.hash;
	result->steps = r->steps.nsteps;
	result->threads = record->nthreads;
	result->woken = r->woken;
	result->passed = r->passed;
	result->npassed = r->npassed;
	fill_first(r, result);
	result->races = s->races;
	result->nraces = s->nraces;
	return 0;
}

void runner_free_result(struct runner *r)
{
	struct runner_storage *s = r->storage;

	if (!s)
		return;
	free(s->races);
	free(s->initials);
	free(s->of_step);
	free(s->accesses);
	free(s);
}

const struct steps *runner_steps(const struct runner *r)
{
	return &r->steps;
}
