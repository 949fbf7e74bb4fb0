/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going back: to the start, to the first choice, and to anywhere on the last path. */
#include "explore/runner_private.h"

#include <string.h>

/*
 * Instructions between two snapshots: going back costs half of that on average, and a
 * snapshot about as much as running a thousand.
 */
#define SNAPSHOT_EVERY 2000u
/* With more than these on one path they come at twice the distance. */
#define SNAPSHOTS_DENSE 256u

void runner_save_chance(struct runner *r, struct runner_snapshot *s)
{
	s->policy = r->policy;
	s->counted = r->counted;
	s->last_step = r->last_step;
}

int runner_push(struct runner *r)
{
	size_t n = machine_pushed(r->machine);
	struct runner_snapshot *s = &r->snapshots[n];
	int err = 0;

	if (!s->tracer)
		err = tracer_snapshot_create(&s->tracer);
	if (err == 0)
		err = tracer_snapshot_take(s->tracer, r->tracer);
	if (err == 0)
		err = machine_push(r->machine);
	s->icount = machine_icount(r->machine, 0);
	s->place = r->recorder.at;
	memcpy(s->created, r->recorder.created, sizeof(s->created));
	s->nexecuted = r->nexecuted;
	s->ninterrupts = r->ninterrupts;
	s->ticked = r->ticked;
	runner_save_chance(r, s);
	return err;
}

int runner_rewind(struct runner *r, size_t n)
{
	const struct runner_snapshot *s = &r->snapshots[n];

	machine_rewind(r->machine, n);
	r->recorder.at = s->place;
	memcpy(r->recorder.created, s->created, sizeof(s->created));
	r->nexecuted = s->nexecuted;
	r->ninterrupts = s->ninterrupts;
	r->ticked = s->ticked;
	r->policy = s->policy;
	r->counted = s->counted;
	r->last_step = s->last_step;
	return tracer_snapshot_restore(s->tracer, r->tracer);
}

static bool same_switch(const struct search_switch *a, const struct search_switch *b)
{
	return a->at == b->at && a->thread == b->thread;
}

/* Whether the piece's path leads through the snapshot. */
static bool on_path(const struct runner *r, const struct runner_snapshot *s,
                    const struct search_item *item)
{
	if (s->nexecuted >= item->nswitches ||
	    s->icount > item->switches[s->nexecuted].at)
		return false;
	for (size_t i = 0; i < s->nexecuted; i++)
		if (!same_switch(&r->executed[i], &item->switches[i]))
			return false;
	return true;
}

/*
 * Whether the snapshot lies where a random run has not departed from the kernel's own
 * choices: neither the last one nor this piece.
 */
static bool before_chance(const struct runner_snapshot *s, const struct policy *p)
{
	return p->on && !p->priorities && s->policy.on && !s->policy.priorities &&
	       s->nexecuted == 0 && s->policy.steps < policy_change(p);
}

/*
 * Goes to where there is a choice for the first time, and forgets how: no interleaving
 * differs before.
 */
static int reach_choice(struct runner *r)
{
	int err = runner_rewind(r, 0);

	if (err)
		return err;
	machine_set_schedule(r->machine, &r->schedule);
	r->searching = false;
	if (machine_run(r->machine, r->choice_at) != MACHINE_LIMIT)
		return session_was_interrupted()
		               ? error_set(ERR_LIMIT, "interrupted")
		               : error_set(ERR_FAILED, "a run is not the same again");
	machine_forget_log(r->machine);
	recorder_forget_accesses(&r->recorder);
	r->has_choice = true;
	return runner_push(r);
}

/* The first piece of a search is told whole. */
int runner_go_back(struct runner *r, const struct search_item *item)
{
	struct policy policy;
	size_t n;

	if ((item->nswitches == 0 && item->seed == 0) || r->choice_at == UINT64_MAX) {
		r->has_choice = false;
		return runner_rewind(r, 0);
	}
	if (!r->has_choice)
		return reach_choice(r);
	policy_begin(&policy, item);
	n = machine_pushed(r->machine) - 1;
	while (n > 1 && !on_path(r, &r->snapshots[n], item) &&
	       !before_chance(&r->snapshots[n], &policy))
		n--;
	return runner_rewind(r, n);
}

uint64_t runner_snapshot_distance(const struct runner *r)
{
	size_t n = machine_pushed(r->machine);

	return (uint64_t)SNAPSHOT_EVERY << n / SNAPSHOTS_DENSE;
}
