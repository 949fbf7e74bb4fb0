/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many submissions are graded in a second of one processor, kernels being built.
 *
 * All are the reference kernel, which runs every test to its end and so costs more than
 * most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define SUBMISSIONS 100
#define SUBMISSIONS_QUICK 3

static int rate(struct bench *bench, const char *rubric, int n, double *per_second)
{
	/* $0 is the command, $1 the rubric, $2 the evidence, $3 a kernel, $4 how many. */
	static const char script[] = "exec \"$0\" grade -j 1 -o \"$2\" \"$1\" "
				     "$(yes \"$3\" | head -n \"$4\")";
	char evidence[BENCH_PATH_SIZE + 32], output[BENCH_PATH_SIZE + 32], count[16];
	struct bench_command command = {
		.argv = {"sh", "-c", script, bench->command, rubric, evidence,
	                 bench->kernel, count},
		.output = output,
	};
	struct bench_cost cost;
	int err;

	snprintf(evidence, sizeof(evidence), "%s/grade", bench->directory);
	snprintf(output, sizeof(output), "%s/table", bench->directory);
	snprintf(count, sizeof(count), "%d", n);
	err = bench_spawn(&command, &cost);
	if (err == 0)
		*per_second = n / cost.cpu;
	return err;
}

static int measure(struct bench *bench, const char *name, const char *rubric,
                   enum bench_target target)
{
	struct bench_row row = {
		.name = name,
		.unit = "a second",
		.target = target,
		.bound = 1,
	};
	int n = bench->quick ? SUBMISSIONS_QUICK : SUBMISSIONS;
	int err = rate(bench, rubric, n, &row.median);

	return err ? err : bench_row(bench, &row);
}

static int run(struct bench *bench)
{
	int err = measure(bench, "osv-multiprocessing, 100 submissions",
	                  "osv-multiprocessing", BENCH_MEDIAN_AT_LEAST);

	if (err == 0)
		err = measure(bench, "os161-asst5, 100 submissions", "os161-asst5",
		              BENCH_NO_TARGET);
	return err;
}

const struct bench_suite bench_suite_grade = {
	.name = "grade",
	.what = "submissions graded in a second of one processor",
	.run = run,
};
