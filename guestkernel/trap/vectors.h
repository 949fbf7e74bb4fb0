/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt vectors: the processor's exceptions, then ours. */
#ifndef TRAP_VECTORS_H
#define TRAP_VECTORS_H

#define VECTOR_DIVIDE 0
#define VECTOR_DEBUG 1
#define VECTOR_NMI 2
#define VECTOR_BREAKPOINT 3
#define VECTOR_OVERFLOW 4
#define VECTOR_BOUND 5
#define VECTOR_INVALID_OPCODE 6
#define VECTOR_NO_FPU 7
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_INVALID_TSS 10
#define VECTOR_NOT_PRESENT 11
#define VECTOR_STACK 12
#define VECTOR_PROTECTION 13
#define VECTOR_PAGE_FAULT 14
#define VECTOR_FPU 16
#define VECTOR_ALIGNMENT 17
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_SIMD 19
#define VECTOR_EXCEPTIONS 32

/* ISA line n comes as VECTOR_IRQ_BASE + n. */
#define VECTOR_IRQ_BASE 0x20
#define VECTOR_TIMER 0x30

/* Entry points exist for 0 to VECTOR_COUNT - 1 and for the spurious one. */
#define VECTOR_COUNT 0x31
#define VECTOR_SPURIOUS 0xff

#endif
