/* SPDX-License-Identifier: GPL-2.0-or-later */
/* badstatus: a wait with a bad pointer is refused, and the child is still there. */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int *nowhere = (int *)0x40000000;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(17);
	if (waitpid(pid, nowhere, 0) != -1 || errno != EFAULT)
		_exit(1);
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(17));
}
