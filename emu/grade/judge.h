/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One recorded run against one test of a rubric.
 */
#ifndef FORKSCOPE_GRADE_JUDGE_H
#define FORKSCOPE_GRADE_JUDGE_H

#include "check/check.h"
#include "grade/rubric.h"

/* How a test went. */
enum grade_outcome {
	GRADE_ERROR, /* forkscope itself did not come to an end; so is what never began */
	GRADE_PASSED,
	GRADE_WRONG,
	GRADE_CRASHED,    /* the kernel panicked or faulted */
	GRADE_DEADLOCKED, /* nothing can run any more */
	GRADE_TIMED_OUT,
	GRADE_SKIPPED,   /* a test that it needs was not passed */
	GRADE_NOT_BUILT, /* there is no kernel to run */
	GRADE_OUTCOMES
};

/* What a run was found wanting in: two runs with the same failed alike. */
enum judge_failure {
	JUDGE_NONE,
	JUDGE_PANIC,
	JUDGE_FAULT,
	JUDGE_DEADLOCK,
	JUDGE_LIMIT,
	JUDGE_PROGRAM,
	JUDGE_SUBTESTS,
	JUDGE_STATUS,
	JUDGE_CONSOLE,
	JUDGE_REFERENCE,
	JUDGE_ORDERING,
	JUDGE_REPLAY,
	JUDGE_EXPLORED,
	JUDGE_CONTRACT, /* and, added to it, which invariant */
};

#define JUDGE_REASON_SIZE 400

struct judgement {
	enum grade_outcome outcome;
	int failure;                    /* enum judge_failure */
	int64_t score;                  /* hundredths */
	char reason[JUDGE_REASON_SIZE]; /* one sentence; "" where passed */
};

/* What is learnt on the way; each may be NULL. */
struct judge_notes {
	uint32_t *matches;      /* lines for each subtest */
	unsigned int orderings; /* a bit for each that some pair showed */
};

/*
 * Judges `trace`, which also lies in the file `path`: how the run ended, the contract of
 * fork, wait and exit, status, console, subtests, and the reference trace.  ERR_MEMORY,
 * ERR_FILE where the reference cannot be read; the submission's faults are no errors.
 */
int judge_trace(const struct rubric_test *test, const struct trace *trace,
                const char *path, struct judgement *j, struct judge_notes *notes);

/* Fills in a failure; the score stays as it is. */
void judge_fail(struct judgement *j, enum grade_outcome outcome, int failure,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* "passed", "timed-out" and the like. */
const char *grade_outcome_name(enum grade_outcome outcome);

#endif
