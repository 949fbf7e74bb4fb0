/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program in C as someone may bring it: a parent that waits for its child. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		return 7;
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	printf("%s: %d arguments, the first is %s\n", argv[0], argc - 1, argv[1]);
	printf("%s: the child returned %d\n", __FILE__, WEXITSTATUS(status));
	return 0;
}
