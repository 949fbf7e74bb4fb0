/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SETJMP_H
#define _SETJMP_H

/* rbx, rbp, r12 to r15, the stack pointer and where to go on. */
typedef unsigned long jmp_buf[8];

/*
 * setjmp() returns 0.  longjmp() makes it return again, with `value`, or 1 for 0; the
 * function that called setjmp() must not have returned.
 */
int setjmp(jmp_buf buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf buf, int value);

#endif
