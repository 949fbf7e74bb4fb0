/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test on a kernel: runs, each recorded and judged, up to the first that fails. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore/orderings.h"
#include "grade/source.h"
#include "grade/worker.h"
#include "sched/script.h"

/*
 * A test makes some thousand events; a kernel that makes more than these fills disks and
 * has nothing to show for it.
 */
#define EVENTS_MAX 300000u
/* Likewise; of the console's text. */
#define BYTES_MAX 1000000u

/* Up to which a failure is looked for among the orderings of all pairs. */
#define FEW_FORKS 8u

struct run {
	struct worker *w;
	const struct rubric_test *test;
	struct session_config config;
	char append[96];
	char path[4096]; /* of the trace */
	struct judgement *j;
	uint32_t *matches;   /* or NULL */
	const char *flooded; /* with what, or NULL */
};

/* --- one run --- */

struct flood {
	struct machine *machine;
	uint64_t events, bytes;
};

static void on_event(void *ctx, const struct trace_event *event)
{
	struct flood *f = ctx;

	(void)event;
	if (++f->events == EVENTS_MAX)
		machine_stop_request(f->machine);
}

static void on_console(void *ctx, uint8_t byte)
{
	struct flood *f = ctx;

	(void)byte;
	if (++f->bytes == BYTES_MAX)
		machine_stop_request(f->machine);
}

/* `calm`: a running process is never preempted. */
static int record(struct run *r, const char *path, bool calm)
{
	struct session_config config = r->config;
	struct script_player player;
	struct script script = {0};
	struct session_result result;
	struct session *s = NULL;
	struct flood flood = {0};
	int err;

	config.schedule = calm ? "scripted" : "periodic";
	err = session_open(&s, &r->w->images, &config);
	if (err)
		return err;
	flood.machine = session_machine(s);
	script_play(&player, &script);
	if (calm)
		machine_set_schedule(flood.machine, &player.schedule);
	err = tracer_add_sink(session_tracer(s), on_event, &flood);
	session_on_console(s, on_console, &flood);
	if (err == 0)
		err = session_record(s, path);
	if (err == 0)
		err = session_run(s, &result);
	session_close(s);
	r->flooded = flood.events >= EVENTS_MAX ? "events"
	             : flood.bytes >= BYTES_MAX ? "bytes of output"
	                                        : NULL;
	return err;
}

static int judge_file(struct run *r, const char *path, struct judgement *j,
                      struct judge_notes *notes)
{
	struct trace *trace;
	int err = trace_load(&trace, path);

	if (err)
		return err;
	err = judge_trace(r->test, trace, path, j, notes);
	if (err == 0 && r->flooded)
		judge_fail(j, GRADE_TIMED_OUT, JUDGE_LIMIT,
		           "It was ended after %llu instructions, for too many %s.",
		           (unsigned long long)trace->end.icount, r->flooded);
	trace_free(trace);
	return err;
}

static bool fails_alike(const struct run *r, const struct judgement *j)
{
	return j->outcome == r->j->outcome && j->failure == r->j->failure &&
	       j->score == r->j->score;
}

/* The run at `path` takes the place of the one that was kept. */
static void keep_instead(struct run *r, const char *path, const struct judgement *j)
{
	memcpy(r->j->reason, j->reason, sizeof(j->reason));
	rename(path, r->path);
}

/*
 * What fails without a single preemption is no matter of schedules, and easiest to
 * understand so.
 */
static int make_calm(struct run *r, bool *done)
{
	struct judgement calm;
	char path[4096];
	int err;

	worker_path(r->w, r->test->name, ".calm", path, sizeof(path));
	err = record(r, path, true);
	if (err == 0)
		err = judge_file(r, path, &calm, NULL);
	*done = err == 0 && fails_alike(r, &calm);
	if (*done)
		keep_instead(r, path, &calm);
	unlink(path);
	return err;
}

/* Of a trace in a file; UINT64_MAX where the program forks more than a few. */
static int count_preemptions(const char *path, uint64_t *preemptions)
{
	struct trace *trace;
	size_t forks = 0;
	int err = trace_load(&trace, path);

	if (err)
		return err;
	*preemptions = 0;
	for (size_t i = 0; i < trace->nevents; i++) {
		const struct trace_event *e = &trace->events[i];

		forks += e->kind == TRACE_FORK;
		*preemptions +=
			e->kind == TRACE_SWITCH && strcmp(e->switch_.why, "preempt") == 0;
	}
	if (forks > FEW_FORKS)
		*preemptions = UINT64_MAX;
	trace_free(trace);
	return 0;
}

/* Takes the run of the search that fails alike with the fewest preemptions. */
static int take_fewest(struct run *r, const struct orderings_report *report)
{
	struct judgement j;
	uint64_t fewest, n;
	int err = count_preemptions(r->path, &fewest);

	for (size_t i = 0; i < report->nruns && err == 0; i++) {
		const char *path = report->runs[i].path;

		err = judge_file(r, path, &j, NULL);
		if (err == 0)
			err = count_preemptions(path, &n);
		if (err || !fails_alike(r, &j) || n > fewest)
			continue;
		fewest = n;
		keep_instead(r, path, &j);
	}
	return err;
}

