/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a process, and random numbers. */
#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned int seed = 1;

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

/* Marsaglia's xorshift, 32 bits: no state but 0 leads to 0. */
long random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed & RAND_MAX;
}

void srandom(unsigned int n)
{
	seed = n != 0 ? n : 1;
}

int rand(void)
{
	return (int)random();
}

void srand(unsigned int n)
{
	srandom(n);
}

int abs(int n)
{
	return n < 0 ? -n : n;
}

long labs(long n)
{
	return n < 0 ? -n : n;
}
