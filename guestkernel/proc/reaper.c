/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/reaper.h"

#include "lib/list.h"
#include "lib/panic.h"
#include "proc/proc.h"
#include "thread/condvar.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

static struct spinlock reaper_lock = SPINLOCK_INIT("reaper_lock");
static struct list dead = LIST_INIT(dead); /* reaper_lock; through proc.dead */
static struct condvar some_dead;           /* reaper_lock */

/* Whoever looks at the table must not find a thread in it that is no more. */
void proc_bury(struct proc *p)
{
	struct thread *t = p->thread;

	spinlock_acquire(&proc_table_lock);
	p->thread = NULL;
	spinlock_release(&proc_table_lock);
	thread_destroy(t);
	proc_release_entry(p);
}

static struct proc *next_dead(void)
{
	struct list *first;

	spinlock_acquire(&reaper_lock);
	while ((first = list_take_first(&dead)) == NULL)
		condvar_wait(&some_dead, &reaper_lock);
	spinlock_release(&reaper_lock);
	return LIST_ENTRY(first, struct proc, dead);
}

static void reaper(void *arg)
{
	(void)arg;
	for (;;)
		proc_bury(next_dead());
}

void reaper_start(void)
{
	struct thread *t = thread_create("reaper", NULL, reaper, NULL);

	if (t == NULL)
		panic("boot: no memory for the reaper");
	condvar_init(&some_dead);
	thread_start(t);
}

static void add_dead(struct proc *p)
{
	list_append(&dead, &p->dead);
	condvar_signal(&some_dead, &reaper_lock);
}

/*
 * reaper_lock is given up only when this thread is off its stack: the reaper, which needs
 * the lock to find us, comes too late to hurt.
 */
NORETURN void reaper_exit(struct proc *self)
{
	assert(self == proc_current());
	spinlock_acquire(&reaper_lock);
	add_dead(self);
	thread_exit(&reaper_lock);
}

void reaper_bury(struct proc *p)
{
	spinlock_acquire(&reaper_lock);
	add_dead(p);
	spinlock_release(&reaper_lock);
}
