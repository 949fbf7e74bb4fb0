/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/clock.h"

#include <stdbool.h>

#include "compiler.h"
#include "dev/lapic.h"
#include "lib/list.h"
#include "lib/panic.h"
#include "thread/thread.h"

static uint32_t slice;                             /* constant after boot */
static uint64_t now;                               /* sched_lock; at the last look */
static uint32_t armed;                             /* sched_lock; ticks it had then */
static struct list sleepers = LIST_INIT(sleepers); /* sched_lock */

void clock_init(uint32_t timeslice)
{
	slice = timeslice;
}

/* A one-shot timer stops at 0, so what it ran since the last look is never ambiguous. */
static void look(void)
{
	uint32_t left = armed == 0 ? 0 : lapic_timer_left();

	assert(spinlock_held(&sched_lock));
	now += armed - left;
	armed = left;
}

static void arm(uint64_t ticks)
{
	armed = (uint32_t)MIN(ticks, UINT32_MAX);
	lapic_timer_start(armed);
}

uint64_t clock_now(void)
{
	uint64_t result;

	spinlock_acquire(&sched_lock);
	look();
	result = now;
	spinlock_release(&sched_lock);
	return result;
}

static struct thread *sleeper(struct list *node)
{
	return LIST_ENTRY(node, struct thread, link);
}

static void wake_due(void)
{
	struct list *it = sleepers.next;

	while (it != &sleepers) {
		struct thread *t = sleeper(it);

		it = it->next;
		if (t->deadline <= now) {
			list_remove(&t->link);
			thread_make_ready(t);
		}
	}
}

void clock_sleep(uint64_t ns)
{
	struct thread *t = thread_current();

	spinlock_acquire(&sched_lock);
	look();
	t->deadline = ns > UINT64_MAX - now ? UINT64_MAX : now + ns;
	thread_sleep_on(&sleepers, NULL);
	spinlock_release(&sched_lock);
}

void clock_tick(void)
{
	spinlock_acquire(&sched_lock);
	look();
	wake_due();
	arm(slice);
	spinlock_release(&sched_lock);
}

void clock_run(void)
{
	assert(spinlock_held(&sched_lock));
	look();
	arm(slice);
}

/* Interrupts are off: a deadline that passes meanwhile is pending and ends the halt. */
void clock_idle(void)
{
	uint64_t earliest = UINT64_MAX;

	spinlock_acquire(&sched_lock);
	look();
	LIST_FOR_EACH(it, &sleepers)
	earliest = MIN(earliest, sleeper(it)->deadline);
	if (list_empty(&sleepers)) {
		armed = 0;
		lapic_timer_stop();
	} else {
		arm(earliest > now ? earliest - now : 1);
	}
	spinlock_release(&sched_lock);
}
