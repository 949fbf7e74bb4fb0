/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pidreuse: more processes one after the other than there are pids.  Each pid is one that
 * can be, none is that of a process that still lives, and none that of a zombie.
 */
#include "check.h"

#include <abi/limits.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int gate = gate_create();
	pid_t living = check_fork();
	pid_t zombie;

	if (living == 0) {
		gate_wait(gate);
		_exit(1);
	}
	zombie = check_fork();
	if (zombie == 0)
		_exit(2);

	for (int i = 0; i < PID_MAX + 100; i++) {
		pid_t pid = check_fork();

		if (pid == 0)
			_exit(3);
		if (pid <= PID_MIN || pid > PID_MAX)
			fail("pid %d", pid);
		if (pid == living || pid == zombie || pid == getpid())
			fail("pid %d belongs to another", pid);
		check_exited(pid, 3);
	}
	check_exited(zombie, 2);
	gate_open(gate);
	check_exited(living, 1);
	printf("pidreuse: %d processes, %d pids\n", PID_MAX + 100, PID_MAX);
	return 0;
}
