/* SPDX-License-Identifier: GPL-2.0-or-later */
/* again: a second wait for the same child, some time after the first: ECHILD. */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(9);
	if (waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(9))
		_exit(1);
	sched_yield();
	_exit(waitpid(pid, &status, 0) != -1 || errno != ECHILD);
}
