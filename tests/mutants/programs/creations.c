/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * creations: the parent leaves a zombie behind and a child that forks; so two processes
 * may come to look for zombies at the same time, that child and init.
 */
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void creator(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	_exit(waitpid(pid, NULL, 0) != pid);
}

int main(void)
{
	if (fork() == 0)
		_exit(1);
	sched_yield();
	if (fork() == 0)
		creator();
	_exit(0);
}
