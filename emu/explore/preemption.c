/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/preemption.h"

/* The next step of that thread, or their number. */
static size_t next_step_of(const struct steps *s, uint16_t thread, size_t from)
{
	while (from < s->nsteps && s->steps[from].thread != thread)
		from++;
	return from;
}

/* The first step of that stretch or of a later one, or their number. */
static size_t begin_of(const struct steps *s, uint32_t stretch)
{
	size_t step = 0;

	while (step < s->nsteps && s->infos[step].stretch < stretch)
		step++;
	return step;
}

bool preemption_next(const struct steps *s, struct preemption *p)
{
	for (uint32_t i = p->stretch + 1; i < s->nstretches; i++) {
		if (!s->stretches[i].preempting || !s->stretches[i - 1].visible)
			continue;
		p->stretch = i;
		p->thread = s->stretches[i - 1].thread;
		p->back = next_step_of(s, p->thread, begin_of(s, i));
		return true;
	}
	return false;
}

static bool conflict(const struct order_step *first, const struct order_step *then,
                     struct preemption_conflict *c)
{
	for (size_t i = 0; i < first->naccesses; i++) {
		for (size_t j = 0; j < then->naccesses; j++) {
			if (!order_conflict(&first->accesses[i], &then->accesses[j]))
				continue;
			c->of_first = &first->accesses[i];
			c->of_then = &then->accesses[j];
			return true;
		}
	}
	return false;
}

bool preemption_decided(const struct steps *s, const struct preemption *p,
                        struct preemption_conflict *c)
{
	size_t begin = begin_of(s, p->stretch);

	for (c->then = p->back; c->then < s->nsteps;
	     c->then = next_step_of(s, p->thread, c->then + 1))
		for (c->first = begin; c->first < p->back; c->first++)
			if (conflict(&s->steps[c->first], &s->steps[c->then], c))
				return true;
	return false;
}
