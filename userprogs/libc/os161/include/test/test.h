/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of test programs.  With tests run by a person, tsay() and lsay() speak and
 * nsay(), which is for graders, does not.
 */
#ifndef OS161_TEST_TEST_H
#define OS161_TEST_TEST_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <test161/test161.h>
#include <unistd.h>

void tsay(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void nsay(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void lsay(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
