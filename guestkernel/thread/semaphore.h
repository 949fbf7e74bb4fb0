/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting semaphores. */
#ifndef THREAD_SEMAPHORE_H
#define THREAD_SEMAPHORE_H

#include "thread/condvar.h"
#include "thread/spinlock.h"

struct semaphore {
	struct spinlock guard;
	struct condvar positive;
	unsigned count; /* guard */
};

void semaphore_init(struct semaphore *s, unsigned count);

/* Sleeps until the count is positive, then takes one.  No spinlock is held. */
void semaphore_down(struct semaphore *s);

/* Adds one and wakes one sleeper.  Spinlocks may be held. */
void semaphore_up(struct semaphore *s);

#endif
