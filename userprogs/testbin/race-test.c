/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * race-test [ROUNDS]: parents and children that exit and wait at the same time, in many
 * mixtures: children that are waited for, children that are left behind with children of
 * their own, and exits right after each other.  The program sees only that each child it
 * waits for comes once; the rest is for the kernel to survive.
 */
#include "check.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 8

/* A child that forks `n` more, waits for the first `waits` of them, and exits. */
static _Noreturn void member(int n, int waits, int code)
{
	pid_t pids[4];

	for (int i = 0; i < n; i++) {
		pids[i] = check_fork();
		if (pids[i] == 0) {
			busy((unsigned long)(i * 37 + code * 11) % 200);
			_exit(i);
		}
	}
	for (int i = 0; i < waits; i++)
		check_exited(pids[i], i);
	_exit(code);
}

static void round_of(unsigned long seed)
{
	pid_t pids[CHILDREN];
	bool seen[CHILDREN] = {false};

	for (int i = 0; i < CHILDREN; i++) {
		int n = (int)((seed + (unsigned long)i) % 5);

		pids[i] = check_fork();
		if (pids[i] == 0)
			member(n < 4 ? n : 0, n < 4 ? (n + i) % (n + 1) : 0, i + 50);
	}
	busy(seed * 131 % 3000);
	for (int i = 0; i < CHILDREN; i++) {
		int status;
		pid_t pid = waitpid(WAIT_ANY, &status, 0);
		int child = WEXITSTATUS(status) - 50;

		if (pid < 0)
			err(1, "waitpid");
		if (!WIFEXITED(status) || child < 0 || child >= CHILDREN ||
		    pids[child] != pid || seen[child])
			fail("round %lu: pid %d with status 0x%x", seed, pid, status);
		seen[child] = true;
	}
}

int main(int argc, char **argv)
{
	unsigned long rounds = argument(argc, argv, 1, 50);

	for (unsigned long i = 0; i < rounds; i++)
		round_of(i);
	printf("race-test: %lu rounds\n", rounds);
	return 0;
}
