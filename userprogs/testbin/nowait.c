/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nowait [STEPS]: the parent exits without waiting, and the child, which computes for
 * some time slices, lives on.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long steps = argument(argc, argv, 1, 300000);

	printf("nowait: the parent forks and exits\n");
	if (check_fork() > 0)
		return 0;
	if (busy(steps) == 0)
		fail("the computation went wrong");
	printf("nowait: the child is done\n");
	return 6;
}
