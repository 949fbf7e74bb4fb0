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

/* syscall/system.c */
int64_t sys_nanosleep(struct trap_frame *tf);
int64_t sys_time(struct trap_frame *tf);
int64_t sys_reboot(struct trap_frame *tf);
int64_t sys_meminfo(struct trap_frame *tf);

#endif
