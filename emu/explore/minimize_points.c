/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/minimize_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "explore/walk.h"

/* --- from a record to points --- */

void minimize_plan_add(struct minimize_plan *plan, const struct minimize_point *point,
                       struct search_switch s)
{
	plan->points[plan->n] = *point;
	plan->switches[plan->n++] = s;
	plan->preemptions += !point->arrival;
}

/* What takes the CPU from a thread that came by the last point, and did nothing. */
static void pass_on(struct minimize_plan *plan, uint64_t to)
{
	struct minimize_point *last = &plan->points[plan->n - 1];

	last->to = to;
	if (last->thread == to) {
		plan->n--;
		plan->preemptions -= !last->arrival;
	}
}

static void add_point(struct walk *w, struct minimize_plan *plan, uint16_t from,
                      uint16_t to, bool *passing)
{
	const struct record_thread *threads = w->record->threads;
	bool just_come = walk_has_just_come(w);

	if (just_come && *passing && plan->n) {
		pass_on(plan, threads[to].name);
		return;
	}
	plan->points[plan->n++] = (struct minimize_point){
		.thread = threads[from].name,
		.to = threads[to].name,
		.own = w->own[from],
		.arrival = just_come && w->came_why != RECORD_PREEMPT,
	};
	plan->preemptions += !plan->points[plan->n - 1].arrival;
	*passing = true;
}

/*
 * `kind` is what a point is made of: RECORD_CHOICE, or RECORD_SWITCH for preemptions.  A
 * switch is added before it is passed, while the walk still is with who leaves.
 */
static void add_mark(struct walk *w, struct minimize_plan *plan,
                     const struct record_mark *m, enum record_kind kind, bool *passing)
{
	bool asked = m->kind == kind && kind == RECORD_CHOICE;
	bool preempted = m->kind == kind && kind == RECORD_SWITCH &&
	                 m->b == RECORD_PREEMPT && !w->record->threads[m->thread].idle;
	uint64_t to = asked ? m->b : m->a;

	if ((asked || preempted) && to < w->record->nthreads && to != m->thread)
		add_point(w, plan, m->thread, (uint16_t)to, passing);
	else if (m->kind == RECORD_SWITCH && m->b != RECORD_PREEMPT)
		*passing = false;
}

static int collect(const struct record *r, struct minimize_plan *plan,
                   enum record_kind kind)
{
	bool passing = false;
	struct walk w;

	*plan = (struct minimize_plan){
		.points = calloc(r->nmarks + 1, sizeof(*plan->points)),
	};
	if (!plan->points)
		return error_set(ERR_MEMORY, "out of memory");
	walk_start(&w, r);
	for (size_t i = 0; i <= r->naccesses; i++) {
		while (w.mark < r->nmarks && r->marks[w.mark].access <= i) {
			add_mark(&w, plan, &r->marks[w.mark], kind, &passing);
			walk_next_mark(&w, i);
		}
		if (i < r->naccesses && walk_is_own(&w, &r->accesses[i]))
			w.own[w.current]++;
	}
	return 0;
}

int minimize_choices(const struct record *record, struct minimize_plan *plan)
{
	return collect(record, plan, RECORD_CHOICE);
}

int minimize_preemptions(const struct record *record, struct minimize_plan *plan)
{
	return collect(record, plan, RECORD_SWITCH);
}

/* --- from points to a record --- */

static bool find_thread(const struct record *r, uint64_t name, uint16_t *thread)
{
	for (size_t i = 0; i < r->nthreads; i++) {
		if (r->threads[i].name == name) {
			*thread = (uint16_t)i;
			return true;
		}
	}
	return false;
}

/* For each thread the access before which its first point is. */
static void fill_wanted(const struct record *r, const struct minimize_point *points,
                        size_t n, uint64_t *wanted)
{
	for (size_t i = 0; i < RECORD_THREADS_MAX; i++)
		wanted[i] = UINT64_MAX;
	for (size_t i = 0; i < n; i++) {
		uint16_t t;

		if (find_thread(r, points[i].thread, &t) && points[i].own < wanted[t])
			wanted[t] = points[i].own;
	}
}

/* The first one that can be carried out here. */
static bool take_hit(const struct walk *w, const struct machine_access *a,
                     const struct minimize_point *points, size_t n,
                     struct minimize_hit *hit)
{
	const struct record *r = w->record;

