/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a trap, an interrupt or a system call leaves on the kernel stack: all registers of
 * the interrupted code.  For a user thread it lies at the very top of its kernel stack.
 */
#ifndef TRAP_TRAP_FRAME_H
#define TRAP_TRAP_FRAME_H

/* Byte offsets for assembly; trap.c checks them against the structure. */
#define TF_RAX 112
#define TF_CS 144
#define TF_SIZE 176

/* `vector` of a frame that the syscall instruction made. */
#define TRAP_SYSCALL 256

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector;
	uint64_t error;
	uint64_t rip, cs, rflags, rsp,
		ss; /* as the processor pushes and iretq pops them */
};

static inline bool trap_frame_is_user(const struct trap_frame *tf)
{
	return (tf->cs & 3) == 3;
}

#endif
#endif
