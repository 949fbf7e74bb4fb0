/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System call numbers (OS/161's where it has the call) and the calling convention.
 *
 * Instruction `syscall`: number in rax, arguments in rdi rsi rdx r10 r8 r9, result in
 * rax. A result in -4095..-1 is a negated errno.  rcx and r11 are clobbered.
 */
#ifndef ABI_SYSCALL_H
#define ABI_SYSCALL_H

#define SYS_fork 0
#define SYS_execv 2
#define SYS__exit 3
#define SYS_waitpid 4
#define SYS_getpid 5
#define SYS_getppid 6
#define SYS_sbrk 7
#define SYS_open 45
#define SYS_pipe 46
#define SYS_dup 47
#define SYS_dup2 48
#define SYS_close 49
#define SYS_read 50
#define SYS_getdirentry 54
#define SYS_write 55
#define SYS_lseek 59
#define SYS_ftruncate 61
#define SYS_fsync 62
#define SYS_ioctl 64
#define SYS_link 67
#define SYS_remove 68
#define SYS_mkdir 69
#define SYS_rmdir 70
#define SYS_rename 72
#define SYS_chdir 74
#define SYS___getcwd 76
#define SYS_symlink 77
#define SYS_readlink 78
#define SYS_stat 81
#define SYS_fstat 82
#define SYS_lstat 83
#define SYS___time 113
#define SYS_nanosleep 115
#define SYS_reboot 119
#define SYS_sched_yield 121
#define SYS_spawn 122
#define SYS_meminfo 123
#define SYS_procinfo 124

/* One more than the highest number. */
#define SYS_COUNT 125

#endif
