/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execchild: the child becomes another program, the parent waits. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char *const argv[] = {(char *)"true", NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv("/bin/true", argv);
		_exit(1);
	}
	_exit(waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(0));
}
