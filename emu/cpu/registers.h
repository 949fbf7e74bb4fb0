/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORKSCOPE_CPU_REGISTERS_H
#define FORKSCOPE_CPU_REGISTERS_H

#include <stdint.h>

/* General registers in the processor's own encoding order, then what else people ask. */
struct machine_registers {
	uint64_t gpr[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8..r15 */
	uint64_t rip, rflags, cr0, cr2, cr3, cr4;
	uint16_t cs, ss;
	int cpl;
};

enum { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI };

#endif
