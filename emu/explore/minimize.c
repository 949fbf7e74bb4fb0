/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/minimize.h"

#include <stdlib.h>
#include <string.h>

#include "explore/minimize_private.h"

/*
 * Runs for leaving out and moving, at most.  A few switches take one or two hundred, at
 * one to three milliseconds each; of the hundreds of a random schedule some are left
 * after two seconds.
 */
#define RUNS_MAX 1000u

/* Steps of a thread that one is looked for at, in place of two preemptions. */
#define NEAR 24u

/* --- one interleaving --- */

bool minimize_may_run(struct minimizer *m)
{
	m->bounded |= m->runs >= m->runs_end;
	return !m->bounded && !session_was_interrupted();
}

static int run_item(struct minimizer *m, const struct search_item *item, bool *ran)
{
	struct search_result result;
	int err = runner_run(m->runner, item, &m->record, &result);

	m->runs++;
	*ran = result.outcome == SEARCH_RAN;
	return err;
}

/* The run of the program without any switch, all of it recorded. */
static int run_whole(struct minimizer *m, bool *ran)
{
	static const struct search_item none;

	return run_item(m, &none, ran);
}

/*
 * Always with a switch, if only one that never comes: the record of a run without any
 * begins elsewhere (record.h).
 */
int minimize_run_plan(struct minimizer *m, const struct minimize_plan *plan, bool *ran)
{
	static const struct search_switch never = {.at = UINT64_MAX};
	const struct search_item item = {
		.switches = plan->n ? plan->switches : &never,
		.nswitches = plan->n ? plan->n : 1,
		.strategy = EXPLORE_DPOR,
	};

	return run_item(m, &item, ran);
}

static bool find(struct minimizer *m, const struct oracle_finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (findings[i].key == m->key) {
			m->finding = findings[i];
			return true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if ((int)findings[i].check == m->check) {
			m->finding = findings[i];
			m->key = findings[i].key;
			return true;
		}
	}
	return false;
}

int minimize_judge(struct minimizer *m, bool *shown)
{
	struct oracle_finding findings[ORACLE_FINDINGS];
	size_t n;
	int err = oracle_run(m->oracle, &m->record, runner_machine(m->runner), findings,
	                     ORACLE_FINDINGS, &n);

	*shown = err == 0 && find(m, findings, n);
	return err;
}

/* --- plans --- */

static bool plan_room(struct minimize_plan *plan, size_t n)
{
	void *points = reallocarray(plan->points, n + 1, sizeof(*plan->points));
	void *switches = reallocarray(plan->switches, n + 1, sizeof(*plan->switches));

	if (points)
		plan->points = points;
	if (switches)
		plan->switches = switches;
	return points && switches;
}

/* For as many points; the best stays. */
static int make_room(struct minimizer *m, size_t n)
{
	void *left;

	if (n < m->best.n)
		n = m->best.n;
	left = reallocarray(m->left, n + 1, sizeof(*m->left));
	if (left)
		m->left = left;
	if (!left || !plan_room(&m->best, n) || !plan_room(&m->trial, n))
		return error_set(ERR_MEMORY, "out of memory");
	return 0;
}

static void free_all(struct minimizer *m)
{
	free(m->left);
	free(m->best.points);
	free(m->best.switches);
	free(m->trial.points);
	free(m->trial.switches);
}

void minimize_take_trial(struct minimizer *m)
{
	struct minimize_plan best = m->best;

	m->best = m->trial;
	m->trial = best;
	m->shows = true;
}

void minimize_begin_trial(struct minimizer *m, size_t same)
{
	m->trial.n = 0;
	m->trial.preemptions = 0;
	for (size_t i = 0; i < same; i++)
		minimize_plan_add(&m->trial, &m->best.points[i], m->best.switches[i]);
}

