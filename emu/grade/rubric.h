/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rubric: the tests by which submissions are graded, and what each is worth.
 *
 * docs/rubric.md explains every field, tools/rubrics/rubric.schema.json is its JSON
 * Schema.  Points are counted in hundredths throughout, so that sums are exact.
 */
#ifndef FORKSCOPE_GRADE_RUBRIC_H
#define FORKSCOPE_GRADE_RUBRIC_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "diff/diff.h"

#define RUBRIC_FORMAT "forkscope-rubric"
#define RUBRIC_VERSION 1

#define RUBRIC_POINT 100 /* hundredths */

/* Who may see the result of a test, and when; as Gradescope names it. */
enum rubric_visibility {
	RUBRIC_VISIBLE,
	RUBRIC_HIDDEN,
	RUBRIC_AFTER_DUE_DATE,
	RUBRIC_AFTER_PUBLISHED,
};

enum rubric_console {
	RUBRIC_ANY,
	RUBRIC_EXACT,   /* this text and no other */
	RUBRIC_LINES,   /* these lines, in any order */
	RUBRIC_PATTERN, /* a match of a regular expression */
};

/* Lines of the console that earn a part of a test's points. */
struct rubric_subtest {
	const char *name;
	const char *pattern;
	regex_t regex;
	uint32_t count;  /* lines that are to match */
	uint32_t weight; /* its share of the points, in proportion to the others' */
};

struct rubric_explore {
	uint64_t runs; /* at most; 0: nothing is explored */
	int strategy;  /* of enum explore_strategy */
	int preemptions;
	uint64_t seed;
};

struct rubric_test {
	const char *name;        /* letters, digits, '.', '_' and '-': also names files */
	const char *description; /* or NULL */
	int64_t points;
	enum rubric_visibility visibility;
	const char **tags;
	size_t ntags;
	size_t *needs; /* indices of tests before it that must have passed */
	size_t nneeds;

	/*
	 * The program and its arguments, NULL at the end.  Where the rubric names a
	 * source in C, argv[0] is its name without folder and ".c", and `source` its
	 * path.
	 */
	const char **argv;
	int argc;
	char *source;            /* or NULL; owned */
	char *source_name;       /* argv[0] then; owned */
	const char *personality; /* or NULL */
	int status;              /* as a shell would say it; -1: any */
	const char **lifetimes;  /* each gets a run; none: one, with the kernel's own */
	size_t nlifetimes;
	uint64_t *timeslices; /* likewise */
	size_t ntimeslices;
	uint64_t timeout; /* instructions */
	uint64_t memory;  /* bytes */

	enum rubric_console console;
	const char *expected; /* the text, or the pattern */
	regex_t regex;
	char *reference; /* path of a trace to compare with, or NULL; owned */
	enum diff_mode reference_mode;
	unsigned int orderings; /* a bit for each enum orderings_case to be shown */
	struct rubric_explore explore;

	struct rubric_subtest *subtests;
	size_t nsubtests;
	size_t first_subtest; /* how many the tests before it have in all */
};

struct rubric {
	const char *path; /* borrowed */
	const char *name;
	const char *description; /* or NULL */
	struct rubric_test *tests;
	size_t ntests;
	size_t nsubtests; /* in all */
	int64_t points;   /* in all */
	void *storage;    /* the module's own */
};

/*
 * Reads and checks a rubric; `path` is borrowed for its life.  ERR_FILE with file and
 * place ("$.tests[3].points") where it is no JSON or breaks a rule, ERR_MEMORY.
 */
int rubric_load(struct rubric **rubric, const char *path);
void rubric_free(struct rubric *rubric); /* NULL is fine */

/* "visible", "hidden", "after_due_date", "after_published" */
const char *rubric_visibility_name(enum rubric_visibility visibility);

#endif
