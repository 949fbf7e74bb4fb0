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

enum { GPR_RAX, GPR_RCX, GPR_RDX, GPR_RBX, GPR_RSP, GPR_RBP, GPR_RSI, GPR_RDI };

#endif