int minimize_try_points(struct minimizer *m, size_t nleft, bool *shown)
{
	int err;

	*shown = false;
	for (;;) {
		struct minimize_hit hit;
		bool ran;

		if (!minimize_may_run(m))
			return 0;
		err = minimize_run_plan(m, &m->trial, &ran);
		if (err || !ran)
			return err;
		if (!minimize_find(&m->record, m->trial.n, m->left, nleft, &hit))
			return minimize_judge(m, shown);
		m->left[hit.point].arrival = hit.arrival;
		minimize_plan_add(&m->trial, &m->left[hit.point],
		                  (struct search_switch){.at = hit.at, .thread = hit.to});
		memmove(&m->left[hit.point], &m->left[hit.point + 1],
		        (--nleft - hit.point) * sizeof(*m->left));
	}
}

bool minimize_is_smaller(const struct minimize_plan *a, const struct minimize_plan *b)
{
	if (a->preemptions != b->preemptions)
		return a->preemptions < b->preemptions;
	return a->n < b->n;
}

/* The same, and whether it is smaller than the best; then it is the best. */
static int try_smaller(struct minimizer *m, size_t nleft, bool *shown)
{
	int err = minimize_try_points(m, nleft, shown);

	*shown = *shown && minimize_is_smaller(&m->trial, &m->best);
	if (*shown)
		minimize_take_trial(m);
	return err;
}

/* --- leaving out --- */

/* The best without `n` of its points from number `from` on; taken where that shows it. */
static int try_without(struct minimizer *m, size_t from, size_t n, bool *shown)
{
	size_t nleft = 0;

	minimize_begin_trial(m, from);
	for (size_t i = from + n; i < m->best.n; i++)
		m->left[nleft++] = m->best.points[i];
	return try_smaller(m, nleft, shown);
}

static int leave_out(struct minimizer *m)
{
	bool shown = false;
	int err = m->best.n ? try_without(m, 0, m->best.n, &shown) : 0;
	size_t part = (m->best.n + 1) / 2;

	/* Without all that is left was tried above. */
	while (err == 0 && m->best.n > 1 && part && minimize_may_run(m)) {
		bool any = false;

		/* From the end: what comes before stays as it was. */
		for (size_t end = m->best.n; end > 0 && err == 0;) {
			size_t n = end < part ? end : part;

			err = try_without(m, end - n, n, &shown);
			any |= shown;
			end -= n;
			if (end > m->best.n)
				end = m->best.n;
		}
		if (part > 1)
			part = (part + 1) / 2;
		else if (!any)
			part = 0;
	}
	return err;
}

/* --- one for two --- */

/* The best without `gone`, and with point `which` at `own`, or without it too. */
static int try_replaced(struct minimizer *m, size_t gone, size_t which,
                        const uint64_t *own, bool *shown)
{
	size_t nleft = 0;

	minimize_begin_trial(m, 0);
	for (size_t i = 0; i < m->best.n; i++) {
		if (i == gone || (i == which && !own))
			continue;
		m->left[nleft] = m->best.points[i];
		if (i == which)
			m->left[nleft].own = *own;
		nleft++;
	}
	return try_smaller(m, nleft, shown);
}

/* Place number `i` by its distance from number `middle`: it, before it, after it... */
static bool place_near(size_t n, size_t middle, size_t i, size_t *place)
{
	size_t distance = (i + 1) / 2;

	if (i % 2 ? distance > middle : middle + distance >= n)
		return false;
	*place = i % 2 ? middle - distance : middle + distance;
	return true;
}

/*
 * Where a thread has come to after the same number of accesses may be another place
 * without the preemption that goes; so the other one is tried at the steps around it.
 */
static int replace(struct minimizer *m, size_t gone, size_t which, bool *shown)
{
	struct minimize_point p = m->best.points[which], all = p;
	struct minimize_place places[MINIMIZE_PLACES];
	size_t n, middle = 0, place;
	int err = try_replaced(m, gone, which, NULL, shown);

	if (err || *shown)
		return err;
	all.own = UINT64_MAX;
	n = minimize_places(&m->record, runner_steps(m->runner), &all, 0, places);
	while (middle < n && places[middle].own < p.own)
		middle++;
	for (size_t i = 0; i < NEAR && err == 0 && !*shown && minimize_may_run(m); i++)
		if (place_near(n, middle, i, &place))
			err = try_replaced(m, gone, which, &places[place].own, shown);
	return err;
}

