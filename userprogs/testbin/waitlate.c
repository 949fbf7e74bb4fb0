/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waitlate [STEPS]: the parent waits after the child has exited, since it computes for
 * some time slices first.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long steps = argument(argc, argv, 1, 300000);
	pid_t pid = check_fork();

	if (pid == 0)
		_exit(5);
	if (busy(steps) == 0)
		fail("the computation went wrong");
	check_exited(pid, 5);
	printf("waitlate: the child exited with 5\n");
	return 0;
}
