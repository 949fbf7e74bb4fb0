/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each preemption at the earliest step of its thread where the violation shows, the
 * others being where they are.
 */
#include <string.h>

#include "explore/minimize_private.h"

/* Switches of the best before that count: a run is the same up to there. */
static size_t switches_before(const struct minimizer *m, uint64_t at)
{
	size_t n = 0;

	while (n < m->best.n && m->best.switches[n].at < at)
		n++;
	return n;
}

/* The best with point `which` moved to an earlier place; taken where that shows it. */
static int try_moved(struct minimizer *m, size_t which,
                     const struct minimize_place *place, bool *shown)
{
	struct minimize_point p = m->best.points[which];
	size_t same = switches_before(m, place->at), nleft = 0;
	int err;

	minimize_begin_trial(m, same);
	p.own = place->own;
	p.arrival = place->arrival;
	minimize_plan_add(&m->trial, &p,
	                  (struct search_switch){
				  .at = place->at,
				  .thread = m->best.switches[which].thread,
			  });
	for (size_t i = same; i < m->best.n; i++)
		if (i != which)
			m->left[nleft++] = m->best.points[i];
	err = minimize_try_points(m, nleft, shown);
	*shown = *shown && !minimize_is_smaller(&m->best, &m->trial);
	if (*shown)
		minimize_take_trial(m);
	return err;
}

/* Where the point that was moved is now. */
static size_t find_moved(const struct minimizer *m, struct minimize_point p, uint64_t own)
{
	size_t i = 0;

	while (i < m->best.n &&
	       (m->best.points[i].thread != p.thread || m->best.points[i].to != p.to ||
	        m->best.points[i].own != own))
		i++;
	return i;
}

/* After the thread's preemption before this one. */
static uint64_t lower_bound(const struct minimizer *m, size_t which)
{
	for (size_t i = which; i-- > 0;)
		if (m->best.points[i].thread == m->best.points[which].thread)
			return m->best.points[i].own + 1;
	return 0;
}

/*
 * One of the first `n` places; `*n` is then how many are before that, and `*which` the
 * point again.
 */
static int try_place(struct minimizer *m, size_t *which,
                     const struct minimize_place *places, size_t i, size_t *n,
                     bool *shown)
{
	struct minimize_point p = m->best.points[*which];
	int err = try_moved(m, *which, &places[i], shown);

	if (err || !*shown)
		return err;
	*n = i;
	*which = find_moved(m, p, places[i].own);
	BUG_ON(*which == m->best.n);
	return 0;
}

/*
 * By halves first, as if all later places showed it where an earlier one does.  That is
 * so within the window that most mistakes leave open; then whatever comes before it, from
 * the earliest on.
 */
static int move_earlier(struct minimizer *m, size_t which, bool *moved)
{
	struct minimize_place places[MINIMIZE_PLACES];
	size_t low = 0, n, given;
	bool ran, shown;
	int err = minimize_run_plan(m, &m->best, &ran);

	*moved = false;
	if (err || !ran)
		return err;
	given = n =
		minimize_places(&m->record, runner_steps(m->runner),
	                        &m->best.points[which], lower_bound(m, which), places);
	while (low < n && err == 0 && minimize_may_run(m)) {
		size_t middle = low + (n - low) / 2;

		err = try_place(m, &which, places, middle, &n, &shown);
		if (!shown)
			low = middle + 1;
	}
	for (size_t i = 0; i < n && err == 0 && minimize_may_run(m); i++)
		err = try_place(m, &which, places, i, &n, &shown);
	*moved = n < given;
	return err;
}

/* Until none can be moved: what one leaves open may be where another can go. */
int minimize_move_all(struct minimizer *m)
{
	size_t still = 0;
	int err = 0;

	for (size_t i = 0; still < m->best.n && err == 0 && minimize_may_run(m); i++) {
		bool moved = false;

		i %= m->best.n;
		if (!m->best.points[i].arrival)
			err = move_earlier(m, i, &moved);
		still = moved ? 1 : still + 1;
	}
	return err;
}
