/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel thread that frees processes for which no parent will: a thread cannot free the
 * stack it stands on, so an orphan leaves that to somebody else.
 */
#ifndef PROC_REAPER_H
#define PROC_REAPER_H

#include "compiler.h"

struct proc;

/* Starts the thread.  At boot, by those lifetimes that use it. */
void reaper_start(void);

/*
 * Ends the current thread and has its process `self` freed.  No spinlock is held, and no
 * other process refers to `self` any more.
 */
NORETURN void reaper_exit(struct proc *self);

/* Has a process freed that has exited.  Nobody refers to it any more. */
void reaper_bury(struct proc *p);

/* Frees thread and table entry of a process that has exited. */
void proc_bury(struct proc *p);

#endif
