/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments, the task state segment with its stacks, and the syscall instruction. */
#ifndef TRAP_GDT_H
#define TRAP_GDT_H

/* The order is what SYSCALL wants: user data and code follow each other. */
#define KERNEL_CS 0x08
#define KERNEL_SS 0x10
#define USER_SS 0x1b
#define USER_CS 0x23

/* The interrupt stack that a double fault gets, whatever state the other is in. */
#define IST_DOUBLE_FAULT 1

#ifndef __ASSEMBLER__

#include <stdint.h>

void gdt_init(void);

/* Where traps from user mode begin their stack on this CPU.  Interrupts are off. */
void gdt_set_kernel_stack(uint64_t rsp);

#endif
#endif
