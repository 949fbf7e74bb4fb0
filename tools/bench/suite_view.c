/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long forkscope-view takes for a picture of 100,000 events and more, in a window on
 * a virtual X server: of many processes, and of few that are preempted all the time.
 *
 * Eyes go by the clock.  On a shared machine that tells of the others as well, so of some
 * rounds the least disturbed counts, and the CPU time, which is the viewer's own without
 * that of the X server, stands beside it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "trace/text.h"

#define EVENTS_LEAST 100000
#define ROUNDS 5
/* A sixtieth of a second, at which displays show pictures. */
#define FRAME_MS 16

struct subject {
	const char *name;
	const char *argv[8]; /* of forkscope run, behind --record */
};

static const struct subject subjects[] = {
	{"9,500 processes", {"--", "forkbench", "9500"}},
	{"30 processes", {"--timeslice", "1000", "--", "mix", "30"}},
};

struct figures {
	double median, p99, cpu_p99;
};

static int record(struct bench *bench, const struct subject *subject, const char *path)
{
	struct bench_command command = {
		.argv = {bench->command, "run", "--record", path},
		.output = "/dev/null",
	};
	struct bench_cost cost;

	for (size_t i = 0; subject->argv[i]; i++)
		command.argv[4 + i] = subject->argv[i];
	return bench_spawn(&command, &cost);
}

/* Of a trace of fewer events the figures would say nothing. */
static int count_events(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t lines = 0;
	int c;

	if (file == NULL)
		return error_set(ERR_FILE, "cannot read %s", path);
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	if (lines < EVENTS_LEAST)
		return error_set(ERR_FAILED, "%s has only %zu records", path, lines);
	return 0;
}

static int view(struct bench *bench, const char *trace, struct figures *figures)
{
	char viewer[BENCH_PATH_SIZE + 32], output[BENCH_PATH_SIZE + 32];
	struct bench_command command = {
		.argv = {"xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", viewer,
	                 "--frames", bench->quick ? "120" : "600", trace},
		.output = output,
	};
	struct bench_cost cost;
	FILE *file;
	int err, n;

	snprintf(viewer, sizeof(viewer), "%s-view", bench->command);
	snprintf(output, sizeof(output), "%s/frames", bench->directory);
	err = bench_spawn(&command, &cost);
	if (err != 0)
		return err;
	file = fopen(output, "r");
	if (file == NULL)
		return error_set(ERR_FILE, "cannot read %s", output);
	n = fscanf(file,
	           "{\"frames\":%*d,\"median_ms\":%lf,\"p99_ms\":%lf,\"max_ms\":%*f,"
	           "\"cpu_median_ms\":%*f,\"cpu_p99_ms\":%lf",
	           &figures->median, &figures->p99, &figures->cpu_p99);
	fclose(file);
	return n == 3 ? 0 : error_set(ERR_FAILED, "forkscope-view told no frame times");
}

static int report(struct bench *bench, const char *subject, const char *what, double ms)
{
	struct bench_row row = {
		.median = ms,
		.unit = "ms",
		.target = BENCH_MEDIAN_AT_MOST,
		.bound = FRAME_MS,
	};
	struct text name = {0};
	int err;

	text_printf(&name, "a frame, %s, %s", subject, what);
	row.name = name.failed ? what : name.data;
	err = bench_row(bench, &row);
	text_free(&name);
	return err;
}

static int measure(struct bench *bench, const struct subject *subject)
{
	struct figures least = {0}, figures;
	char path[BENCH_PATH_SIZE + 32];
	int err;

	snprintf(path, sizeof(path), "%s/view.fst.jsonl", bench->directory);
	err = record(bench, subject, path);
	if (err == 0)
		err = count_events(path);
	for (int i = 0; i < ROUNDS && err == 0; i++) {
		err = view(bench, path, &figures);
		if (i == 0 || figures.p99 < least.p99)
			least = figures;
	}
	if (err == 0)
		err = report(bench, subject->name, "median", least.median);
	if (err == 0)
		err = report(bench, subject->name, "99 of 100", least.p99);
	return err ? err : report(bench, subject->name, "CPU 99 of 100", least.cpu_p99);
}

static int run(struct bench *bench)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects) && err == 0; i++)
		err = measure(bench, &subjects[i]);
	return err;
}

const struct bench_suite bench_suite_view = {
	.name = "view",
	.what = "frame times of forkscope-view with 100,000 events",
	.run = run,
};
