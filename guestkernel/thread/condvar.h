/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Condition variables, each used with one spinlock, which covers what is waited for.
 * Threads are woken in the order in which they came.
 */
#ifndef THREAD_CONDVAR_H
#define THREAD_CONDVAR_H

#include "lib/list.h"
#include "thread/spinlock.h"

struct condvar {
	struct list waiters; /* sched_lock */
};

void condvar_init(struct condvar *cv);

/*
 * Releases `lock`, the only spinlock held, sleeps, and acquires it again.  Whatever was
 * waited for may have changed once more by then: the caller looks again in a loop.
 */
void condvar_wait(struct condvar *cv, struct spinlock *lock);

/* Wakes the first waiter, or all.  The lock is held. */
void condvar_signal(struct condvar *cv, const struct spinlock *lock);
void condvar_broadcast(struct condvar *cv, const struct spinlock *lock);

#endif
