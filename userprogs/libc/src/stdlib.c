/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a process, and absolute values. */
#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void exit(int status)
{
	_exit(status);
}

_Noreturn void abort(void)
{
	__builtin_trap();
}

_Noreturn void __assert_fail(const char *expr, const char *file, int line,
                             const char *func)
{
	dprintf(STDERR_FILENO, "%s: %s:%d: %s: assertion failed: %s\n", getprogname(),
	        file, line, func, expr);
	abort();
}

int abs(int n)
{
	return n < 0 ? -n : n;
}

long labs(long n)
{
	return n < 0 ? -n : n;
}
