/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait-bad-args: wrong pids, pointers and options to waitpid().  None of them loses the
 * child, which can still be waited for.
 */
#include "check.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	static const pid_t strangers[] = {0, PID_MIN, PID_MAX, -2, INT_MAX, INT_MIN};
	static const uintptr_t pointers[] = {
		1,
		0x40000000,
		0x7ffffffffffd,
		0x800000000000,
		0xffff800000000000,
		0xffffffff80000000,
		UINTPTR_MAX,
	};
	static const int options[] = {2, 4, 0x100, -1, INT_MIN};
	int status;
	pid_t pid = check_fork();

	if (pid == 0)
		_exit(17);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		check_error("a stranger", waitpid(strangers[i], &status, 0), ECHILD);
	check_error("oneself", waitpid(getpid(), &status, 0), ECHILD);
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		check_error("a bad pointer", waitpid(pid, (int *)pointers[i], 0), EFAULT);
		check_error("a bad pointer", waitpid(WAIT_ANY, (int *)pointers[i], 0),
		            EFAULT);
	}
	check_error("text", waitpid(pid, (int *)(uintptr_t)main, 0), EFAULT);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		check_error("options", waitpid(pid, &status, options[i]), EINVAL);

	check_exited(pid, 17);
	pid = check_fork();
	if (pid == 0)
		_exit(18);
	if (waitpid(pid, NULL, 0) != pid)
		fail("a null pointer means that no status is wanted");
	printf("wait-bad-args: passed\n");
	return 0;
}
