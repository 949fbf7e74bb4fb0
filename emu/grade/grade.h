/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Submissions graded by a rubric.
 *
 * Each is built and run in a process of its own, with limits, so that one that is hostile
 * costs only itself.  What is graded is a run of a kernel: a trace that was handed in is
 * replayed first.  The same rubric and submissions give the same results, whatever the
 * number of processes; guests are stopped by instructions, and the time of the host is
 * only a backstop, reported as an error of ours.
 *
 * A folder for evidence has one folder a submission, with the kernel that was built, and
 * for each test that lost points NAME.fst.jsonl, the run with the fewest preemptions
 * known to fail, and NAME.svg, its picture.
 */
#ifndef FORKSCOPE_GRADE_GRADE_H
#define FORKSCOPE_GRADE_GRADE_H

#include "base/file.h"
#include "grade/judge.h"
#include "grade/rubric.h"

enum grade_kind {
	GRADE_UNKNOWN,
	GRADE_FOLDER, /* files that replace some of the reference kernel's */
	GRADE_KERNEL, /* an image */
	GRADE_TRACE,
};

#define GRADE_NAME_SIZE 128
#define GRADE_WORDS_SIZE 4096

struct grade_test {
	enum grade_outcome outcome;
	int64_t score; /* hundredths */
	char reason[JUDGE_REASON_SIZE];
	/* Names within the submission's folder of evidence; "" where there is none. */
	char trace[GRADE_NAME_SIZE];
	char picture[GRADE_NAME_SIZE];
};

struct grade_submission {
	const char *path; /* as given */
	char *name;       /* of its folder of evidence; owned */
	enum grade_kind kind;
	bool own_kernel;   /* the folder of evidence has kernel.elf */
	bool plain_initrd; /* a trace of a run without the rubric's own programs */
	char words[GRADE_WORDS_SIZE]; /* the compiler's, "" for none */
	struct grade_test *tests;     /* as the rubric's */
	uint32_t *matches;            /* lines, for each subtest of the rubric */
	int64_t score;
	bool broken; /* forkscope did not come to an end with it */
};

struct grade_options {
	const char *kernel; /* the reference; its profile lies beside it */
	const char *initrd;
	/* Its bytes with the rubric's own programs, to lie in the evidence; NULL: as is
	 */
	const struct file *programs;
	const char *kernel_src; /* what folders are built with */
	const char *profile;    /* of kernels that are handed in; NULL: the reference's */
	const char *directory;  /* for the evidence */
	/* They were named by options, so commands that replay have to name them too. */
	bool kernel_option, initrd_option;
	const char *lifetime; /* where a test names none; NULL: the kernel's own */
	uint64_t timeout;     /* instructions of a run; 0: the rubric's */
	void (*progress)(void *ctx, size_t done, size_t n); /* NULL is fine */
	void *ctx;
	unsigned int jobs; /* processes at once, at least 1 */
};

struct grade {
	const struct rubric *rubric;          /* borrowed */
	const struct grade_options *options;  /* borrowed */
	struct grade_submission *submissions; /* in the order given */
	size_t n;
	char initrd[4096]; /* that the runs have */
};

/*
 * Grades `n` submissions.  `directory` is made; one that is there must be empty or from
 * an earlier grading, which is removed.  Faults of submissions are in the results.
 * ERR_FILE where one does not exist, ERR_USAGE for the directory, ERR_SYSTEM, ERR_MEMORY.
 */
int grade_run(struct grade **grade, const struct rubric *rubric,
              const struct grade_options *options, const char *const *paths, size_t n);
void grade_free(struct grade *grade); /* NULL is fine */

/* --- reports; the same results give the same bytes --- */

/* A table a submission, within 80 columns; the last line of each is the score. */
void grade_table(const struct grade *grade, struct text *out, bool colour);
void grade_json(const struct grade *grade, struct text *out);
/* One testsuite a submission. */
void grade_junit(const struct grade *grade, struct text *out);
/* results.json of Gradescope's autograder, of the first submission. */
void grade_gradescope(const struct grade *grade, struct text *out);

const char *grade_kind_name(enum grade_kind kind);

#endif
