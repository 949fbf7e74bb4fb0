/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "bench/suite_run.h"
#include "trace/trace.h"

/* Its own default: 1,000 children of a million instructions each. */
#define MIX_COMMAND_LINE "-- mix"
#define MIX_LEAST 1e9

enum { RECORDING, QEMU, MACHINES };

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

int run_speed(struct bench *bench)
{
	char path[BENCH_PATH_SIZE + 32];
	struct bench_command commands[MACHINES] = {
		[RECORDING] = {.argv = {bench->command, "run", "--record", path, "--",
	                                "mix"}},
		[QEMU] = qemu(bench),
	};
	struct bench_cost medians[MACHINES];
	struct trace *trace;
	double million;
	int err;

	snprintf(path, sizeof(path), "%s/mix.fst.jsonl", bench->directory);
	err = bench_compare(commands, MACHINES, bench->quick ? 1 : 5, medians);
	if (err == 0)
		err = trace_load(&trace, path);
	if (err != 0)
		return err;
	million = (double)trace->end.icount * 1e-6;
	trace_free(trace);
	if (million * 1e6 < MIX_LEAST)
		return error_set(ERR_FAILED, "mix retires only %.0f million instructions",
		                 million);
	return bench_row(bench,
	                 &(struct bench_row){
				 .name = "recording mix, per CPU second",
				 .median = million / medians[RECORDING].cpu,
				 .unit = "M instr/s",
				 .compared = "QEMU TCG -icount",
				 .ratio = medians[QEMU].cpu / medians[RECORDING].cpu,
				 .target = BENCH_RATIO_AT_LEAST,
				 .bound = 1.0,
			 });
}
