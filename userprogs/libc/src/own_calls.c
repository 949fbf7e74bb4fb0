/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that no other system has.  They have a file of their own, so that a program may
 * use their names for functions of its own.
 */
#include "syscall.h"

#include <unistd.h>

pid_t spawn(const char *path, char *const *argv)
{
	return (pid_t)SYSCALL2(spawn, path, argv);
}

int procinfo(int from, struct procinfo *info)
{
	return (int)SYSCALL2(procinfo, from, info);
}

int meminfo(struct meminfo *info)
{
	return (int)SYSCALL1(meminfo, info);
}
