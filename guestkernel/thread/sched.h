/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between thread.c and sched.c only. */
#ifndef THREAD_SCHED_H
#define THREAD_SCHED_H

#include "thread/thread.h"

/* Panics where the stack of `t` has grown over its end. */
void thread_check_stack(const struct thread *t);

/* The first C function of a thread; thread/switch.S calls it. */
NORETURN void thread_begin(void);

/* thread/switch.S */
void switch_stacks(uint64_t *save, uint64_t load);

#endif
