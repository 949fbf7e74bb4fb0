/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/semaphore.h"

void semaphore_init(struct semaphore *s, unsigned count)
{
	spinlock_init(&s->guard, "semaphore");
	condvar_init(&s->positive);
	s->count = count;
}

void semaphore_down(struct semaphore *s)
{
	spinlock_acquire(&s->guard);
	while (s->count == 0)
		condvar_wait(&s->positive, &s->guard);
	s->count--;
	spinlock_release(&s->guard);
}

void semaphore_up(struct semaphore *s)
{
	spinlock_acquire(&s->guard);
	s->count++;
	condvar_signal(&s->positive, &s->guard);
	spinlock_release(&s->guard);
}