/* True in *shown where one was spared. */
static int replace_any(struct minimizer *m, bool *shown)
{
	int err = 0;

	*shown = false;
	for (size_t gone = 0; gone < m->best.n && err == 0 && !*shown; gone++)
		for (size_t i = 0; i < m->best.n && err == 0 && !*shown; i++)
			if (i != gone && !m->best.points[gone].arrival)
				err = replace(m, gone, i, shown);
	return err;
}

static int replace_all(struct minimizer *m)
{
	bool shown = true;
	int err = 0;

	while (shown && err == 0 && minimize_may_run(m))
		err = replace_any(m, &shown);
	return err;
}

/* --- all of it --- */

/*
 * A whole plan becomes the best as it comes out once it is said by points, where it shows
 * the violation.
 */
static int try_given(struct minimizer *m, const struct minimize_plan *given, bool *shown)
{
	int err = make_room(m, given->n);

	if (err)
		return err;
	memcpy(m->left, given->points, given->n * sizeof(*m->left));
	minimize_begin_trial(m, 0);
	return minimize_try_points(m, given->n, shown);
}

/*
 * A record that begins later may not tell the place of the violation, as its key does.
 * Of a plan that is too long to be said by points the best has the number of preemptions.
 */
static int begin(struct minimizer *m, const struct minimize_plan *given,
                 unsigned int *before)
{
	bool shown;
	int err;

	m->runs_end = m->runs + RUNS_MAX;
	err = try_given(m, given, &shown);
	if (err)
		return err;
	if (session_was_interrupted())
		return error_set(ERR_LIMIT, "interrupted");
	*before = m->best.preemptions = given->preemptions;
	if (m->bounded)
		return 0;
	if (!shown)
		return error_set(ERR_FAILED, "the violation does not show again when the "
		                             "schedule is repeated");
	m->check = -1;
	minimize_take_trial(m);
	return 0;
}

/* The last run shows it, with fewer preemptions than the best. */
static int take_found(struct minimizer *m)
{
	struct minimize_plan found;
	bool shown;
	int err = minimize_choices(&m->record, &found);

	m->runs_end = m->runs + RUNS_MAX;
	m->bounded = false;
	if (err == 0)
		err = try_given(m, &found, &shown);
	if (err == 0 && shown && minimize_is_smaller(&m->trial, &m->best))
		minimize_take_trial(m);
	free(found.points);
	return err;
}

/* What is left has the fewest of its own kind: whether another has fewer. */
static int search_for_fewer(struct minimizer *m)
{
	uint64_t before = m->runs;
	bool found;
	int err = minimize_search(m, &found);

	m->runs_end += m->runs - before;
	if (err == 0 && found) {
		m->check = -1;
		err = take_found(m);
	}
	if (err == 0 && !m->shows)
		err = session_was_interrupted()
		              ? error_set(ERR_LIMIT, "interrupted")
		              : error_set(ERR_FAILED, "its switches are more than can be "
		                                      "minimised");
	if (err || !found)
		return err;
	return leave_out(m);
}

/* What was moved may need less, and what needs less can be moved again. */
static int move_and_leave_out(struct minimizer *m)
{
	size_t n;
	int err;

	do {
		n = m->best.n;
		err = minimize_move_all(m);
		if (err == 0)
			err = leave_out(m);
	} while (err == 0 && m->best.n < n && minimize_may_run(m));
	return err;
}

static int finish(struct minimizer *m, struct minimized *out)
{
	bool ran, shown = false;
	int err;

	if (m->best.n == 0)
		m->check = (int)m->finding.check;
	err = m->best.n ? minimize_run_plan(m, &m->best, &ran) : run_whole(m, &ran);
	if (err == 0)
		err = ran ? minimize_judge(m, &shown)
		          : error_set(ERR_LIMIT, "interrupted");
	/* A record of all may have more findings than there is room for. */
	if (err == 0 && !shown)
		err = error_set(ERR_FAILED, "the smallest does not show it again");
	if (err)
		return err;
	out->switches = m->best.switches;
	m->best.switches = NULL;
	out->nswitches = m->best.n;
	out->preemptions = m->best.preemptions;
	out->ruled_out = m->ruled_out;
	out->searched = m->searched;
	out->runs = m->runs;
	out->bounded = m->bounded;
	out->finding = m->finding;
	out->record = m->record;
	return 0;
}

