/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/sleeplock.h"

#include "lib/panic.h"
#include "thread/thread.h"

void sleeplock_init(struct sleeplock *lock, const char *name)
{
	spinlock_init(&lock->guard, name);
	condvar_init(&lock->released);
	lock->holder = NULL;
}

bool sleeplock_held(const struct sleeplock *lock)
{
	return lock->holder == thread_current();
}

PROBED void sleeplock_acquire(struct sleeplock *lock)
{
	if (sleeplock_held(lock))
		panic("sleeplock %s: acquired twice by one thread", lock->guard.name);
	spinlock_acquire(&lock->guard);
	while (lock->holder != NULL)
		condvar_wait(&lock->released, &lock->guard);
	lock->holder = thread_current();
	spinlock_release(&lock->guard);
}

PROBED void sleeplock_release(struct sleeplock *lock)
{
	if (!sleeplock_held(lock))
		panic("sleeplock %s: released by a thread that does not hold it",
		      lock->guard.name);
	spinlock_acquire(&lock->guard);
	lock->holder = NULL;
	condvar_signal(&lock->released, &lock->guard);
	spinlock_release(&lock->guard);
}
