/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait-stranger: only one's own children can be waited for.  The process itself, its
 * parent, a sibling, a grandchild, pids that nobody has, and numbers that are no pids:
 * the error is always ECHILD.
 */
#include "check.h"

#include <abi/limits.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void refuse(const char *whose, pid_t pid)
{
	int status = 0x1234;

	check_error(whose, waitpid(pid, &status, 0), ECHILD);
	if (status != 0x1234)
		fail("%s: a status was stored", whose);
	printf("wait-stranger: %s: %s\n", whose, strerror(errno));
}

int main(void)
{
	pid_t parent = getpid();
	pid_t sibling = check_fork();
	pid_t child;

	if (sibling == 0) {
		check_sleep(1000);
		_exit(1);
	}
	child = check_fork();
	if (child == 0) {
		refuse("oneself", getpid());
		refuse("the parent", parent);
		refuse("the grandparent", PID_MIN);
		refuse("a sibling", sibling);
		refuse("a pid that nobody has", PID_MAX);
		refuse("zero", 0);
		refuse("a negative number", -2);
		refuse("the smallest number", -2147483647 - 1);
		refuse("a number above all pids", 2147483647);
		_exit(0);
	}
	check_exited(child, 0);
	check_exited(sibling, 1);
	return 0;
}
