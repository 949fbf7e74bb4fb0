/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit-test: every exit code from 0 to 255 comes back as it is, and others as their low
 * eight bits; the return of main() is an exit; what was forked is gone after its exit,
 * its files closed and its memory given back.
 */
#include "check.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void code(int given, int expected)
{
	pid_t pid = check_fork();

	if (pid == 0)
		exit(given);
	check_exited(pid, expected);
}

int main(int argc, char **argv)
{
	char *const again[] = {(char *)"exit-test", (char *)"return", NULL};
	pid_t pid;

	(void)argv;
	if (argc > 1)
		return 99;
	for (int i = 0; i < 256; i++)
		code(i, i);
	code(256, 0);
	code(-1, 255);
	code(0x12345678, 0x78);

	pid = check_fork();
	if (pid == 0) {
		execv("/testbin/exit-test", again);
		err(1, "execv");
	}
	check_exited(pid, 99);

	/* More memory in all than the machine has, unless exit gives it back. */
	for (int i = 0; i < 100; i++) {
		pid = check_fork();
		if (pid == 0) {
			char *p = sbrk(2 << 20);

			if (p == (char *)-1)
				err(1, "child %d: sbrk", i);
			for (int page = 0; page < 512; page++)
				p[page * 4096] = 1;
			_exit(0);
		}
		check_exited(pid, 0);
	}
	printf("exit-test: passed\n");
	return 0;
}
