/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/condvar.h"

#include "lib/panic.h"
#include "thread/cpu.h"
#include "thread/thread.h"

void condvar_init(struct condvar *cv)
{
	list_init(&cv->waiters);
}

void condvar_wait(struct condvar *cv, struct spinlock *lock)
{
	assert(spinlock_held(lock));
	assert(cpu_this()->irq_off_depth == 1); /* no other spinlock across a sleep */
	spinlock_acquire(&sched_lock);
	thread_sleep_on(&cv->waiters, lock);
	spinlock_release(&sched_lock);
	spinlock_acquire(lock);
}

static bool wake_first(struct condvar *cv)
{
	struct list *first = list_take_first(&cv->waiters);

	if (first == NULL)
		return false;
	thread_make_ready(LIST_ENTRY(first, struct thread, link));
	return true;
}

void condvar_signal(struct condvar *cv, const struct spinlock *lock)
{
	assert(spinlock_held(lock));
	spinlock_acquire(&sched_lock);
	wake_first(cv);
	spinlock_release(&sched_lock);
}

void condvar_broadcast(struct condvar *cv, const struct spinlock *lock)
{
	assert(spinlock_held(lock));
	spinlock_acquire(&sched_lock);
	while (wake_first(cv))
		continue;
	spinlock_release(&sched_lock);
}
