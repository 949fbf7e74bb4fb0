/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multiexec [N]: N processes (12) that wait at a gate and then all load a program at the
 * same time, each with another result to come.
 */
#include "check.h"

#include <err.h>
#include <stdio.h>
#include <unistd.h>

#define N_MAX 100

int main(int argc, char **argv)
{
	static char *const programs[] = {(char *)"/bin/true", (char *)"/bin/false"};
	unsigned long n = argument(argc, argv, 1, 12);
	pid_t pids[N_MAX];
	int gate = gate_create();

	if (n > N_MAX)
		fail("at most %d", N_MAX);
	for (unsigned long i = 0; i < n; i++) {
		pids[i] = check_fork();
		if (pids[i] == 0) {
			char *const args[] = {programs[i % 2], NULL};

			gate_wait(gate);
			execv(args[0], args);
			err(2, "%s", args[0]);
		}
	}
	gate_open(gate);
	for (unsigned long i = 0; i < n; i++)
		check_exited(pids[i], (int)(i % 2));
	printf("multiexec: %lu at once\n", n);
	return 0;
}