/*
 * Steered runs preempt only where an ordering depends on it, so one of them that fails in
 * the same way shows better than the timer's why.  Few, since programs with many forks
 * would need many.
 */
static int make_simple(struct run *r)
{
	struct orderings_report *report;
	char directory[4096];
	uint64_t preemptions;
	bool done = false;
	int err;

	if (r->j->outcome == GRADE_TIMED_OUT)
		return 0;
	err = make_calm(r, &done);
	if (err == 0)
		err = count_preemptions(r->path, &preemptions);
	if (err || done || preemptions == 0 || preemptions == UINT64_MAX)
		return err;
	worker_path(r->w, r->test->name, ".orderings", directory, sizeof(directory));
	err = orderings_run(&r->w->images, &r->config, directory, &report);
	if (err == 0) {
		err = take_fewest(r, report);
		orderings_free(report);
	}
	source_remove_tree(directory);
	return err;
}

static int run_plain(struct run *r)
{
	struct judge_notes notes = {.matches = r->matches};
	int err = record(r, r->path, false);

	if (err == 0)
		err = judge_file(r, r->path, r->j, &notes);
	if (err == 0 && r->j->outcome == GRADE_PASSED)
		unlink(r->path);
	else if (err == 0)
		err = make_simple(r);
	return err;
}

/* --- orderings --- */

/* Judges what the search kept; the first that fails is kept further. */
static int judge_orderings(struct run *r, const struct orderings_report *report)
{
	for (size_t i = 0; i < report->nruns; i++) {
		const struct orderings_run *run = &report->runs[i];
		int err = judge_file(r, run->path, r->j, NULL);

		if (err)
			return err;
		if (r->j->outcome == GRADE_PASSED && !run->replayed)
			judge_fail(r->j, GRADE_WRONG, JUDGE_REPLAY,
			           "The run went another way when it was replayed.");
		if (r->j->outcome == GRADE_PASSED)
			continue;
		r->j->score = 0;
		rename(run->path, r->path);
		return 0;
	}
	return 0;
}

static bool is_shown(const struct orderings_report *report, int which, const char **why)
{
	*why = "no process waits, or exits without a wait, as it would take";
	for (size_t i = 0; i < report->npairs; i++) {
		const struct orderings_row *row = &report->pairs[i].rows[which];

		if (row->shown)
			return true;
		*why = row->why_not;
	}
	return false;
}

static void demand_orderings(struct run *r, const struct orderings_report *report)
{
	const char *why;

	for (int i = 0; i < ORDERINGS_CASES; i++) {
		if (!(r->test->orderings >> i & 1) || is_shown(report, i, &why))
			continue;
		judge_fail(r->j, GRADE_WRONG, JUDGE_ORDERING,
		           "No schedule led to the ordering %s: %s.",
		           orderings_case_name((enum orderings_case)i), why);
		r->j->score = 0;
		if (report->nruns > 0)
			rename(report->runs[0].path, r->path);
		return;
	}
}

static int run_orderings(struct run *r)
{
	struct orderings_report *report;
	char directory[4096];
	int err;

	worker_path(r->w, r->test->name, ".orderings", directory, sizeof(directory));
	err = orderings_run(&r->w->images, &r->config, directory, &report);
	if (err == 0) {
		err = judge_orderings(r, report);
		if (err == 0 && r->j->outcome == GRADE_PASSED)
			demand_orderings(r, report);
		orderings_free(report);
	}
	source_remove_tree(directory);
	return err;
}

/* --- all that a test names --- */

static int run_lifetime(struct run *r, const char *lifetime)
{
	const struct rubric_test *t = r->test;
	int err = 0;

	if (lifetime) {
		snprintf(r->append, sizeof(r->append), "lifetime=%s", lifetime);
		r->config.append = r->append;
	}
	for (size_t i = 0; i == 0 || i < t->ntimeslices; i++) {
		r->config.timeslice = t->ntimeslices ? t->timeslices[i] : 0;
		err = run_plain(r);
		if (err || r->j->outcome != GRADE_PASSED)
			return err;
	}
	r->config.timeslice = 0;
	if (t->orderings)
		err = run_orderings(r);
	if (err == 0 && r->j->outcome == GRADE_PASSED && t->explore.runs)
		err = worker_explore_test(r->w, t, &r->config, r->j);
	return err;
}

int worker_run_test(struct worker *w, const struct rubric_test *test, struct judgement *j,
                    uint32_t *matches)
{
	uint64_t timeout = w->options->timeout;
	struct run r = {
		.w = w,
		.test = test,
		.j = j,
		.matches = matches,
		.config =
			{
				.memory = test->memory,
				.cpus = 1,
				.argc = test->argc,
				.argv = test->argv,
				.limit = timeout ? timeout : test->timeout,
				.checkpoint = SESSION_CHECKPOINT_DEFAULT,
				.schedule = "periodic",
			},
	};
	int err = 0;

	worker_path(w, test->name, ".fst.jsonl", r.path, sizeof(r.path));
	if (test->nlifetimes == 0)
		return run_lifetime(&r, w->options->lifetime);
	for (size_t i = 0; i < test->nlifetimes; i++) {
		err = run_lifetime(&r, test->lifetimes[i]);
		if (err || j->outcome != GRADE_PASSED)
			break;
	}
	return err;
}
