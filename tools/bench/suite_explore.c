/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast `forkscope explore` is, with every check on, and whether it comes to an end;
 * on forkwait, which forks children and waits for each.
 */
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/searched.h"
#include "trace/text.h"

#define MIB (1024.0 * 1024.0)

static const char *const lifetimes[] = {"lifetime=reparent", "lifetime=exitlock",
                                        "lifetime=mailbox", "lifetime=waitqueue"};

/* The processor's time counts, the boot's included: thousands of runs share it. */
static int measure_rate(struct bench *bench, const char *name, const char *const *argv,
                        double target)
{
	struct bench_row row = {
		.name = name,
		.unit = "a second",
		.target = BENCH_MEDIAN_AT_LEAST,
		.bound = target,
	};
	struct bench_searched s;
	int err = bench_search(bench, argv, &s);

	row.median = s.cost.cpu > 0 ? s.runs / s.cost.cpu : 0;
	return err ? err : bench_row(bench, &row);
}

/* Of two processes there are few classes: only a random search goes on for long. */
static int measure_rates(struct bench *bench)
{
	const char *const two[] = {"--strategy", "random",
	                           "--max-runs", bench->quick ? "300" : "5000",
	                           "--",         "forkwait",
	                           NULL};
	const char *const four[] = {"--strategy", "bounded",
	                            "--max-runs", bench->quick ? "300" : "5000",
	                            "--",         "forkwait",
	                            "3",          NULL};
	int err = measure_rate(bench, "2 processes, interleavings", two, 1000);

	return err ? err : measure_rate(bench, "4 processes, interleavings", four, 300);
}

/* A search that is not complete has taken longer than the target. */
static int measure_complete(struct bench *bench, const char *name,
                            const char *const *argv, double target)
{
	struct bench_row row = {
		.name = name,
		.unit = "s",
		.target = BENCH_MEDIAN_AT_MOST,
		.bound = target,
	};
	struct bench_searched s;
	int err = bench_search(bench, argv, &s);

	if (err)
		return err;
	if (s.violations)
		return error_set(ERR_FAILED, "%s: %s in the kernel", name, s.check);
	row.median = s.seconds;
	return bench_row(bench, &row);
}

static int measure_two(struct bench *bench)
{
	static const char *const names[] = {"2 processes, dpor, reparent",
	                                    "2 processes, dpor, exitlock",
	                                    "2 processes, dpor, mailbox",
	                                    "2 processes, dpor, waitqueue"};
	int err = 0;

	for (size_t i = 0; i < 4 && err == 0; i++) {
		const char *argv[] = {"--strategy", "dpor",     "--max-seconds",
		                      "120",        "--append", lifetimes[i],
		                      "--",         "forkwait", NULL};

		err = measure_complete(bench, names[i], argv, 60);
	}
	return err;
}

static int measure_three(struct bench *bench)
{
	static const char *const argv[] = {"--strategy", "bounded",       "--preemptions",
	                                   "2",          "--max-seconds", "240",
	                                   "--",         "forkwait",      "2",
	                                   NULL};

	return measure_complete(bench, "3 processes, 2 preemptions", argv, 120);
}

static int measure_jobs(struct bench *bench)
{
	const char *argv[] = {"--strategy", "bounded",
	                      "--max-runs", bench->quick ? "500" : "8000",
	                      "--jobs",     "1",
	                      "--",         "forkwait",
	                      "3",          NULL};
	struct bench_row row = {
		.name = "4 processes, two jobs",
		.unit = "s",
		.compared = "one job",
		.target = BENCH_RATIO_AT_LEAST,
		.bound = 1.7,
	};
	struct bench_searched one, two;
	int err = bench_search(bench, argv, &one);

	argv[5] = "2";
	if (err == 0)
		err = bench_search(bench, argv, &two);
	if (err)
		return err;
	row.median = two.seconds;
	row.ratio = two.seconds > 0 ? one.seconds / two.seconds : 0;
	return bench_row(bench, &row);
}

static int measure_memory(struct bench *bench)
{
	const char *argv[] = {"--strategy",
	                      "dpor",
	                      "--max-seconds",
	                      bench->quick ? "5" : "60",
	                      "--",
	                      "forkwait",
	                      "4",
	                      NULL};
	struct bench_row row = {
		.name = "5 processes, dpor, peak memory",
		.unit = "MiB",
		.target = BENCH_MEDIAN_AT_MOST,
		.bound = 1024,
	};
	struct bench_searched s;
	int err = bench_search(bench, argv, &s);

	row.median = s.cost.peak / MIB;
	return err ? err : bench_row(bench, &row);
}

static int run(struct bench *bench)
{
	int err = measure_rates(bench);

	if (err == 0)
		err = measure_two(bench);
	if (err == 0)
		err = measure_three(bench);
	if (err == 0)
		err = measure_jobs(bench);
	return err ? err : measure_memory(bench);
}

const struct bench_suite bench_suite_explore = {
	.name = "explore",
	.what = "speed of the search of interleavings, with every check on",
	.run = run,
};
