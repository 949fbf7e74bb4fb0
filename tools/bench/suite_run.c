/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/suite_run.h"

static int run(struct bench *bench)
{
	int err = run_speed(bench);

	if (err == 0)
		err = run_boot(bench);
	if (err == 0)
		err = run_cycle(bench);
	if (err == 0)
		err = run_determinism(bench);
	return err;
}

const struct bench_suite bench_suite_run = {
	.name = "run",
	.what = "speed of a recording run, boot, fork cycle, determinism",
	.run = run,
};
