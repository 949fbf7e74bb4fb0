/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the engine finds out the guest's program counter for a hook: see restore.c. */
#ifndef FORKSCOPE_CPU_RESTORE_H
#define FORKSCOPE_CPU_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, in this thread of the host, it may be put off. */
void restore_defer(void);
/* In a hook on blocks: what came before has nothing to do with what follows. */
void restore_forget(void);
/*
 * In a hook on an access: the place in translated code that makes it, if the program
 * counter is still to be found out; 0 if it is there.  Once for each call of the hook.
 */
uintptr_t restore_deferred(void);
/* Finds it out, after restore_deferred() in the same hook. */
void restore_now(uintptr_t host_pc);

#endif
