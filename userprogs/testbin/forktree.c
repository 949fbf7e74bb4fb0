/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forktree [DEPTH]: a binary tree of processes, 4 deep.  Each waits for its two children;
 * a leaf exits with 1 and the others with the sum of their children, so that the root
 * finds the number of leaves.
 */
#include "check.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH_MAX 7 /* 128 leaves: the sum still fits an exit code */

static int grow(unsigned long depth)
{
	pid_t children[2];
	int sum = 0;

	if (depth == 0)
		return 1;
	for (int i = 0; i < 2; i++) {
		children[i] = check_fork();
		if (children[i] == 0)
			_exit(grow(depth - 1));
	}
	for (int i = 0; i < 2; i++) {
		int status = check_wait(children[i]);

		if (!WIFEXITED(status))
			fail("a child was killed: status 0x%x", status);
		sum += WEXITSTATUS(status);
	}
	return sum;
}

int main(int argc, char **argv)
{
	unsigned long depth = argument(argc, argv, 1, 4);
	int leaves;

	if (depth > DEPTH_MAX)
		fail("at most %d deep", DEPTH_MAX);
	leaves = grow(depth);
	if (leaves != 1 << depth)
		fail("%d leaves, not %d", leaves, 1 << depth);
	printf("forktree: %d leaves\n", leaves);
	return 0;
}