static int minimize(struct minimizer *m, const struct minimize_plan *given,
                    struct minimized *out)
{
	int err;

	*out = (struct minimized){0};
	err = begin(m, given, &out->before);
	if (err == 0)
		err = leave_out(m);
	if (err == 0)
		err = replace_all(m);
	if (err == 0)
		err = search_for_fewer(m);
	if (err == 0)
		err = move_and_leave_out(m);
	if (err == 0)
		err = finish(m, out);
	free_all(m);
	return err;
}

int minimize_run(struct runner *runner, struct oracle *oracle,
                 const struct search_switch *switches, size_t n, uint64_t key,
                 const struct minimize_fewer *fewer, struct minimized *out)
{
	struct minimizer m = {
		.runner = runner,
		.oracle = oracle,
		.key = key,
		.check = -1,
		.max_searched = fewer->max_runs,
		.ruled_out = fewer->ruled_out,
	};
	struct search_switch *copy = calloc(n + 1, sizeof(*copy));
	struct minimize_plan as_given = {.switches = copy, .n = n}, given = {0};
	bool ran;
	int err;

	if (!copy)
		return error_set(ERR_MEMORY, "out of memory");
	/* They may be the runner's own. */
	if (n)
		memcpy(copy, switches, n * sizeof(*copy));
	err = n ? minimize_run_plan(&m, &as_given, &ran) : run_whole(&m, &ran);
	if (err == 0 && !ran)
		err = error_set(ERR_FAILED, "the schedule cannot be repeated");
	/* The key of a record of all is that of no other. */
	if (err == 0 && n == 0)
		err = minimize_judge(&m, &ran);
	if (err == 0 && n == 0 && ran)
		m.check = (int)m.finding.check;
	if (err == 0)
		err = minimize_choices(&m.record, &given);
	if (err == 0)
		err = minimize(&m, &given, out);
	free(given.points);
	free(copy);
	return err;
}

int minimize_scripted(struct runner *runner, struct oracle *oracle,
                      const struct oracle_finding *finding,
                      const struct minimize_fewer *fewer, struct minimized *out)
{
	struct minimizer m = {
		.runner = runner,
		.oracle = oracle,
		.key = finding->key,
		.check = (int)finding->check,
		.runs = 1, /* by the script */
		.max_searched = fewer->max_runs,
		.ruled_out = fewer->ruled_out,
	};
	const struct minimize_plan nothing = {0};
	struct minimize_plan given = {0};
	struct minimize_counts whole, cut;
	struct search_result result;
	bool ran;
	int err = runner_run_script(runner, &m.record, &result);

	if (err == 0 && result.outcome != SEARCH_RAN)
		err = error_set(ERR_FAILED, "the schedule cannot be repeated");
	if (err == 0)
		err = minimize_preemptions(&m.record, &given);
	if (err == 0)
		err = run_whole(&m, &ran);
	minimize_count(err == 0 ? &m.record : NULL, &whole);
	if (err == 0)
		err = minimize_run_plan(&m, &nothing, &ran);
	minimize_count(err == 0 ? &m.record : NULL, &cut);
	if (err == 0) {
		minimize_shift(&given, &whole, &cut);
		err = minimize(&m, &given, out);
	}
	free(given.points);
	return err;
}

int minimize_asked(const struct record *record, unsigned int *preemptions)
{
	struct minimize_plan plan;
	int err = minimize_choices(record, &plan);

	*preemptions = plan.preemptions;
	free(plan.points);
	return err;
}

void minimize_free(struct minimized *m)
{
	free(m->switches);
	m->switches = NULL;
}
