/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orphans: a chain of three generations whose elders die first.  The first exits when it
 * has a child, the second when the first is gone and it has a child, and the third sees
 * both go.  Nobody waits: the orphans are the kernel's to look after.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

/* Until the process with this pid is no longer the caller's parent. */
static void outlive(pid_t parent)
{
	while (getppid() == parent)
		check_sleep(100);
}

int main(void)
{
	pid_t first = getpid();
	pid_t second;

	if (check_fork() > 0)
		return 0;

	outlive(first);
	printf("orphans: the second generation is an orphan\n");
	second = getpid();
	if (check_fork() > 0)
		_exit(2);

	outlive(second);
	printf("orphans: the third generation is an orphan\n");
	_exit(3);
}
