/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/spinlock.h"

#include <stddef.h>

#include "lib/panic.h"
#include "thread/cpu.h"
#include "x86.h"

void irq_push_off(void)
{
	bool on = x86_interrupts_on();
	struct cpu *c;

	x86_cli();
	c = cpu_this();
	if (c->irq_off_depth == 0)
		c->irq_was_on = on;
	c->irq_off_depth++;
}

void irq_pop_off(void)
{
	struct cpu *c = cpu_this();

	assert(!x86_interrupts_on() && c->irq_off_depth > 0);
	c->irq_off_depth--;
	if (c->irq_off_depth == 0 && c->irq_was_on)
		x86_sti();
}

void spinlock_init(struct spinlock *lock, const char *name)
{
	*lock = (struct spinlock)SPINLOCK_INIT(name);
}

bool spinlock_held(const struct spinlock *lock)
{
	return lock->held && lock->holder == cpu_this();
}

PROBED void spinlock_acquire(struct spinlock *lock)
{
	irq_push_off();
	if (spinlock_held(lock))
		panic("spinlock %s: acquired twice by one CPU", lock->name);
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0)
		x86_pause();
	lock->holder = cpu_this();
}

PROBED void spinlock_release(struct spinlock *lock)
{
	if (!spinlock_held(lock))
		panic("spinlock %s: released by a CPU that does not hold it", lock->name);
	lock->holder = NULL;
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
	irq_pop_off();
}
