/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wait-twice: a child can be waited for once; after that it is nobody's: ECHILD. */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status = 0x1234;
	pid_t pid = check_fork();

	if (pid == 0)
		_exit(9);
	check_exited(pid, 9);
	check_error("the second wait", waitpid(pid, &status, 0), ECHILD);
	check_error("the third wait", waitpid(pid, NULL, WNOHANG), ECHILD);
	check_error("a wait for any", waitpid(WAIT_ANY, &status, 0), ECHILD);
	if (status != 0x1234)
		fail("a wait that failed stored a status");
	printf("wait-twice: ECHILD the second time\n");
	return 0;
}
