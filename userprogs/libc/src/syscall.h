/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way into the kernel, for the files of the libc. */
#ifndef LIBC_SYSCALL_H
#define LIBC_SYSCALL_H

#include <abi/syscall.h>
#include <errno.h>

/* The kernel's answer as it comes: a result, or a negative errno. */
static inline long syscall_raw(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c)
	                 : "rcx", "r11", "memory");
	return result;
}

/* The answer as C programs expect it: -1 with errno set. */
static inline long syscall3(long number, long a, long b, long c)
{
	long result = syscall_raw(number, a, b, c);

	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

#define SYSCALL0(name) syscall3(SYS_##name, 0, 0, 0)
#define SYSCALL1(name, a) syscall3(SYS_##name, (long)(a), 0, 0)
#define SYSCALL2(name, a, b) syscall3(SYS_##name, (long)(a), (long)(b), 0)
#define SYSCALL3(name, a, b, c) syscall3(SYS_##name, (long)(a), (long)(b), (long)(c))

#endif
