/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forkbomb [N]: each process forks N times (11), its children too, so that there would be
 * 2^N of them if the kernel had room.  It has not: forks fail with EAGAIN or ENOMEM, what
 * they took is given back, and in the end everything that was forked has been waited for.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long n = argument(argc, argv, 1, 11);
	bool root = true;
	int status;

	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			root = false;
		else if (pid < 0 && errno != EAGAIN && errno != ENOMEM)
			err(1, "fork");
	}
	while (waitpid(WAIT_ANY, &status, 0) > 0)
		if (status != 0)
			fail("a child's status is 0x%x", status);
	if (errno != ECHILD)
		err(1, "waitpid");
	if (root) {
		pid_t pid = check_fork();

		if (pid == 0)
			_exit(5);
		check_exited(pid, 5);
		printf("forkbomb: the kernel lives\n");
	}
	return 0;
}
