/* SPDX-License-Identifier: GPL-2.0-or-later */
/* one-then-any: two children; a wait for the first by its pid, then one for any. */
#include <sys/wait.h>
#include <unistd.h>

static pid_t child(int code)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(code);
	return pid;
}

int main(void)
{
	pid_t first = child(1);
	pid_t second = child(2);
	int status;

	if (waitpid(first, &status, 0) != first || status != MKWAIT_EXIT(1))
		_exit(1);
	_exit(waitpid(WAIT_ANY, &status, 0) != second || status != MKWAIT_EXIT(2));
}
