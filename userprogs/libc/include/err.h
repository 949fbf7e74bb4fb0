/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on standard error, each written by one write(): the name of the program, the
 * text, and for err and warn the error in errno.
 */
#ifndef _ERR_H
#define _ERR_H

#include <stdarg.h>

_Noreturn void err(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void errx(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void verr(int status, const char *fmt, va_list ap);
_Noreturn void verrx(int status, const char *fmt, va_list ap);
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vwarn(const char *fmt, va_list ap);
void vwarnx(const char *fmt, va_list ap);

/* The last component of argv[0]. */
const char *getprogname(void);

#endif
