/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of the kernel that programs may rely on. */
#ifndef ABI_LIMITS_H
#define ABI_LIMITS_H

/* A path with its final NUL, and one component without. */
#ifndef PATH_MAX
#define PATH_MAX 1024
#endif
#ifndef NAME_MAX
#define NAME_MAX 255
#endif

/* execv(): the argument strings with their NULs in bytes, and how many; else E2BIG. */
#ifndef ARG_MAX
#define ARG_MAX 65536
#endif
#define ARGC_MAX 16384

/* Open files of a process: descriptors are 0 to OPEN_MAX - 1. */
#ifndef OPEN_MAX
#define OPEN_MAX 64
#endif

/* Pids are 1 to PID_MAX; 1 is init. */
#define PID_MIN 1
#define PID_MAX 4095

/* A write of up to this many bytes to a pipe is not mixed with another's. */
#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif

/* The user stack grows down from USER_STACK_TOP; below it lies a guard page. */
#define USER_STACK_TOP 0x7ffffffff000
#define USER_STACK_SIZE (256 * 1024)

/* Where programs are linked. */
#define USER_IMAGE_BASE 0x400000

#endif
