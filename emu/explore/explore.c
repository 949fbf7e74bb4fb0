/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/file.h"
#include "explore/explore_private.h"
#include "explore/policy.h"

/* Seconds between two calls of the progress callback: what an eye can follow. */
#define PROGRESS_EVERY 0.2

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double explore_seconds(const struct explore *e)
{
	return e->before + now() - e->began;
}

/* --- a piece --- */

int explore_carry_out(struct explore *e, const struct search_item *item,
                      struct explore_outcome *outcome, bool *done)
{
	struct record record;
	int err = runner_run(e->runner, item, &record, &outcome->result);

	*done = !session_was_interrupted();
	if (err == ERR_LIMIT && !*done)
		return 0;
	outcome->nfindings = 0;
	outcome->instructions = err ? 0 : record.end - record.start;
	outcome->cut = err == 0 && record.cut;
	if (err == 0 && *done && outcome->result.outcome == SEARCH_RAN)
		err = oracle_run(e->oracle, &record, runner_machine(e->runner),
		                 outcome->findings, ORACLE_FINDINGS, &outcome->nfindings);
	if (err)
		error_prefix(err, "interleaving %llu",
		             (unsigned long long)item->number + 1);
	return err;
}

/* --- what came of it --- */

void explore_end(struct explore *e, enum explore_end end)
{
	if (e->ended)
		return;
	e->ended = true;
	e->report->end = end;
}

int explore_add(struct explore *e, const struct explore_violation *v, uint64_t key)
{
	struct explore_report *r = e->report;

	if (!array_grow(&r->violations, &e->violations_room, r->nviolations + 1,
	                sizeof(*r->violations)) ||
	    !array_grow(&e->keys, &e->keys_room, r->nviolations + 1, sizeof(*e->keys)))
		return error_set(ERR_MEMORY, "out of memory");
	e->keys[r->nviolations] = key;
	r->violations[r->nviolations++] = *v;
	r->nwarnings += v->warning;
	return 0;
}

/* A finding that no interleaving before has shown. */
static int add(struct explore *e, uint64_t number, const struct oracle_finding *finding)
{
	struct explore_violation v = {
		.check = finding->check,
		.warning = finding->warning,
		.reason = strdup(finding->reason),
		.interleaving = number + 1,
		.seconds = explore_seconds(e),
		.seen = 1,
		.preemptions = EXPLORE_UNCOUNTED,
	};
	int err = v.reason ? explore_add(e, &v, finding->key)
	                   : error_set(ERR_MEMORY, "out of memory");

	if (err)
		free(v.reason);
	return err;
}

static bool seen_before(struct explore *e, uint64_t key)
{
	for (size_t i = 0; i < e->report->nviolations; i++) {
		if (e->keys[i] == key) {
			e->report->violations[i].seen++;
			return true;
		}
	}
	return false;
}

/*
 * The same interleaving as a piece of its own, with nobody asleep.  Its switches are
 * owned.
 */
static int copy_item(struct search_item *copy, const struct search_item *item,
                     const struct search_result *result)
{
	size_t n = item->nswitches + result->npassed;
	struct search_switch *switches = calloc(n + 1, sizeof(*switches));

	if (!switches)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		switches[i] = i < item->nswitches ? item->switches[i]
		                                  : result->passed[i - item->nswitches];
	*copy = *item;
	copy->switches = switches;
	copy->nswitches = n;
	copy->sleepers = NULL;
	copy->nsleepers = copy->nawake = 0;
	copy->awake = NULL;
	return 0;
}

/*
 * What shows a new violation is kept after the piece has been reported: keeping runs
 * interleavings, and `outcome` may be the runner's.
 */
static int report_and_keep(struct explore *e, const struct search_item *item,
                           const struct explore_outcome *outcome)
{
	size_t first = e->report->nviolations, n = 0;
	struct oracle_finding fresh[ORACLE_FINDINGS];
	struct search_item copy = {0};
	int err = 0;

	for (size_t i = 0; i < outcome->nfindings && err == 0; i++) {
		if (seen_before(e, outcome->findings[i].key))
			continue;
		fresh[n++] = outcome->findings[i];
		err = add(e, item->number, &outcome->findings[i]);
	}
	if (err == 0 && n)
		err = copy_item(&copy, item, &outcome->result);
	if (err == 0)
		err = search_report(e->search, item, &outcome->result);
	for (size_t i = 0; i < n && err == 0; i++)
		err = explore_keep(e, &copy, &fresh[i],
		                   &e->report->violations[first + i]);
	free((void *)copy.switches);
	return err;
}

static void tell_progress(struct explore *e, const struct search_counts *counts)
{
	double seconds = explore_seconds(e);
	struct explore_progress p = {
		.runs = counts->runs,
		.redundant = counts->redundant,
		.classes = counts->classes,
		.violations = e->report->nviolations - e->report->nwarnings,
		.pending = counts->pending,
		.seconds = seconds,
		.share = counts->share,
	};

	if (!e->config->progress || seconds - e->last_progress < PROGRESS_EVERY)
		return;
	e->last_progress = seconds;
	e->config->progress(e->config->ctx, &p);
}

static void look_at_limits(struct explore *e, const struct search_counts *counts)
{
	const struct explore_config *c = e->config;

	if (session_was_interrupted())
		explore_end(e, EXPLORE_INTERRUPTED);
	if (c->first_only && e->report->nviolations > e->report->nwarnings)
		explore_end(e, EXPLORE_FIRST_FOUND);
	if (c->max_runs && counts->runs - e->runs_before >= c->max_runs)
		explore_end(e, EXPLORE_MAX_RUNS);
	if (c->max_seconds > 0 && now() - e->began >= c->max_seconds)
		explore_end(e, EXPLORE_MAX_SECONDS);
}

