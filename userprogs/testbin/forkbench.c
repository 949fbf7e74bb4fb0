/* SPDX-License-Identifier: GPL-2.0-or-later */
/* forkbench [N]: N cycles (1,000) of fork, exit and wait, nothing else. */
#include "check.h"

#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long n = argument(argc, argv, 1, 1000);

	for (unsigned long i = 0; i < n; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit((int)(i & 0xff));
		if (pid < 0)
			err(1, "fork %lu", i);
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid %lu", i);
		if (status != MKWAIT_EXIT(i))
			fail("cycle %lu: status 0x%x", i, status);
	}
	printf("forkbench: %lu cycles\n", n);
	return 0;
}
