/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * many64: 64 children one after the other, then 64 at once, each with its own exit code.
 * Those at once are waited for in any order and each must come exactly once.
 */
#include "check.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 64

static void in_turn(void)
{
	for (int i = 0; i < N; i++) {
		pid_t pid = check_fork();

		if (pid == 0)
			_exit(i);
		check_exited(pid, i);
	}
	printf("many64: %d children in turn\n", N);
}

static void at_once(void)
{
	pid_t children[N];
	bool seen[N] = {false};

	for (int i = 0; i < N; i++) {
		children[i] = check_fork();
		if (children[i] == 0)
			_exit(i + 100);
	}
	for (int i = 0; i < N; i++) {
		int status;
		pid_t pid = waitpid(WAIT_ANY, &status, 0);
		int code = WEXITSTATUS(status) - 100;

		if (pid < 0)
			err(1, "waitpid");
		if (!WIFEXITED(status) || code < 0 || code >= N)
			fail("a child's status is 0x%x", status);
		if (children[code] != pid || seen[code])
			fail("child %d was returned as %d%s", children[code], pid,
			     seen[code] ? ", again" : "");
		seen[code] = true;
	}
	if (waitpid(WAIT_ANY, NULL, 0) != -1)
		fail("there is a child too many");
	printf("many64: %d children at once\n", N);
}

int main(void)
{
	in_turn();
	at_once();
	return 0;
}
