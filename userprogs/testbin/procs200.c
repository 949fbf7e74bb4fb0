/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procs200 [N]: N processes (200) that are all alive at once, since each waits at a gate
 * before it works, some of it in a grandchild: a run with many switches, to be replayed.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 200

/* Every fourth child leaves half of its work to a child of its own. */
static int work(unsigned long i, int gate)
{
	gate_wait(gate);
	if (i % 4 == 3) {
		pid_t pid = check_fork();

		if (pid == 0)
			_exit(busy(500) != 0 ? 1 : 2);
		check_exited(pid, 1);
	}
	busy(500 + i * 7);
	return (int)(i & 0x7f);
}

int main(int argc, char **argv)
{
	unsigned long n = argument(argc, argv, 1, N);
	pid_t *children = calloc(n, sizeof(*children));
	int gate = gate_create();

	if (children == NULL)
		fail("no memory for %lu children", n);
	for (unsigned long i = 0; i < n; i++) {
		children[i] = check_fork();
		if (children[i] == 0)
			_exit(work(i, gate));
	}
	gate_open(gate);
	for (unsigned long i = 0; i < n; i++)
		check_exited(children[i], (int)(i & 0x7f));
	printf("procs200: %lu processes\n", n);
	return 0;
}
