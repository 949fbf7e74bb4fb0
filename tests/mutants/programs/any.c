/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * any N: N children, up to 3, each taken once by a wait for any, and then none is left.
 * Child i yields i times first.
 */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void child(int i)
{
	for (int n = 0; n < i; n++)
		sched_yield();
	_exit(i + 1);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? argv[1][0] - '0' : 1;
	pid_t children[3] = {0};
	int status;

	for (int i = 0; i < n; i++) {
		children[i] = fork();
		if (children[i] == 0)
			child(i);
	}
	for (int left = n; left > 0; left--) {
		pid_t pid = waitpid(WAIT_ANY, &status, 0);
		int i = 0;

		while (i < n && children[i] != pid)
			i++;
		if (pid <= 0 || i == n || status != MKWAIT_EXIT(i + 1))
			_exit(1);
		children[i] = 0;
	}
	_exit(waitpid(WAIT_ANY, &status, 0) != -1 || errno != ECHILD);
}
