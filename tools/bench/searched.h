/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a search by `forkscope explore` came to. */
#ifndef FORKSCOPE_TOOLS_BENCH_SEARCHED_H
#define FORKSCOPE_TOOLS_BENCH_SEARCHED_H

#include "bench/bench.h"

#define BENCH_CHECK_SIZE 32

struct bench_searched {
	struct bench_cost cost; /* of the whole command */
	bool complete;
	double runs;    /* interleavings, those cut short among them */
	double seconds; /* of the host's clock, from the start of the search */
	int violations;
	/* The first violation, where there is one. */
	char check[BENCH_CHECK_SIZE];
	double interleaving, found; /* which it was, and after how many seconds */
	int preemptions;            /* once minimised */
};

/*
 * Runs `forkscope explore --json` with these arguments, ended by NULL.  ERR_FAILED where
 * it prints no report; else as bench_spawn().
 */
int bench_search(struct bench *bench, const char *const *argv,
                 struct bench_searched *searched);

#endif
