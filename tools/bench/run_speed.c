/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bench/suite_run.h"
#include "trace/trace.h"

/* Its own default: 1,000 children of five rounds, a million instructions, each. */
#define MIX_COMMAND_LINE "-- mix"
#define MIX_CHILDREN 1000
#define MIX_LEAST 1e9

enum { RECORDING, BARE, QEMU, MACHINES };

/* The same kernel and initrd on QEMU, whose clock counts instructions as ours does. */
static struct bench_command qemu(const struct bench *bench)
{
	/* isa-debug-exit gives twice the guest's status and 1. */
	struct bench_command command = {.argv = {"qemu-system-x86_64", "-accel", "tcg",
	                                         "-icount", "shift=0", "-m", "64",
	                                         "-nodefaults", "-no-reboot", "-display",
	                                         "none", "-serial", "stdio", "-device",
	                                         "isa-debug-exit,iobase=0xf4,iosize=4"},
	                                .status = 1};
	const char *const images[] = {"-kernel",     bench->kernel, "-initrd",
	                              bench->initrd, "-append",     MIX_COMMAND_LINE,
	                              NULL};
	size_t n = 0;

	while (command.argv[n] != NULL)
		n++;
	memcpy(&command.argv[n], images, sizeof(images));
	return command;
}

/* What the children compute, in an engine without hooks. */
static struct bench_command bare(const struct bench *bench, const char *calls,
                                 const char *count, const char *output)
{
	return (struct bench_command){.argv = {bench->bare, bench->mix, calls, "5",
	                                       count},
	                              .output = output};
}

/* Instructions of a child, in the mean. */
static int count_bare(const struct bench *bench, double *instructions)
{
	char path[BENCH_PATH_SIZE + 32] = "";
	struct bench_command command = bare(bench, "4", "count", path);
	struct bench_cost cost;
	struct file file;
	int err;

	snprintf(path, sizeof(path), "%s/count", bench->directory);
	err = bench_spawn(&command, &cost);
	if (err == 0)
		err = file_read(&file, path, 100);
	if (err != 0)
		return err;
	*instructions = strtod((char *)file.data, NULL);
	file_free(&file);
	return 0;
}

static int count_recorded(const char *path, double *instructions)
{
	struct trace *trace;
	int err = trace_load(&trace, path);

	if (err != 0)
		return err;
	*instructions = (double)trace->end.icount;
	trace_free(trace);
	if (*instructions < MIX_LEAST)
		return error_set(ERR_FAILED, "mix retires only %.0f instructions",
		                 *instructions);
	return 0;
}

int run_speed(struct bench *bench)
{
	char path[BENCH_PATH_SIZE + 32], children[16] = "";
	struct bench_command commands[MACHINES] = {
		[RECORDING] = {.argv = {bench->command, "run", "--record", path, "--",
	                                "mix"}},
		[BARE] = bare(bench, children, NULL, NULL),
		[QEMU] = qemu(bench),
	};
	struct bench_cost medians[MACHINES];
	double recorded, child, speed;
	int err;

	snprintf(path, sizeof(path), "%s/mix.fst.jsonl", bench->directory);
	snprintf(children, sizeof(children), "%d", MIX_CHILDREN);
	err = bench_compare(commands, MACHINES, bench->quick ? 1 : 5, medians);
	if (err == 0)
		err = count_recorded(path, &recorded);
	if (err == 0)
		err = count_bare(bench, &child);
	if (err != 0)
		return err;
	speed = recorded / medians[RECORDING].cpu;
	err = bench_row(bench, &(struct bench_row){
				       .name = "recording mix, per CPU second",
				       .median = speed * 1e-6,
				       .unit = "M instr/s",
				       .compared = "bare Unicorn",
				       .ratio = speed / (child * MIX_CHILDREN /
	                                                 medians[BARE].cpu),
				       .target = BENCH_RATIO_AT_LEAST,
				       .bound = 0.65,
			       });
	if (err != 0)
		return err;
	return bench_row(bench,
	                 &(struct bench_row){
				 .name = "recording mix, per CPU second",
				 .median = speed * 1e-6,
				 .unit = "M instr/s",
				 .compared = "QEMU TCG -icount",
				 .ratio = medians[QEMU].cpu / medians[RECORDING].cpu,
				 .target = BENCH_RATIO_AT_LEAST,
				 .bound = 1.0,
			 });
}
