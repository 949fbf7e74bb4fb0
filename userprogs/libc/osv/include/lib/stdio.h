/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Input and output as osv's programs know them; printf() is that of the libc. */
#ifndef OSV_LIB_STDIO_H
#define OSV_LIB_STDIO_H

#include <arch/types.h>

#define ANSI_COLOR_RED "\x1b[31m"
#define ANSI_COLOR_GREEN "\x1b[32m"
#define ANSI_COLOR_RESET "\x1b[0m"

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes `size` bytes. */
int puts(char *buf, int size) __asm__("osv_puts");
/* Reads a line with its newline, at most max - 1 bytes, and terminates it. */
char *gets(char *buf, int max) __asm__("osv_gets");

#endif
