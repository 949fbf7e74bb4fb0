/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest kernel's calls cost, in instructions, under each design of process
 * lifetime; and that the cost does not grow from one live process to a thousand.
 *
 * The numbers are the guest's own (testbin/callbench): in guest time an instruction takes
 * a nanosecond, so a second run gives the same.  But what takes or gives back memory
 * costs a tenth more or less by how the blocks of the heap happen to lie, which one
 * process more changes: so each number is the median of a few such runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "trace/text.h"

#define LIVE 1000
/* Runs with so many processes, one more, and so on. */
#define RUNS 5
#define MEASURES_MAX 16
#define NAME_SIZE 48
/* Growth by less than a tenth is not growth with the number of processes. */
#define FLAT 0.9

struct measure {
	char name[NAME_SIZE];
	double cost;
};

static int read_measures(const char *path, struct measure *measures, size_t *n)
{
	FILE *file = fopen(path, "r");
	unsigned long cost;

	*n = 0;
	if (file == NULL)
		return error_set(ERR_FILE, "cannot read %s", path);
	while (*n < MEASURES_MAX &&
	       fscanf(file, "%47s %lu", measures[*n].name, &cost) == 2)
		measures[(*n)++].cost = (double)cost;
	fclose(file);
	return *n > 0 ? 0 : error_set(ERR_FAILED, "callbench printed no measures");
}

static int measure_once(struct bench *bench, const char *lifetime, unsigned int processes,
                        struct measure *measures, size_t *n)
{
	char output[BENCH_PATH_SIZE + 32], append[64], live[16];
	struct bench_command command = {
		.argv = {bench->command, "run", "--memory", "512", "--append", append,
	                 "--", "callbench", live, bench->quick ? "20" : "200"},
		.output = output,
	};
	struct bench_cost cost;
	int err;

	snprintf(output, sizeof(output), "%s/callbench", bench->directory);
	snprintf(append, sizeof(append), "lifetime=%s", lifetime);
	snprintf(live, sizeof(live), "%u", processes);
	err = bench_spawn(&command, &cost);
	return err ? err : read_measures(output, measures, n);
}

static int measure(struct bench *bench, const char *lifetime, unsigned int processes,
                   struct measure *measures, size_t *n)
{
	struct measure runs[RUNS][MEASURES_MAX];
	double costs[RUNS];

	for (unsigned int i = 0; i < RUNS; i++) {
		size_t found;
		int err = measure_once(bench, lifetime, processes + i, runs[i], &found);

		if (err)
			return err;
		if (i > 0 && found != *n)
			return error_set(ERR_FAILED,
			                 "callbench printed %zu measures, then %zu", *n,
			                 found);
		*n = found;
	}
	for (size_t m = 0; m < *n; m++) {
		for (unsigned int i = 0; i < RUNS; i++)
			costs[i] = runs[i][m].cost;
		measures[m] = runs[0][m];
		measures[m].cost = bench_median(costs, RUNS);
	}
	return 0;
}

static int report_row(struct bench *bench, struct bench_row *row, const char *measure,
                      const char *lifetime, const char *with)
{
	struct text name = {0};
	int err;

	text_printf(&name, "%s, %s%s", measure, lifetime, with);
	row->name = name.failed ? measure : name.data;
	err = bench_row(bench, row);
	text_free(&name);
	return err;
}

static int report(struct bench *bench, const char *lifetime, const struct measure *alone,
                  const struct measure *crowded)
{
	char with[24];
	struct bench_row row = {
		.median = alone->cost,
		.unit = "instructions",
	};
	struct bench_row growth = {
		.median = crowded->cost,
		.unit = "instructions",
		.compared = "one live",
		.ratio = crowded->cost > 0 ? alone->cost / crowded->cost : 0,
		.target = BENCH_RATIO_AT_LEAST,
		.bound = FLAT,
	};
	int err = report_row(bench, &row, alone->name, lifetime, "");

	snprintf(with, sizeof(with), ", %d live", LIVE);
	return err ? err : report_row(bench, &growth, alone->name, lifetime, with);
}

static int run_lifetime(struct bench *bench, const char *lifetime)
{
	struct measure alone[MEASURES_MAX], crowded[MEASURES_MAX];
	size_t n = 0, m = 0;
	int err = measure(bench, lifetime, 0, alone, &n);

	if (err == 0)
		err = measure(bench, lifetime, LIVE, crowded, &m);
	if (err == 0 && m != n)
		err = error_set(ERR_FAILED, "callbench printed %zu measures, then %zu", n,
		                m);
	for (size_t i = 0; i < n && err == 0; i++)
		err = report(bench, lifetime, &alone[i], &crowded[i]);
	return err;
}

static int run(struct bench *bench)
{
	static const char *const lifetimes[] = {"reparent", "exitlock", "mailbox",
	                                        "waitqueue"};
	int err = 0;

	for (size_t i = 0; i < sizeof(lifetimes) / sizeof(*lifetimes) && err == 0; i++)
		err = run_lifetime(bench, lifetimes[i]);
	return err;
}

const struct bench_suite bench_suite_kernel = {
	.name = "kernel",
	.what = "cost of the guest kernel's calls, alone and among a thousand processes",
	.run = run,
};
