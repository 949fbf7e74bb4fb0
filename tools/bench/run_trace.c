/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured with the help of a recorded trace: boot, and the fork cycle. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/suite_run.h"
#include "trace/trace.h"

#define CYCLES 1000

static int record(struct bench *bench, const char *program, const char *argument,
                  struct trace **trace)
{
	char path[BENCH_PATH_SIZE + 32];
	struct bench_command command = {.argv = {bench->command, "run", "--record", path,
	                                         "--", program, argument}};
	struct bench_cost cost;
	int err;

	snprintf(path, sizeof(path), "%s/%s.fst.jsonl", bench->directory, program);
	err = bench_spawn(&command, &cost);
	return err != 0 ? err : trace_load(trace, path);
}

/* The first exec is init's: at its count the first user instruction is next. */
static int first_exec(struct bench *bench, uint64_t *icount)
{
	struct trace *trace;
	int err = record(bench, "true", NULL, &trace);

	if (err != 0)
		return err;
	err = error_set(ERR_FAILED, "the trace of a boot has no exec event");
	for (size_t i = 0; i < trace->nevents; i++)
		if (trace->events[i].kind == TRACE_EXEC) {
			*icount = trace->events[i].icount;
			err = 0;
			break;
		}
	trace_free(trace);
	return err;
}

int run_boot(struct bench *bench)
{
	char limit[24];
	struct bench_command command = {
		.argv = {bench->command, "run", "--max-instructions", limit, "--",
	                 "true"},
		.status = EXIT_LIMIT,
	};
	struct bench_cost median;
	uint64_t icount;
	int err = first_exec(bench, &icount);

	if (err != 0)
		return err;
	snprintf(limit, sizeof(limit), "%" PRIu64, icount);
	err = bench_compare(&command, 1, bench->quick ? 3 : 21, &median);
	if (err != 0)
		return err;
	return bench_row(bench, &(struct bench_row){
					.name = "start to the first user instruction",
					.median = median.cpu * 1e3,
					.unit = "CPU ms",
					.target = BENCH_MEDIAN_AT_MOST,
					.bound = 30,
				});
}

/* Distances between the forks of the process that forked last. */
static size_t fork_distances(const struct trace *trace, double *distances)
{
	const struct trace_event *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < trace->nevents; i++) {
		const struct trace_event *event = &trace->events[i];

		if (event->kind != TRACE_FORK)
			continue;
		if (last != NULL && strcmp(last->proc, event->proc) == 0 && n < CYCLES)
			distances[n++] = (double)(event->icount - last->icount);
		last = event;
	}
	return n;
}

int run_cycle(struct bench *bench)
{
	double distances[CYCLES], median;
	struct trace *trace;
	size_t n;
	int err = record(bench, "forkbench", bench->quick ? "100" : "1000", &trace);

	if (err != 0)
		return err;
	n = fork_distances(trace, distances);
	trace_free(trace);
	if (n == 0)
		return error_set(ERR_FAILED, "the trace of forkbench has no two forks");
	median = bench_median(distances, n);
	return bench_row(bench, &(struct bench_row){
					.name = "fork, exit and wait, a cycle",
					.median = median,
					.unit = "instructions",
					.target = BENCH_MEDIAN_AT_MOST,
					.bound = 60000,
				});
}
