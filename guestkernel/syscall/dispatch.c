/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "abi/errno.h"
#include "abi/syscall.h"
#include "syscall/syscall.h"

static int64_t (*const calls[SYS_COUNT])(struct trap_frame *tf) = {
	[SYS_fork] = sys_fork,
	[SYS_execv] = sys_execv,
	[SYS__exit] = sys_exit,
	[SYS_waitpid] = sys_waitpid,
	[SYS_getpid] = sys_getpid,
	[SYS_getppid] = sys_getppid,
	[SYS_sbrk] = sys_sbrk,
	[SYS_open] = sys_open,
	[SYS_pipe] = sys_pipe,
	[SYS_dup] = sys_dup,
	[SYS_dup2] = sys_dup2,
	[SYS_close] = sys_close,
	[SYS_read] = sys_read,
	[SYS_getdirentry] = sys_getdirentry,
	[SYS_write] = sys_write,
	[SYS_lseek] = sys_lseek,
	[SYS_ftruncate] = sys_ftruncate,
	[SYS_fsync] = sys_fsync,
	[SYS_ioctl] = sys_ioctl,
	[SYS_link] = sys_link,
	[SYS_remove] = sys_remove,
	[SYS_mkdir] = sys_mkdir,
	[SYS_rmdir] = sys_rmdir,
	[SYS_rename] = sys_rename,
	[SYS_chdir] = sys_chdir,
	[SYS___getcwd] = sys_getcwd,
	[SYS_symlink] = sys_symlink,
	[SYS_readlink] = sys_readlink,
	[SYS_stat] = sys_stat,
	[SYS_fstat] = sys_fstat,
	[SYS_lstat] = sys_lstat,
	[SYS___time] = sys_time,
	[SYS_nanosleep] = sys_nanosleep,
	[SYS_reboot] = sys_reboot,
	[SYS_sched_yield] = sys_sched_yield,
	[SYS_spawn] = sys_spawn,
	[SYS_meminfo] = sys_meminfo,
	[SYS_procinfo] = sys_procinfo,
};

PROBED int64_t syscall_dispatch(struct trap_frame *tf)
{
	uint64_t number = tf->rax;

	if (number >= SYS_COUNT || calls[number] == NULL)
		return -ENOSYS;
	return calls[number](tf);
}
