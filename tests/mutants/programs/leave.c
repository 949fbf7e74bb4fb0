/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leave [yield]: a child that exits, and a parent that exits without a wait: at once, so
 * that most often the child is an orphan, or after it has let the child go first.
 */
#include <sched.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t pid = fork();

	(void)argv;
	if (pid == 0)
		_exit(6);
	if (argc > 1)
		sched_yield();
	_exit(pid < 0);
}
