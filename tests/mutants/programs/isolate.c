/* SPDX-License-Identifier: GPL-2.0-or-later */
/* isolate: what a child writes to its memory is not seen by its parent. */
#include <sys/wait.h>
#include <unistd.h>

static volatile int value = 1;

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		value = 2;
		_exit(0);
	}
	if (value != 1)
		_exit(1);
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(0));
}
