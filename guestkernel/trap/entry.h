/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The assembly between the processor and C: trap/entry.S. */
#ifndef TRAP_ENTRY_H
#define TRAP_ENTRY_H

#include "compiler.h"
#include "trap/trap_frame.h"
#include "trap/vectors.h"

/* Entry point of vector n at TRAP_STUB_SIZE * n; the spurious one has its own. */
#define TRAP_STUB_SIZE 16
extern char trap_stubs[];
extern char trap_spurious[];

/* Where the syscall instruction goes. */
extern char syscall_entry[];

/*
 * Leaves the kernel by `tf`, which lies at the top of the current kernel stack; what is
 * below it is forgotten.  Interrupts are off.
 */
NORETURN void trap_return_to(struct trap_frame *tf);

/* C's part; interrupts are off when they are entered and when they return. */
void trap_handle(struct trap_frame *tf);

#endif
