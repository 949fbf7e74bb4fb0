/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest program with an ordering: a parent, a child that exits with 7, and a wait.
 * Whether the parent waits before or after the child exits is up to the schedule.
 */
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		_exit(7);

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		errx(1, "the child's status is 0x%x", status);
	printf("ordtest: the child exited with 7\n");
	return 0;
}
