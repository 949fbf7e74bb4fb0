/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forkscope-bench: measures, each a row of a table with what it is compared with and the
 * target that it must meet.
 *
 * A suite is a function in a file suite_NAME.c that runs its measures and hands in a row
 * for each.  Costs are CPU seconds of whole processes (user and system, from wait4),
 * since those of a shared machine vary less than its clock; what is compared runs in
 * turns (A, B, A, B...) and the medians are compared.
 */
#ifndef FORKSCOPE_TOOLS_BENCH_H
#define FORKSCOPE_TOOLS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define BENCH_PATH_SIZE 4096
#define BENCH_ARGS_MAX 32

/* What a row must reach. */
enum bench_target {
	BENCH_NO_TARGET,
	BENCH_MEDIAN_AT_LEAST,
	BENCH_MEDIAN_AT_MOST,
	BENCH_RATIO_AT_LEAST,
};

struct bench_row {
	const char *name;
	double median;
	const char *unit;
	const char *compared; /* what with, or NULL */
	double ratio;         /* how many times as fast as that; only where compared */
	enum bench_target target;
	double bound;
};

struct bench {
	bool quick; /* fewer rounds: to try the harness, not to judge by */
	char command[BENCH_PATH_SIZE];
	char bare[BENCH_PATH_SIZE]; /* forkscope-bench-bare */
	char kernel[BENCH_PATH_SIZE];
	char initrd[BENCH_PATH_SIZE];
	char mix[BENCH_PATH_SIZE];       /* the guest program, with its symbols */
	char directory[BENCH_PATH_SIZE]; /* for what the runs write; gone at the end */
	struct bench_report *report;
};

struct bench_suite {
	const char *name;
	const char *what;
	int (*run)(struct bench *bench);
};

extern const struct bench_suite bench_suite_run;
extern const struct bench_suite bench_suite_kernel;
extern const struct bench_suite bench_suite_grade;
extern const struct bench_suite bench_suite_view;
extern const struct bench_suite bench_suite_explore;
extern const struct bench_suite bench_suite_mutants;

/* Prints the row, and notes it for --json. */
int bench_row(struct bench *bench, const struct bench_row *row);

/* ---- commands */

struct bench_command {
	const char
		*argv[BENCH_ARGS_MAX]; /* argv[0] is looked up in PATH; NULL at the end */
	const char *output;            /* file for its stdout, or NULL */
	int status;                    /* the exit status that it must have */
};

struct bench_cost {
	double cpu;  /* seconds, user and system */
	double wall; /* seconds */
	double peak; /* bytes of memory, of the largest of its processes */
};

/*
 * Runs a command to its end, stdin empty.  ERR_SYSTEM where it cannot be started,
 * ERR_FAILED where it ends otherwise than with `status`.
 */
int bench_spawn(const struct bench_command *command, struct bench_cost *cost);

/*
 * Runs each of `n` commands `rounds` times, in turns, after one turn that does not count,
 * and gives the medians.
 */
int bench_compare(const struct bench_command *commands, size_t n, int rounds,
                  struct bench_cost *medians);

/* Sorts, and gives the middle (of an even number, the mean of the middle two). */
double bench_median(double *values, size_t n);

#endif
