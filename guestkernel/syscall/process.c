/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about processes. */
#include <stddef.h>

#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/panic.h"
#include "mm/addr_space.h"
#include "mm/usercopy.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "syscall/syscall.h"
#include "thread/thread.h"

/* fork(void) */
int64_t sys_fork(struct trap_frame *tf)
{
	return proc_fork(tf);
}

/* execv(const char *path, char *const argv[]) */
int64_t sys_execv(struct trap_frame *tf)
{
	return proc_exec(tf->rdi, tf->rsi, tf);
}

/* spawn(const char *path, char *const argv[]): fork and execv in one, the child's pid */
int64_t sys_spawn(struct trap_frame *tf)
{
	return proc_spawn(tf->rdi, tf->rsi);
}

/* _exit(int code) */
int64_t sys_exit(struct trap_frame *tf)
{
	proc_exit(MKWAIT_EXIT(tf->rdi));
}

/*
 * waitpid(int pid, int *status, int options).  That the status can be stored is made sure
 * before a child is reaped: afterwards it would be too late to fail.
 */
int64_t sys_waitpid(struct trap_frame *tf)
{
	int pid = (int)tf->rdi;
	uint64_t address = tf->rsi;
	int options = (int)tf->rdx;
	int status;
	int result;

	if (options & ~WNOHANG)
		return -EINVAL;
	if (address != 0) {
		result = copyout_prepare(address, sizeof(status));
		if (result != 0)
			return result;
	}
	result = lifetime->wait(proc_current(), pid, options, &status);
	if (result > 0 && address != 0) {
		int error = copyout(address, &status, sizeof(status));

		assert(error == 0);
	}
	return result;
}

/* getpid(void) */
int64_t sys_getpid(struct trap_frame *tf)
{
	(void)tf;
	return proc_current()->pid;
}

/* getppid(void) */
int64_t sys_getppid(struct trap_frame *tf)
{
	(void)tf;
	return lifetime->parent_pid(proc_current());
}

/* sbrk(intptr_t delta): where the heap ended before */
int64_t sys_sbrk(struct trap_frame *tf)
{
	uint64_t old;
	int error = as_sbrk(proc_current()->as, (int64_t)tf->rdi, &old);

	return error != 0 ? error : (int64_t)old;
}

/* sched_yield(void) */
int64_t sys_sched_yield(struct trap_frame *tf)
{
	(void)tf;
	thread_yield();
	return 0;
}
