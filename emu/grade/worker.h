/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One submission, within the process that is its own.
 */
#ifndef FORKSCOPE_GRADE_WORKER_H
#define FORKSCOPE_GRADE_WORKER_H

#include "grade/grade.h"
#include "sched/session.h"

/* What the process tells the one that started it, in memory that both see. */
struct worker_result {
	enum grade_kind kind;
	bool own_kernel;
	bool plain_initrd;
	bool finished;
	char words[GRADE_WORDS_SIZE];
	char error[JUDGE_REASON_SIZE]; /* ours, that ended it; "" for none */
	struct grade_test *tests;      /* in the same memory */
	uint32_t *matches;
};

struct worker {
	const struct rubric *rubric;
	const struct grade_options *options;
	const char *initrd;
	const char *path;      /* the submission */
	const char *directory; /* of its evidence */
	struct worker_result *result;
	struct images images; /* what its runs boot */
	char kernel[4096];    /* their kernel */
	struct trace *trace;  /* where that is the submission */
};

/* Grades the submission.  An error is one of ours; what was found until then stands. */
int worker_grade(struct worker *w);

/* --- its parts --- */

/*
 * Finds out what the submission is, and makes images of it.  ERR_FAILED with a sentence
 * where there is nothing to run.
 */
int worker_prepare(struct worker *w);

/* Runs a test under all that it names; `evidence` is the folder. */
int worker_run_test(struct worker *w, const struct rubric_test *test, struct judgement *j,
                    uint32_t *matches);
/* Searches for schedules that break the kernel; `session` is the run to explore. */
int worker_explore_test(struct worker *w, const struct rubric_test *test,
                        const struct session_config *session, struct judgement *j);
/* Judges the submitted trace by a test, where it is of the test's program. */
int worker_replay_test(struct worker *w, const struct rubric_test *test,
                       struct judgement *j, uint32_t *matches);

/* "DIRECTORY/NAMESUFFIX" of the evidence. */
void worker_path(const struct worker *w, const char *name, const char *suffix, char *path,
                 size_t size);

#endif
