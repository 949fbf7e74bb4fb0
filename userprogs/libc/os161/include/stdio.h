/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OS/161's <stdio.h>: what it has and no more.  There are no streams. */
#ifndef OS161_STDIO_H
#define OS161_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int puts(const char *s);
int putchar(int c);
int getchar(void);

/* Text that a test prints in any case, and text that graders do not need to see. */
int tprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int nprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The older name of nprintf(). */
int printsf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As puts(), without the newline; how many bytes were written. */
int __puts(const char *s);

#endif
