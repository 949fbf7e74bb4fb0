/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs written for OS/161 expect of <stdio.h> besides the usual. */
#ifndef OS161_STDIO_H
#define OS161_STDIO_H

#include "../../include/stdio.h"

/* Text that a test prints in any case, and text that graders do not need to see. */
int tprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int nprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The older name of nprintf(). */
int printsf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As puts(), without the newline; how many bytes were written. */
int __puts(const char *s);

#endif
