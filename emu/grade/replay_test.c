/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test on a trace that was handed in.  What the trace says counts only once a replay on
 * the reference kernel has said the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/orderings.h"
#include "grade/worker.h"
#include "sched/command_line.h"
#include "sched/replay.h"

/* A machine no larger than any test's. */
#define MEMORY_MAX ((uint64_t)2 << 30)

/*
 * Checkpoints nearer to each other than they are unasked: each costs the host a digest of
 * all RAM, so a run of few instructions could take it hours.
 */
#define NEAR_CHECKPOINTS_MAX 100u

static bool has_costly_checkpoints(const struct trace *trace)
{
	uint64_t apart = trace->header.checkpoint;

	return apart > 0 && apart < SESSION_CHECKPOINT_DEFAULT &&
	       trace->end.icount / apart > NEAR_CHECKPOINTS_MAX;
}

/*
 * Whether the guest was really given this program: the header's words are only for
 * people, the command line is what the kernel saw.  In front of the program only plain
 * options are taken, so that none of them can hide another "--".
 */
static bool is_of_program(const struct trace *trace, const struct rubric_test *test)
{
	static const char options[] = "abcdefghijklmnopqrstuvwxyz0123456789_= ";
	const char *line = trace->header.append ? trace->header.append : "";
	size_t n = strspn(line, options);
	char *program;
	bool same;

	if (command_line_join(&program, "", NULL, test->argc, test->argv) != 0)
		return false;
	same = strcmp(line + n, program) == 0;
	free(program);
	return same;
}

static bool is_of_lifetime(const struct trace *trace, const struct rubric_test *test)
{
	const char *line = trace->header.append ? trace->header.append : "";

	for (size_t i = 0; i < test->nlifetimes; i++) {
		char word[96];

		snprintf(word, sizeof(word), "lifetime=%s ", test->lifetimes[i]);
		if (strstr(line, word))
			return true;
	}
	return test->nlifetimes == 0;
}

/* What keeps a trace from being replayed at all. */
static bool is_bounded(struct worker *w, const struct rubric_test *test,
                       struct judgement *j)
{
	uint64_t timeout = w->options->timeout ? w->options->timeout : test->timeout;
	struct trace *trace = w->trace;

	if (strcmp(trace->header.kernel_sha256, images_kernel_sha256(&w->images)) != 0)
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY,
		           "The trace is of another kernel than the reference.");
	else if (strcmp(trace->header.initrd_sha256, images_initrd_sha256(&w->images)) !=
	         0)
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY,
		           "The trace is of other programs than the rubric's.");
	else if (!trace->complete)
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY, "The trace has no end.");
	else if (trace->end.icount > timeout)
		judge_fail(j, GRADE_TIMED_OUT, JUDGE_LIMIT,
		           "The trace is of more than %llu instructions.",
		           (unsigned long long)timeout);
	else if (trace->header.memory > MEMORY_MAX)
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY,
		           "The trace is of a machine with more memory than any has.");
	else if (has_costly_checkpoints(trace))
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY,
		           "The trace is of a run with more than %u checkpoints.",
		           NEAR_CHECKPOINTS_MAX);
	/* So that a run which never comes to that end is not waited for. */
	if (trace->header.limit == 0 || trace->header.limit > timeout)
		trace->header.limit = timeout;
	return j->outcome == GRADE_PASSED;
}

static void replay(struct worker *w, struct judgement *j)
{
	struct replay_options options = {0};
	struct replay_result result;
	struct text what = {0};

	if (replay_run(&w->images, w->trace, &options, &result) != 0) {
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY, "It cannot be replayed: %s.",
		           error_message());
		return;
	}
	if (!result.identical) {
		size_t n = result.divergence.data ? strcspn(result.divergence.data, "\n")
		                                  : 0;

		text_printf(&what, "%.*s", (int)n,
		            result.divergence.data ? result.divergence.data : "");
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY,
		           "The trace claims what the kernel does not do, after %llu "
		           "events that agree (%s).",
		           (unsigned long long)result.events, what.data ? what.data : "");
		text_free(&what);
	}
	replay_free(&result);
}

static void demand_orderings(const struct rubric_test *test, unsigned int shown,
                             struct judgement *j)
{
	for (int i = 0; i < ORDERINGS_CASES; i++) {
		if (!(test->orderings >> i & 1) || shown >> i & 1)
			continue;
		judge_fail(j, GRADE_WRONG, JUDGE_ORDERING,
		           "The trace does not show the ordering %s.",
		           orderings_case_name((enum orderings_case)i));
		j->score = 0;
		return;
	}
}

int worker_replay_test(struct worker *w, const struct rubric_test *test,
                       struct judgement *j, uint32_t *matches)
{
	struct judge_notes notes = {.matches = matches};
	char path[4096];
	int err;

	j->outcome = GRADE_PASSED;
	if (!is_of_program(w->trace, test) || !is_of_lifetime(w->trace, test)) {
		judge_fail(j, GRADE_SKIPPED, JUDGE_REPLAY,
		           "The trace is of another run than this test's.");
		return 0;
	}
	if (!is_bounded(w, test, j))
		return 0;
	replay(w, j);
	if (j->outcome != GRADE_PASSED)
		return 0;
	worker_path(w, "submitted", ".fst.jsonl", path, sizeof(path));
	err = judge_trace(test, w->trace, path, j, &notes);
	if (err == 0 && j->outcome == GRADE_PASSED)
		demand_orderings(test, notes.orderings, j);
	return err;
}
