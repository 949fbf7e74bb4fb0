/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Into the kernel and out of it.  Every way in builds a struct trap_frame and every way
 * out goes through trap_return.
 *
 * GS: in the kernel its base is this CPU's struct cpu, in user mode the program's own;
 * SWAPGS exchanges them exactly when the privilege changes.
 */
#include "thread/cpu.h"
#include "trap/gdt.h"
#include "trap/trap_frame.h"
#include "trap/vectors.h"

	.macro push_registers
	pushq %rax
	pushq %rbx
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rbp
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	.endm

	.text

/*
 * One stub of 16 bytes a vector; those where the processor pushes no error code push 0.
 * The double fault's keeps its error code of 0.
 */
	.balign 16
	.globl trap_stubs
trap_stubs:
	.set vector, 0
	.rept VECTOR_COUNT
	.balign 16
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
	pushq $0
	.endif
	pushq $vector
	jmp trap_common
	.set vector, vector + 1
	.endr

/* The APIC changed its mind: no end of interrupt is due. */
	.globl trap_spurious
trap_spurious:
	iretq

trap_common:
	push_registers
	cld
	testb $3, TF_CS(%rsp)
	jz 1f				/* from the kernel: GS is right, and a */
	swapgs				/* backtrace goes on through %rbp */
	xorl %ebp, %ebp
1:	movq %rsp, %rdi
	call trap_handle
	jmp trap_return

	.globl syscall_entry
syscall_entry:
	swapgs
	movq %rsp, %gs:CPU_USER_RSP
	movq %gs:CPU_KERNEL_RSP, %rsp
	pushq $USER_SS
	pushq %gs:CPU_USER_RSP
	pushq %r11
	pushq $USER_CS
	pushq %rcx
	pushq $0
	pushq $TRAP_SYSCALL
	push_registers
	xorl %ebp, %ebp
	sti
	movq %rsp, %rdi
	call syscall_dispatch
	cli
	movq %rax, TF_RAX(%rsp)
	jmp trap_return

	.globl trap_return_to
trap_return_to:
	movq %rdi, %rsp

trap_return:
	testb $3, TF_CS(%rsp)
	jz 1f
	swapgs
1:	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rbp
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rbx
	popq %rax
	addq $16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
