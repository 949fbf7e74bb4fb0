/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spinlocks.  Interrupts are off on a CPU while it holds any, so an interrupt handler can
 * never find its own CPU holding the lock it wants, and a holder is never preempted.
 *
 * Order of acquisition, outermost first:
 *	a lifetime's lock, reaper_lock, a semaphore's guard, proc_table_lock,
 *	file_lock, a sleeplock's guard, a pipe's lock,
 *	heap_lock, frame_lock, console_lock, sched_lock.
 */
#ifndef THREAD_SPINLOCK_H
#define THREAD_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

struct cpu;

struct spinlock {
	volatile uint32_t held; /* changed atomically */
	struct cpu *holder;     /* written by the holder only */
	const char *name;
};

#define SPINLOCK_INIT(text) {0, NULL, text}

void spinlock_init(struct spinlock *lock, const char *name);

/* Panics where this CPU already holds it. */
PROBED void spinlock_acquire(struct spinlock *lock);

/* Panics where this CPU does not hold it. */
PROBED void spinlock_release(struct spinlock *lock);

/* Whether this CPU holds it. */
bool spinlock_held(const struct spinlock *lock);

/*
 * Interrupts off and on again, nested: they come back on with the last `pop` if they were
 * on at the first `push`.
 */
void irq_push_off(void);
void irq_pop_off(void);

#endif
