/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measures of the suite `run`; each hands in its rows. */
#ifndef FORKSCOPE_TOOLS_BENCH_SUITE_RUN_H
#define FORKSCOPE_TOOLS_BENCH_SUITE_RUN_H

#include "bench/bench.h"

/* Recording the mixed workload, beside bare Unicorn and QEMU. */
int run_speed(struct bench *bench);

/* From the start of the command to the first instruction of a user program. */
int run_boot(struct bench *bench);

/* Guest instructions from one fork to the next of a loop of fork, exit and wait. */
int run_cycle(struct bench *bench);

/* Replays of one recording, and recordings of one run, with the same digest. */
int run_determinism(struct bench *bench);

#endif
