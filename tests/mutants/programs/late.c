/* SPDX-License-Identifier: GPL-2.0-or-later */
/* late: the parent lets the child go first, so that most often it waits after the exit.
 */
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(5);
	sched_yield();
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(5));
}
