/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wnohang: waitpid() with WNOHANG gives 0 while the child lives, its pid and status once
 * it has exited, and ECHILD after that; unknown options are refused.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Polls until a child has come; its pid. */
static pid_t poll(pid_t target, int *status)
{
	pid_t pid;

	while ((pid = waitpid(target, status, WNOHANG)) == 0)
		check_sleep(100);
	if (pid < 0)
		err(1, "waitpid");
	return pid;
}

static void round_of(pid_t target_any)
{
	int status = 0x1234;
	int gate = gate_create();
	pid_t pid = check_fork();
	pid_t target = target_any != 0 ? target_any : pid;

	if (pid == 0) {
		gate_wait(gate);
		_exit(11);
	}
	if (waitpid(target, &status, WNOHANG) != 0 || status != 0x1234)
		fail("a living child was waited for");
	gate_open(gate);
	if (poll(target, &status) != pid || status != MKWAIT_EXIT(11))
		fail("the status is 0x%x", status);
	check_error("a wait too many", waitpid(target, &status, WNOHANG), ECHILD);
	close(gate);
}

int main(void)
{
	pid_t pid;

	round_of(0);
	round_of(WAIT_ANY);
	pid = check_fork();
	if (pid == 0)
		_exit(12);
	check_error("unknown options", waitpid(pid, NULL, 0x40), EINVAL);
	check_error("unknown options", waitpid(pid, NULL, -1), EINVAL);
	check_exited(pid, 12);
	printf("wnohang: 0, then the child, then ECHILD\n");
	return 0;
}