	for (size_t i = 0; i < n; i++) {
		if (points[i].own != w->own[w->current] ||
		    points[i].thread != r->threads[w->current].name ||
		    !find_thread(r, points[i].to, &hit->to) || hit->to == w->current)
			continue;
		hit->point = i;
		hit->at = a->icount;
		hit->arrival = walk_has_just_come(w) && w->came_why != RECORD_PREEMPT;
		if (walk_has_just_come(w) || hit->at < w->came_at)
			hit->at = w->came_at;
		return true;
	}
	return false;
}

bool minimize_find(const struct record *r, size_t done,
                   const struct minimize_point *points, size_t n,
                   struct minimize_hit *hit)
{
	uint64_t wanted[RECORD_THREADS_MAX];
	struct walk w;

	fill_wanted(r, points, n, wanted);
	walk_start(&w, r);
	for (size_t i = 0; i < r->naccesses; i++) {
		const struct record_mark *mark;

		while ((mark = walk_next_mark(&w, i)))
			done -= mark->kind == RECORD_CHOICE && done;
		if (!walk_is_own(&w, &r->accesses[i]))
			continue;
		if (done == 0 && w.own[w.current] >= wanted[w.current] &&
		    take_hit(&w, &r->accesses[i], points, n, hit))
			return true;
		w.own[w.current]++;
	}
	return false;
}

/* Just before the access that the walk is at, or where its thread came. */
static struct minimize_place place_at(const struct walk *w,
                                      const struct machine_access *a, bool switched_in)
{
	bool just_come = walk_has_just_come(w) ||
	                 (switched_in && w->came_own <= w->own[w->current]);

	return (struct minimize_place){
		.own = just_come ? w->came_own : w->own[w->current],
		.at = just_come || a->icount < w->came_at ? w->came_at : a->icount,
		.arrival = just_come && w->came_why != RECORD_PREEMPT,
	};
}

size_t minimize_places(const struct record *r, const struct steps *steps,
                       const struct minimize_point *point, uint64_t from,
                       struct minimize_place places[static MINIMIZE_PLACES])
{
	size_t n = 0, step = 0;
	struct walk w;

	walk_start(&w, r);
	for (size_t i = 0; i < r->naccesses && n < MINIMIZE_PLACES; i++) {
		const struct order_step *s;

		while (walk_next_mark(&w, i))
			;
		while (step < steps->nsteps && steps->infos[step].access < i)
			step++;
		if (!walk_is_own(&w, &r->accesses[i]))
			continue;
		s = step < steps->nsteps && steps->infos[step].access == i
		            ? &steps->steps[step]
		            : NULL;
		if (s && s->preemptible && r->threads[w.current].name == point->thread) {
			places[n] = place_at(&w, &r->accesses[i], s->switched_in);
			n += places[n].own >= from && places[n].own < point->own;
		}
		w.own[w.current]++;
	}
	return n;
}

/* --- records that begin elsewhere --- */

void minimize_count(const struct record *r, struct minimize_counts *counts)
{
	struct walk w;

	counts->n = 0;
	if (!r)
		return;
	walk_start(&w, r);
	for (size_t i = 0; i < r->naccesses; i++) {
		while (walk_next_mark(&w, i))
			;
		w.own[w.current] += walk_is_own(&w, &r->accesses[i]);
	}
	counts->n = r->nthreads;
	for (size_t i = 0; i < r->nthreads; i++) {
		counts->names[i] = r->threads[i].name;
		counts->own[i] = w.own[i];
	}
}

static uint64_t own_of(const struct minimize_counts *counts, uint64_t name)
{
	for (size_t i = 0; i < counts->n; i++)
		if (counts->names[i] == name)
			return counts->own[i];
	return 0;
}

void minimize_shift(struct minimize_plan *plan, const struct minimize_counts *whole,
                    const struct minimize_counts *cut)
{
	size_t kept = 0;

	plan->preemptions = 0;
	for (size_t i = 0; i < plan->n; i++) {
		struct minimize_point p = plan->points[i];
		uint64_t before = own_of(whole, p.thread) - own_of(cut, p.thread);

		if (p.own < before)
			continue;
		p.own -= before;
		plan->points[kept++] = p;
		plan->preemptions += !p.arrival;
	}
	plan->n = kept;
}
