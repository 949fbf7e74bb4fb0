/* SPDX-License-Identifier: GPL-2.0-or-later */
/* code200: an exit code that needs its eighth bit. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(200);
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(200));
}
