/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: one child asks about the other, for which the parent waits. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct procinfo info;
	int status;
	pid_t watched = fork();
	pid_t watcher;

	if (watched == 0)
		_exit(0);
	watcher = fork();
	if (watcher == 0)
		_exit(procinfo(watched, &info) < watched);
	if (waitpid(watched, &status, 0) != watched || status != MKWAIT_EXIT(0))
		_exit(1);
	_exit(waitpid(watcher, &status, 0) != watcher || status != MKWAIT_EXIT(0));
}
