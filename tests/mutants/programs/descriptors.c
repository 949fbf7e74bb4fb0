/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * descriptors: parent and child have the two ends of a pipe in common, and each closes
 * its own: the parent after it has let the child go first, the child after a write.
 */
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int fds[2];
	int status;
	pid_t pid;

	if (pipe(fds) < 0)
		_exit(1);
	pid = fork();
	if (pid == 0)
		_exit(write(fds[1], "x", 1) == 1 ? 3 : 1);
	sched_yield();
	close(fds[0]);
	close(fds[1]);
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(3));
}
