/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table on stdout, row by row as it comes, and the same as JSON. */
#ifndef FORKSCOPE_TOOLS_BENCH_REPORT_H
#define FORKSCOPE_TOOLS_BENCH_REPORT_H

#include "bench/bench.h"

struct bench_report;

/* NULL where memory is out. */
struct bench_report *bench_report_new(void);
void bench_report_free(struct bench_report *report);

/* The rows that follow belong to this suite; prints the head of its table. */
void bench_report_suite(struct bench_report *report, const struct bench_suite *suite);

/* How many rows missed their targets. */
int bench_report_missed(const struct bench_report *report);

int bench_report_json(const struct bench_report *report, const char *path);

#endif
