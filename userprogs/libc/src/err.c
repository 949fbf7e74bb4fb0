/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <err.h>: messages with the program's name and the error. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `error` is an errno, or 0 for none.  Longer messages than a line are cut. */
static void message(int error, const char *fmt, va_list ap)
{
	char line[STDIO_LINE - 64];

	vsnprintf(line, sizeof(line), fmt, ap);
	if (error != 0)
		dprintf(STDERR_FILENO, "%s: %s: %s\n", getprogname(), line,
		        strerror(error));
	else
		dprintf(STDERR_FILENO, "%s: %s\n", getprogname(), line);
}

void vwarn(const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
}

void vwarnx(const char *fmt, va_list ap)
{
	message(0, fmt, ap);
}

_Noreturn void verr(int status, const char *fmt, va_list ap)
{
	message(errno, fmt, ap);
	exit(status);
}

_Noreturn void verrx(int status, const char *fmt, va_list ap)
{
	message(0, fmt, ap);
	exit(status);
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
}

void warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
}

_Noreturn void err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verr(status, fmt, ap);
}

_Noreturn void errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verrx(status, fmt, ap);
}

void perror(const char *s)
{
	warn("%s", s);
}
