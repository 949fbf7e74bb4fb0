/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the test programs of OS/161 report.  The secret, with which a grader there tells
 * real reports from forged ones, is accepted and not used: here a trace shows what a
 * program did.
 */
#ifndef OS161_TEST161_H
#define OS161_TEST161_H

#include <stdio.h>

#define TEST161_SUCCESS 0
#define TEST161_FAIL 1

#ifndef SECRET
#define SECRET "SECRET"
#endif

/* A dot for each `every`th turn of a loop, or each 100th; the quiet kind stays quiet. */
#define TEST161_LPROGRESS_N(turn, every)                                                 \
	((turn) % (every) == 0 ? (void)printf(".") : (void)0)
#define TEST161_LPROGRESS(turn) TEST161_LPROGRESS_N(turn, 100)
#define TEST161_TPROGRESS_N(turn, every) ((void)(turn))
#define TEST161_TPROGRESS(turn) ((void)(turn))

/*
 * "NAME: SUCCESS" or "NAME: FAIL", after a newline, since there may be dots; returns the
 * length, as all of them do.
 */
int success(int status, const char *secret, const char *name);
/* "NAME: MSG", after a newline. */
int secprintf(const char *secret, const char *msg, const char *name);
/* "NAME: MSG" alone into a buffer. */
int snsecprintf(size_t size, char *buf, const char *secret, const char *msg,
                const char *name);
/* "NAME: PARTIAL CREDIT n OF total", or success() where all was scored. */
int partial_credit(const char *secret, const char *name, int scored, int total);

#endif
