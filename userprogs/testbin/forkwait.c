/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forkwait [CHILDREN]: forks children (1), each of which exits at once, and waits for
 * each in turn.  It says nothing where all is well: the smallest program for a search.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 16

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	pid_t pids[CHILDREN_MAX];
	int status;

	if (n < 0 || n > CHILDREN_MAX)
		return 2;
	for (int i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return 3;
		if (pids[i] == 0)
			_exit(10 + i);
	}
	for (int i = 0; i < n; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 10 + i)
			return 4;
	return 0;
}
