/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How osv's test programs report. */
#ifndef OSV_LIB_TEST_H
#define OSV_LIB_TEST_H

#include <lib/stdio.h>
#include <lib/usyscall.h>

/* Says what went wrong and where, and ends the process with status -1. */
#define error(...) osv_error(__LINE__, __VA_ARGS__)
/* The same for a condition that does not hold. */
#define assert(condition)                                                                \
	((condition) ? (void)0 : osv_error(__LINE__, "assertion failed: %s", #condition))
/* Says that a test has passed. */
#define pass(...) osv_pass(__VA_ARGS__)

_Noreturn void osv_error(int line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void osv_pass(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
