/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execargs: arguments of many numbers and sizes through execv(), up to the limits.  The
 * new image is this program again: with "check N LENGTH" in front it verifies that the
 * other N arguments are LENGTH bytes long each, of a letter that tells their position.
 */
#include "check.h"

#include <abi/limits.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST 4 /* argv[0] and "check", N, LENGTH */

static char letter(unsigned long i)
{
	return (char)('a' + i % 26);
}

static int check(int argc, char **argv)
{
	unsigned long n = argument(argc, argv, 2, 0);
	unsigned long length = argument(argc, argv, 3, 0);

	if ((unsigned long)argc != FIRST + n || argv[argc] != NULL)
		fail("argc is %d, not %lu", argc, FIRST + n);
	if ((uintptr_t)argv % sizeof(*argv) != 0)
		fail("argv is not aligned");
	for (unsigned long i = 0; i < n; i++) {
		const char *arg = argv[FIRST + i];

		if (strlen(arg) != length)
			fail("argument %lu has %zu bytes, not %lu", i, strlen(arg),
			     length);
		for (unsigned long j = 0; j < length; j++)
			if (arg[j] != letter(i))
				fail("argument %lu is wrong at %lu", i, j);
	}
	return 42;
}

static _Noreturn void exec_check(unsigned long n, unsigned long length)
{
	char **argv = calloc(FIRST + n + 1, sizeof(*argv));
	char numbers[2][24];

	if (argv == NULL)
		fail("no memory");
	snprintf(numbers[0], sizeof(numbers[0]), "%lu", n);
	snprintf(numbers[1], sizeof(numbers[1]), "%lu", length);
	argv[0] = (char *)"execargs";
	argv[1] = (char *)"check";
	argv[2] = numbers[0];
	argv[3] = numbers[1];
	for (unsigned long i = 0; i < n; i++) {
		argv[FIRST + i] = calloc(1, length + 1);
		if (argv[FIRST + i] == NULL)
			fail("no memory");
		memset(argv[FIRST + i], letter(i), length);
	}
	execv("/testbin/execargs", argv);
	err(1, "execv");
}

static void pass(unsigned long n, unsigned long length)
{
	pid_t pid = check_fork();

	if (pid == 0)
		exec_check(n, length);
	check_exited(pid, 42);
	printf("execargs: %lu arguments of %lu bytes\n", n, length);
}

int main(int argc, char **argv)
{
	/* Bytes of argv[0], "check" and the numbers "1" and "65xxx", with their NULs. */
	unsigned long front =
		sizeof("execargs") + sizeof("check") + sizeof("1") + sizeof("65xxx");

	if (argc > 1)
		return check(argc, argv);
	pass(0, 0);
	pass(1, 0);
	pass(1, 1);
	pass(3, 7);
	pass(200, 10);
	pass(1, 4095);
	pass(2, 4096);
	pass(15, 4097);
	pass(1000, 60);
	pass(4000, 1);
	pass(1, ARG_MAX - front - 1);
	return 0;
}
