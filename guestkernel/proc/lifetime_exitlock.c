/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lifetime=exitlock, after design document 001: one lock for all that exit, one condition
 * variable for all that wait.  The parent owns a record of each child, into which the
 * child writes its status; an orphan has nowhere to write and frees itself.
 *
 * Where the document is wrong:
 * - "The exit lock is not necessary in the wait call": a child that exits between the
 *   parent's look at the status and its sleep would wake nobody, and the parent would
 *   sleep for ever.  Here wait looks and goes to sleep under the lock.
 * - It broadcasts after the exit lock is released.  Then the parent may see the status,
 *   reap the child and its stack, and the child would still have the broadcast to do.
 * - The child frees its own thread.  It stands on that thread's stack; here whoever reaps
 *   frees it, for an orphan the reaper.
 */
#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/panic.h"
#include "mm/kmalloc.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "proc/reaper.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

static struct spinlock exit_lock = SPINLOCK_INIT("exit_lock");
static struct condvar wait_var; /* exit_lock */

static void exitlock_start(void)
{
	condvar_init(&wait_var);
	reaper_start();
}

static void exitlock_init(struct proc *p)
{
	struct exitlock_record *r = &p->family.exitlock;

	r->parent_pid = 0;
	r->parent_live = false;
	r->parent = NULL;
	r->record = NULL;
	list_init(&r->running);
	list_init(&r->exited);
}

static struct child_record *record_of(struct list *node)
{
	return LIST_ENTRY(node, struct child_record, link);
}

static int exitlock_fork(struct proc *parent, struct proc *child)
{
	struct exitlock_record *r = &child->family.exitlock;
	struct child_record *record = kmalloc(sizeof(*record));

	if (record == NULL)
		return -ENOMEM;
	record->child = child;
	record->status = STATUS_ALIVE;
	spinlock_acquire(&exit_lock);
	r->parent_pid = parent->pid;
	r->parent_live = true;
	r->parent = parent;
	r->record = record;
	list_append(&parent->family.exitlock.running, &record->link);
	spinlock_release(&exit_lock);
	return 0;
}

/* The record of the child with that pid, or NULL. */
static struct child_record *find_record(const struct proc *self, int pid)
{
	struct child_record *record = NULL;
	struct proc *p;

	spinlock_acquire(&proc_table_lock);
	p = proc_lookup(pid);
	if (p != NULL && p->family.exitlock.parent_live &&
	    p->family.exitlock.parent == self)
		record = p->family.exitlock.record;
	spinlock_release(&proc_table_lock);
	return record;
}

/*
 * Invariant of the sleep: exit_lock is held from the look at a status until the sleeper
 * is on wait_var, and a status is written under exit_lock only.
 */
static int wait_for_record(struct proc *self, int pid, int options,
                           struct child_record **record)
{
	struct exitlock_record *r = &self->family.exitlock;

	*record = NULL;
	if (pid != WAIT_ANY) {
		*record = find_record(self, pid);
		if (*record == NULL)
			return -ECHILD;
	}
	for (;;) {
		if (pid == WAIT_ANY && !list_empty(&r->exited))
			*record = record_of(r->exited.next);
		if (*record != NULL && (*record)->status != STATUS_ALIVE)
			return (*record)->child->pid;
		if (pid == WAIT_ANY && list_empty(&r->running))
			return -ECHILD;
		if (options & WNOHANG)
			return 0;
		condvar_wait(&wait_var, &exit_lock);
	}
}

static int exitlock_wait(struct proc *self, int pid, int options, int *status)
{
	struct child_record *record;
	int result;

	spinlock_acquire(&exit_lock);
	result = wait_for_record(self, pid, options, &record);
	if (result > 0) {
		*status = record->status;
		list_remove(&record->link);
		record->child->family.exitlock.parent_live = false;
	}
	spinlock_release(&exit_lock);
	if (result > 0) {
		proc_bury(record->child);
		kfree(record);
	}
	return result;
}

/* Returns with exit_lock held and no records left. */
static void leave_children(struct exitlock_record *r)
{
	struct list *node;

	spinlock_acquire(&exit_lock);
	for (;;) {
		struct child_record *record;

		if ((node = list_take_first(&r->running)) != NULL) {
			record = record_of(node);
			record->child->family.exitlock.parent_live = false;
			kfree(record);
		} else if ((node = list_take_first(&r->exited)) != NULL) {
			record = record_of(node);
			record->child->family.exitlock.parent_live = false;
			spinlock_release(&exit_lock);
			proc_bury(record->child);
			kfree(record);
			spinlock_acquire(&exit_lock);
		} else {
			return;
		}
	}
}

static NORETURN void exitlock_exit(struct proc *self, int status)
{
	struct exitlock_record *r = &self->family.exitlock;

	leave_children(r);
	if (!r->parent_live) {
		spinlock_release(&exit_lock);
		reaper_exit(self);
	}
	r->record->status = status;
	list_remove(&r->record->link);
	list_append(&r->parent->family.exitlock.exited, &r->record->link);
	condvar_broadcast(&wait_var, &exit_lock);
	thread_exit(&exit_lock);
}

static int exitlock_parent_pid(struct proc *self)
{
	const struct exitlock_record *r = &self->family.exitlock;
	int pid = 0;

	spinlock_acquire(&exit_lock);
	if (self->pid != PROC_INIT_PID)
		pid = r->parent_live ? r->parent_pid : PROC_INIT_PID;
	spinlock_release(&exit_lock);
	return pid;
}

const struct lifetime_ops lifetime_exitlock = {
	.name = "exitlock",
	.start = exitlock_start,
	.init = exitlock_init,
	.fork = exitlock_fork,
	.wait = exitlock_wait,
	.exit = exitlock_exit,
	.parent_pid = exitlock_parent_pid,
};
