/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * brktest: the heap grows and shrinks by sbrk().  New memory is zero, also where the
 * heap was before; a child has a heap of its own; what cannot be is refused and changes
 * nothing.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static char *move(ptrdiff_t change)
{
	char *old = sbrk(change);

	if (old == (char *)-1)
		err(1, "sbrk(%ld)", change);
	return old;
}

static void expect_bytes(const char *p, size_t n, int value)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (char)value)
			fail("byte %zu is %d, not %d", i, p[i], value);
}

static void grow_and_shrink(void)
{
	char *start = move(0);
	char *p = move(3 * PAGE + 5);

	if (p != start || move(0) != start + 3 * PAGE + 5)
		fail("the heap did not grow by what was asked for");
	expect_bytes(p, 3 * PAGE + 5, 0);
	memset(p, 'x', 3 * PAGE + 5);
	move(-(2 * PAGE + 5));
	expect_bytes(p, PAGE, 'x');
	if (move(2 * PAGE) != start + PAGE)
		fail("the heap did not shrink by what was asked for");
	/* Up to two pages were given back; those must come back as zeros. */
	expect_bytes((char *)(((uintptr_t)start + 2 * PAGE) & ~(uintptr_t)(PAGE - 1)),
	             PAGE, 0);
	move(-3 * PAGE);
	if (move(0) != start)
		fail("the heap does not end where it did");
}

static char *beyond;

static void touch(void)
{
	*(volatile char *)beyond = 1;
}

static void refusals(void)
{
	char *end = move(0);

	check_error("sbrk below the start", (long)sbrk(-((ptrdiff_t)1 << 30)), EINVAL);
	check_error("sbrk below zero", (long)sbrk(INT64_MIN), EINVAL);
	check_error("sbrk beyond memory", (long)sbrk((ptrdiff_t)1 << 40), ENOMEM);
	check_error("sbrk beyond all addresses", (long)sbrk(INT64_MAX), ENOMEM);
	if (move(0) != end)
		fail("a refusal moved the end");
	beyond = end + 16 * PAGE;
	check_fatal("a write beyond the heap", touch, SIGSEGV);
}

static void own_heap(void)
{
	char *p = move(PAGE);
	pid_t pid;

	p[0] = 'p';
	pid = check_fork();
	if (pid == 0) {
		p[0] = 'c';
		_exit(move(PAGE) != p + PAGE);
	}
	check_exited(pid, 0);
	if (p[0] != 'p' || move(0) != p + PAGE)
		fail("a child changed its parent's heap");
}

int main(void)
{
	grow_and_shrink();
	refusals();
	own_heap();
	printf("brktest: the heap grows and shrinks\n");
	return 0;
}
