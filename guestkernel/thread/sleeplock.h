/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks whose holder may sleep.  A waiter sleeps too. */
#ifndef THREAD_SLEEPLOCK_H
#define THREAD_SLEEPLOCK_H

#include <stdbool.h>

#include "compiler.h"
#include "thread/condvar.h"
#include "thread/spinlock.h"

struct thread;

struct sleeplock {
	struct spinlock guard;
	struct condvar released;
	struct thread *holder; /* guard; a thread may look without it for itself */
};

void sleeplock_init(struct sleeplock *lock, const char *name);

/* Panics where the caller already holds it.  No spinlock is held. */
PROBED void sleeplock_acquire(struct sleeplock *lock);

/* Panics where the caller does not hold it. */
PROBED void sleeplock_release(struct sleeplock *lock);

bool sleeplock_held(const struct sleeplock *lock);

#endif