int explore_take(struct explore *e, const struct search_item *item,
                 const struct explore_outcome *outcome)
{
	struct explore_report *r = e->report;
	struct search_counts counts;
	int err;

	if (outcome->result.steps > r->steps)
		r->steps = outcome->result.steps;
	if (outcome->result.threads > r->threads)
		r->threads = outcome->result.threads;
	r->instructions += outcome->instructions;
	r->cut += outcome->cut;
	err = report_and_keep(e, item, outcome);
	if (err)
		return err;
	search_counts(e->search, &counts);
	tell_progress(e, &counts);
	look_at_limits(e, &counts);
	return explore_state_save_now_and_then(e);
}

/* --- the search --- */

static int run_batch(struct explore *e, const struct search_item *const *items, size_t n)
{
	for (size_t i = 0; i < n && !e->ended; i++) {
		struct explore_outcome outcome = {0};
		bool done;
		int err = explore_carry_out(e, items[i], &outcome, &done);

		if (err)
			return err;
		if (!done)
			explore_end(e, EXPLORE_INTERRUPTED);
		else
			err = explore_take(e, items[i], &outcome);
		if (err)
			return err;
	}
	return 0;
}

/* The error that ended the search is the one to tell. */
static void keep_state(struct explore *e)
{
	char message[512];

	snprintf(message, sizeof(message), "%s", error_message());
	explore_state_save(e);
	error_text("%s", message);
}

static int search_all(struct explore *e)
{
	const struct search_item *items[EXPLORE_BATCH];
	struct search_counts counts;
	int err = 0;

	while (!e->ended && err == 0) {
		size_t n = search_next(e->search, items, EXPLORE_BATCH);

		if (n == 0)
			break;
		err = e->workers ? explore_workers_run(e, items, n)
		                 : run_batch(e, items, n);
	}
	search_counts(e->search, &counts);
	if (err == 0 && !e->ended && !counts.complete)
		err = error_set(ERR_MEMORY, "no memory for the search");
	if (err == 0) {
		/* What goes by chance ends, but covers nothing for sure. */
		explore_end(e, counts.strategy == EXPLORE_PCT ||
		                               counts.strategy == EXPLORE_RANDOM
		                       ? EXPLORE_MAX_RUNS
		               : e->report->cut ? EXPLORE_CUT
		                                : EXPLORE_COMPLETE);
		return explore_state_save(e);
	}
	/* A worker was lost: all that was taken is whole. */
	if (err == ERR_SYSTEM)
		keep_state(e);
	return err;
}

static void fill_report(struct explore *e)
{
	struct explore_report *r = e->report;
	struct search_counts counts;

	search_counts(e->search, &counts);
	r->strategy = counts.strategy;
	r->runs = counts.runs;
	r->redundant = counts.redundant;
	r->classes = counts.classes;
	r->preemptions = counts.preemptions;
	r->pending = counts.pending;
	r->probability = counts.probability;
	r->seconds = explore_seconds(e);
	r->replay_options = e->config->replay_options;
	r->commute = e->config->commute;
}

static int check_config(const struct session_config *session,
                        const struct explore_config *config)
{
	if (session->argc == 0)
		return error_set(ERR_USAGE, "a search needs a program");
	if (config->strategy == EXPLORE_PCT &&
	    config->preemptions > (int)POLICY_CHANGES_MAX)
		return error_set(ERR_USAGE, "pct has %u change points at most, not %d",
		                 POLICY_CHANGES_MAX, config->preemptions);
	if (config->resume && !config->directory)
		return error_set(ERR_USAGE, "a search goes on in a directory");
	return config->directory ? file_make_directory(config->directory) : 0;
}

static int begin_search(struct explore *e)
{
	struct search_counts counts;
	int err = e->config->resume ? explore_state_restore(e)
	                            : search_create(&e->search, e->config);

	if (err)
		return err;
	search_counts(e->search, &counts);
	e->runs_before = counts.runs;
	e->saved = explore_seconds(e);
	return 0;
}

static int run(struct explore *e)
{
	int err = check_config(e->session, e->config);

	if (err == 0)
		err = oracle_create(&e->oracle, e->images->probe, e->config);
	if (err == 0)
		err = begin_search(e);
	if (err == 0)
		err = runner_create(&e->runner, e->images, e->session, e->config);
	if (err == 0 && e->config->jobs > 1)
		err = explore_workers_start(e);
	if (err == 0)
		err = search_all(e);
	explore_workers_end(e);
	if (err == 0)
		fill_report(e);
	return err;
}

int explore_run(const struct images *images, const struct session_config *session,
                const struct explore_config *config, struct explore_report **report)
{
	struct explore e = {
		.images = images,
		.session = session,
		.config = config,
		.report = calloc(1, sizeof(**report)),
		.began = now(),
	};
	int err;

	if (!e.report)
		return error_set(ERR_MEMORY, "out of memory");
	err = run(&e);
	runner_destroy(e.runner);
	oracle_free(e.oracle);
	search_free(e.search);
	free(e.keys);
	if (err) {
		explore_report_free(e.report);
		return err;
	}
	*report = e.report;
	return 0;
}

void explore_report_free(struct explore_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nviolations; i++) {
		free(r->violations[i].reason);
		free(r->violations[i].details);
		free(r->violations[i].trace);
		free(r->violations[i].story);
	}
	free(r->violations);
	free(r);
}
