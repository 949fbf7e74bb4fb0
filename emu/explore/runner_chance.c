/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the runner does where chance decides: see policy.h. */
#include "base/array.h"
#include "explore/runner_private.h"

uint64_t runner_ready(struct runner *r)
{
	uint64_t ready = 0;

	for (uint16_t t = 0; t < (uint16_t)r->recorder.at.nthreads; t++)
		if (!(r->recorder.idle >> t & 1) && recorder_can_run(&r->recorder, t))
			ready |= 1ull << t;
	return ready;
}

/* Where no switch has been asked for, each run takes the same steps. */
static void note_step(struct runner *r, uint64_t at)
{
	if (r->nexecuted == 0 && !r->policy.priorities &&
	    r->nstep_at == r->policy.steps &&
	    array_grow(&r->step_at, &r->step_at_room, r->nstep_at + 1,
	               sizeof(*r->step_at)))
		r->step_at[r->nstep_at++] = at;
}

void runner_foresee_changes(struct runner *r)
{
	const struct policy *p = &r->policy;

	for (size_t i = 0; i <= POLICY_CHANGES_MAX; i++) {
		bool foreseen =
			i < p->nchanges && !p->priorities && p->changes[i] <= r->nstep_at;

		r->change_at[i] = foreseen ? r->step_at[p->changes[i] - 1] : UINT64_MAX;
	}
	r->departed = false;
}

/* From here on the steps are others. */
static void depart(struct runner *r)
{
	if (r->departed)
		return;
	r->departed = true;
	for (size_t i = r->policy.next; i <= POLICY_CHANGES_MAX; i++)
		r->change_at[i] = UINT64_MAX;
}

bool runner_count_steps(struct runner *r)
{
	size_t logged = machine_logged(r->machine);

	if (!r->policy.on)
		return false;
	for (; r->counted < logged; r->counted++) {
		const struct machine_access *a = &r->log[r->counted];
		uint64_t at;

		if (!steps_was_shared(&r->steps, a))
			continue;
		at = a->icount;
		if (at == r->last_step)
			continue;
		r->last_step = at;
		note_step(r, at);
		/* Known and not passed yet: interrupts are off until after the snapshot.
		 */
		if (++r->policy.steps < policy_change(&r->policy) ||
		    r->change_at[r->policy.next] != UINT64_MAX)
			continue;
		r->change_at[r->policy.next] = at;
		return true;
	}
	return false;
}

bool runner_make_way(struct runner *r, uint64_t icount, uint16_t *to)
{
	uint16_t current = r->recorder.at.current;

	if (icount >= r->change_at[r->policy.next]) {
		*to = policy_pass_change(&r->policy, current, runner_ready(r));
		if (*to != current)
			depart(r);
		return *to != current;
	}
	if (!r->look_for_ready || (r->recorder.idle >> current & 1))
		return false;
	r->look_for_ready = false;
	*to = policy_choose(&r->policy, current, runner_ready(r));
	return *to != current;
}
