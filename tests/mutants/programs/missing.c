/* SPDX-License-Identifier: GPL-2.0-or-later */
/* missing: a child opens a file that is not there. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(open("/no", O_RDONLY) != -1 || errno != ENOENT);
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(0));
}
