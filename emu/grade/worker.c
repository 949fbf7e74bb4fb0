/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "render/render.h"

/*
 * Backstops for a bug of ours, not for guests: those are stopped by instructions, and a
 * rubric of the largest size takes some minutes.
 */
#define CPU_SECONDS 3600u
#define WALL_SECONDS 7200u
#define FILE_BYTES (1ull << 30)
#define MEMORY_BYTES (8ull << 30)
/* A picture of more is one that nobody can look at. */
#define PICTURE_EVENTS_MAX 20000u

/* --- limits --- */

static void limit(int what, uint64_t value)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return;
	if (r.rlim_max < value)
		value = r.rlim_max;
	r.rlim_cur = value;
	setrlimit(what, &r);
}

static void set_limits(void)
{
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_AS, MEMORY_BYTES);
#endif
	/* A file that grows too large is an error of writing, as on a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	alarm(WALL_SECONDS);
}

/* --- evidence --- */

static int draw(const char *trace_path, const char *name, const char *picture_path)
{
	struct forest *forest = NULL;
	struct text out = {0};
	struct trace *trace;
	int err = trace_load(&trace, trace_path);

	if (err)
		return err;
	if (trace->nevents > PICTURE_EVENTS_MAX) {
		trace_free(trace);
		return error_set(ERR_LIMIT, "%s: too many events to draw", trace_path);
	}
	err = forest_build(&forest, trace);
	if (err == 0) {
		struct render_input in = {.trace = trace, .forest = forest, .name = name};

		render_svg(&in, &out);
		err = out.failed ? error_set(ERR_MEMORY, "out of memory") : 0;
	}
	if (err == 0)
		err = file_write(picture_path, out.data, out.length);
	text_free(&out);
	forest_free(forest);
	trace_free(trace);
	return err;
}

/* Names what there is of the test's run; a picture that cannot be had is left out. */
static void keep_evidence(struct worker *w, const struct rubric_test *test,
                          struct grade_test *result)
{
	char trace[4096], picture[4096];
	const char *base = w->trace ? "submitted" : test->name;

	worker_path(w, base, ".fst.jsonl", trace, sizeof(trace));
	worker_path(w, test->name, ".svg", picture, sizeof(picture));
	if (access(trace, R_OK) != 0)
		return;
	snprintf(result->trace, sizeof(result->trace), "%s.fst.jsonl", base);
	if (draw(trace, test->name, picture) == 0)
		snprintf(result->picture, sizeof(result->picture), "%s.svg", test->name);
}

/* --- the tests --- */

static bool is_skipped(struct worker *w, const struct rubric_test *test,
                       struct grade_test *result)
{
	for (size_t i = 0; i < test->nneeds; i++) {
		const struct rubric_test *need = &w->rubric->tests[test->needs[i]];

		if (w->result->tests[test->needs[i]].outcome == GRADE_PASSED)
			continue;
		snprintf(result->reason, sizeof(result->reason),
		         "It needs %s, which was not passed.", need->name);
		result->outcome = GRADE_SKIPPED;
		return true;
	}
	return false;
}

static int grade_one(struct worker *w, const struct rubric_test *test,
                     struct grade_test *result)
{
	uint32_t *matches = w->result->matches + test->first_subtest;
	struct judgement j = {.outcome = GRADE_PASSED};
	int err;

	/* A trace is of one program, so others were not passed anyway. */
	if (!w->trace && is_skipped(w, test, result))
		return 0;
	err = w->trace ? worker_replay_test(w, test, &j, matches)
	               : worker_run_test(w, test, &j, matches);
	if (err)
		return err;
	result->score = j.score;
	memcpy(result->reason, j.reason, sizeof(j.reason));
	if (j.outcome != GRADE_PASSED && j.outcome != GRADE_SKIPPED)
		keep_evidence(w, test, result);
	/* Last: what has an outcome is done. */
	result->outcome = j.outcome;
	return 0;
}

static int grade_tests(struct worker *w)
{
	for (size_t i = 0; i < w->rubric->ntests; i++) {
		int err = grade_one(w, &w->rubric->tests[i], &w->result->tests[i]);

		if (err)
			return error_prefix(err, "%s", w->rubric->tests[i].name);
	}
	return 0;
}

/* There is nothing to run: one reason for all. */
static void refuse_tests(struct worker *w, const char *reason)
{
	for (size_t i = 0; i < w->rubric->ntests; i++) {
		struct grade_test *result = &w->result->tests[i];

		snprintf(result->reason, sizeof(result->reason), "%s.", reason);
		result->outcome = GRADE_NOT_BUILT;
	}
}

int worker_grade(struct worker *w)
{
	int err;

	set_limits();
	err = worker_prepare(w);
	if (err == ERR_FAILED) {
		refuse_tests(w, error_message());
		w->result->finished = true;
		return 0;
	}
	if (err)
		return err;
	err = grade_tests(w);
	w->result->finished = err == 0;
	images_free(&w->images);
	trace_free(w->trace);
	return err;
}
