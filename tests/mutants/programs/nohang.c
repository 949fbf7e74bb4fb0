/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nohang: the parent lets the child go first and asks for it without blocking; where it
 * has not exited yet, it waits.
 */
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();
	pid_t got;

	if (pid == 0)
		_exit(4);
	sched_yield();
	got = waitpid(pid, &status, WNOHANG);
	if (got == 0)
		got = waitpid(pid, &status, 0);
	_exit(got != pid || status != MKWAIT_EXIT(4));
}
