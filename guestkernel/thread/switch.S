/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * switch_stacks(uint64_t *save, uint64_t load): leaves one thread and becomes another.
 * What C expects a call to preserve is on the stack that is left; *save gets its place.
 */
	.text
	.globl switch_stacks
switch_stacks:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

/* Where the first switch to a thread returns to; see thread_create(). */
	.globl thread_trampoline
thread_trampoline:
	xorl %ebp, %ebp
	call thread_begin

	.section .note.GNU-stack, "", @progbits
