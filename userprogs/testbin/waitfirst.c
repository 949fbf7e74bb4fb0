/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waitfirst [STEPS]: the parent waits before the child exits, since the child computes
 * for some time slices first.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long steps = argument(argc, argv, 1, 300000);
	pid_t pid = check_fork();

	if (pid == 0)
		_exit(busy(steps) != 0 ? 3 : 4);
	check_exited(pid, 3);
	printf("waitfirst: the child exited with 3\n");
	return 0;
}
