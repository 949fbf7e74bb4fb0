/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a program starts: argc in rdi, argv in rsi, rsp 16-byte aligned.  The call makes
 * the stack what a C function expects; rbp of 0 ends a backtrace.
 */
	.section .text.start, "ax"
	.globl _start
	.type _start, @function
_start:
	xorl %ebp, %ebp
	call __libc_start
	ud2
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
