/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test's search for schedules that break the kernel. */
#include <stdio.h>
#include <string.h>

#include "explore/explore.h"
#include "grade/source.h"
#include "grade/worker.h"

static enum grade_outcome outcome_of(enum explore_check check)
{
	switch (check) {
	case EXPLORE_PANIC:
	case EXPLORE_KERNEL_FAULT:
		return GRADE_CRASHED;
	case EXPLORE_LOST_WAKEUP:
	case EXPLORE_DEADLOCK:
		return GRADE_DEADLOCKED;
	case EXPLORE_LIVELOCK:
		return GRADE_TIMED_OUT;
	default:
		return GRADE_WRONG;
	}
}

/* The first that is more than a warning; those cost nothing. */
static const struct explore_violation *violation_of(const struct explore_report *report)
{
	for (size_t i = 0; i < report->nviolations; i++)
		if (!report->violations[i].warning)
			return &report->violations[i];
	return NULL;
}

static void judge(struct worker *w, const struct rubric_test *test,
                  const struct explore_report *report, struct judgement *j)
{
	const struct explore_violation *v = violation_of(report);
	char path[4096];

	if (!v)
		return;
	judge_fail(j, outcome_of(v->check), JUDGE_EXPLORED,
	           "Interleaving %llu breaks it (%s): %s.",
	           (unsigned long long)v->interleaving, explore_check_name(v->check),
	           v->reason);
	j->score = 0;
	worker_path(w, test->name, ".fst.jsonl", path, sizeof(path));
	if (v->trace)
		rename(v->trace, path);
	worker_path(w, test->name, ".txt", path, sizeof(path));
	if (v->story)
		rename(v->story, path);
}

int worker_explore_test(struct worker *w, const struct rubric_test *test,
                        const struct session_config *session, struct judgement *j)
{
	char directory[4096];
	struct explore_config config = {
		.strategy = (enum explore_strategy)test->explore.strategy,
		.preemptions = test->explore.preemptions,
		.max_runs = test->explore.runs,
		.seed = test->explore.seed,
		.jobs = 1,
		.expect_status = test->status,
		.first_only = true,
		.minimize = true,
		.directory = directory,
	};
	struct explore_report *report;
	int err;

	if (test->console == RUBRIC_EXACT) {
		config.expect_console = test->expected;
		config.expect_console_size = strlen(test->expected);
	}
	worker_path(w, test->name, ".explore", directory, sizeof(directory));
	err = explore_run(&w->images, session, &config, &report);
	if (err == 0) {
		judge(w, test, report, j);
		explore_report_free(report);
	}
	source_remove_tree(directory);
	return err;
}
