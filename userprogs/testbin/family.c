/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * family: a program that can show every ordering of a parent and a child.  It waits for
 * the first of its two children, before or after that one exits, and leaves the second
 * behind, running or already a zombie.
 */
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child(int code)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		_exit(code);
	return pid;
}

int main(void)
{
	pid_t first = child(1);
	int status;

	child(2);
	if (waitpid(first, &status, 0) != first)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		errx(1, "the first child's status is 0x%x", status);
	printf("family: the first child exited with 1, the second is left behind\n");
	return 0;
}
