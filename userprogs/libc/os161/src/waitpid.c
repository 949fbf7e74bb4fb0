/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OS/161 tells a process that is no child from one that does not exist. */
#include "../../src/syscall.h"

#include <abi/procinfo.h>
#include <sys/wait.h>

static int exists(pid_t pid)
{
	struct procinfo info;

	return SYSCALL2(procinfo, pid, &info) == pid;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	pid_t result = (pid_t)SYSCALL3(waitpid, pid, status, options);

	if (result < 0 && errno == ECHILD && pid != WAIT_ANY && !exists(pid))
		errno = ESRCH;
	return result;
}
