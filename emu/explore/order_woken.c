/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reversals that a run shows no race for, since a thread went another way in it. */
#include "explore/order_private.h"

static bool conflicts(const struct order_woken *w, const struct order_step *step)
{
	for (size_t i = 0; i < w->naccesses; i++)
		for (size_t j = 0; j < step->naccesses; j++)
			if (order_conflict(&w->accesses[i], &step->accesses[j]))
				return true;
	return false;
}

/*
 * The step that woke it.  False where what woke it is no step of this run: then a later
 * one sent the thread another way, if any did, and the two have a race as they are.
 */
static bool find_waker(const struct order *o, const struct order_woken *w, size_t *step)
{
	size_t low = 0, high = o->nsteps;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->steps[middle].at < w->at)
			low = middle + 1;
		else
			high = middle;
	}
	*step = low - 1;
	return low && conflicts(w, &o->steps[low - 1]);
}

int order_add_woken(struct order *o, const struct order_woken *w, size_t from)
{
	const struct order_storage *s = o->storage;
	size_t waker;
	int err = 0;

	if (!find_waker(o, w, &waker))
		return 0;
	for (size_t i = from > waker ? from : waker + 1; i < o->nsteps && !err; i++)
		if (o->steps[i].thread != w->thread && !order_before(o, waker, i) &&
		    conflicts(w, &o->steps[i]))
			err = order_reverse(o, s->unit[waker], s->unit[i]);
	return err;
}
