/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls, one function each: arguments as the program gave them, which may be
 * anything; the result, or a negated errno.  syscall/dispatch.c has the table.
 */
#ifndef SYSCALL_SYSCALL_H
#define SYSCALL_SYSCALL_H

#include <stdint.h>

#include "compiler.h"
#include "trap/trap_frame.h"

/* What the assembly entry calls; interrupts are on. */
PROBED int64_t syscall_dispatch(struct trap_frame *tf);

/* syscall/process.c */
int64_t sys_fork(struct trap_frame *tf);
int64_t sys_execv(struct trap_frame *tf);
int64_t sys_spawn(struct trap_frame *tf);
int64_t sys_exit(struct trap_frame *tf);
int64_t sys_waitpid(struct trap_frame *tf);
int64_t sys_getpid(struct trap_frame *tf);
int64_t sys_getppid(struct trap_frame *tf);
int64_t sys_sbrk(struct trap_frame *tf);
int64_t sys_sched_yield(struct trap_frame *tf);

/* syscall/file.c */
int64_t sys_open(struct trap_frame *tf);
int64_t sys_close(struct trap_frame *tf);
int64_t sys_read(struct trap_frame *tf);
int64_t sys_write(struct trap_frame *tf);
int64_t sys_dup2(struct trap_frame *tf);
int64_t sys_lseek(struct trap_frame *tf);
int64_t sys_getdirentry(struct trap_frame *tf);
int64_t sys_pipe(struct trap_frame *tf);
int64_t sys_dup(struct trap_frame *tf);
int64_t sys_ftruncate(struct trap_frame *tf);
int64_t sys_fsync(struct trap_frame *tf);
int64_t sys_ioctl(struct trap_frame *tf);
int64_t sys_fstat(struct trap_frame *tf);

/* syscall/names.c */
int64_t sys_link(struct trap_frame *tf);
int64_t sys_symlink(struct trap_frame *tf);
int64_t sys_rename(struct trap_frame *tf);
int64_t sys_remove(struct trap_frame *tf);
int64_t sys_rmdir(struct trap_frame *tf);
int64_t sys_mkdir(struct trap_frame *tf);
int64_t sys_chdir(struct trap_frame *tf);
int64_t sys_getcwd(struct trap_frame *tf);
int64_t sys_stat(struct trap_frame *tf);
int64_t sys_lstat(struct trap_frame *tf);
int64_t sys_readlink(struct trap_frame *tf);

/* syscall/system.c */
int64_t sys_nanosleep(struct trap_frame *tf);
int64_t sys_time(struct trap_frame *tf);
int64_t sys_reboot(struct trap_frame *tf);
int64_t sys_meminfo(struct trap_frame *tf);
int64_t sys_procinfo(struct trap_frame *tf);

#endif
