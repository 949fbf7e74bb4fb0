/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lifetime=waitqueue, after the note in document 004: processes are found by pid, each
 * has a queue of those who wait for it, and between running and being a zombie there is a
 * state of its own, "exited": while somebody has been waiting for it, or may still come,
 * it must not be freed.
 *
 * A waiter stands in the queue of the child it waits for, or in its own queue of waiters
 * for any child.  An exit serves the first of the child's queue, else the first of the
 * parent's, by handing itself over: from then on it is that waiter's alone.  Without a
 * waiter it queues up as exited until the parent waits or exits.
 */
#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/panic.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "proc/reaper.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

/* On the stack of the thread that waits.  All fields: waitqueue_lock. */
struct waiter {
	struct list link;
	struct condvar served;
	struct proc *child; /* what it got; NULL so far */
};

static struct spinlock waitqueue_lock = SPINLOCK_INIT("waitqueue_lock");

static struct proc *sibling_proc(struct list *node)
{
	return LIST_ENTRY(node, struct proc, family.waitqueue.sibling);
}

static void waitqueue_start(void)
{
	reaper_start();
}

static void waitqueue_init(struct proc *p)
{
	struct waitqueue_record *r = &p->family.waitqueue;

	r->state = WAITQUEUE_ALIVE;
	r->parent = NULL;
	list_init(&r->waiters);
	list_init(&r->any_waiters);
	list_init(&r->running);
	list_init(&r->exited);
	list_init(&r->sibling);
}

static int waitqueue_fork(struct proc *parent, struct proc *child)
{
	spinlock_acquire(&waitqueue_lock);
	child->family.waitqueue.parent = parent;
	list_append(&parent->family.waitqueue.running, &child->family.waitqueue.sibling);
	spinlock_release(&waitqueue_lock);
	return 0;
}

static struct proc *find_child(const struct proc *self, int pid)
{
	struct proc *p;

	spinlock_acquire(&proc_table_lock);
	p = proc_lookup(pid);
	if (p != NULL && p->family.waitqueue.parent != self)
		p = NULL;
	spinlock_release(&proc_table_lock);
	return p;
}

/* Sleeps in `queue` until an exit hands its process over. */
static struct proc *stand_in(struct list *queue)
{
	struct waiter w = {.child = NULL};

	condvar_init(&w.served);
	list_append(queue, &w.link);
	while (w.child == NULL)
		condvar_wait(&w.served, &waitqueue_lock);
	return w.child;
}

/* waitqueue_lock is held.  The exited child, whose state is now the caller's business. */
static int get_exited(struct proc *self, int pid, int options, struct proc **child)
{
	struct waitqueue_record *r = &self->family.waitqueue;
	struct list *queue = &r->any_waiters;
	bool exited = !list_empty(&r->exited);

	if (pid != WAIT_ANY) {
		*child = find_child(self, pid);
		if (*child == NULL)
			return -ECHILD;
		queue = &(*child)->family.waitqueue.waiters;
		exited = (*child)->family.waitqueue.state == WAITQUEUE_EXITED;
	} else if (exited) {
		*child = sibling_proc(r->exited.next);
	} else if (list_empty(&r->running)) {
		return -ECHILD;
	}
	if (exited)
		list_remove(&(*child)->family.waitqueue.sibling);
	else if (options & WNOHANG)
		return 0;
	else
		*child = stand_in(queue);
	return (*child)->pid;
}

static int waitqueue_wait(struct proc *self, int pid, int options, int *status)
{
	struct proc *child;
	int result;

	spinlock_acquire(&waitqueue_lock);
	result = get_exited(self, pid, options, &child);
	if (result > 0) {
		struct waitqueue_record *r = &child->family.waitqueue;

		assert(r->state == WAITQUEUE_EXITED);
		*status = r->status;
		r->state = WAITQUEUE_ZOMBIE;
		r->parent = NULL;
	}
	spinlock_release(&waitqueue_lock);
	if (result > 0)
		proc_bury(child);
	return result;
}

/* Children that run become orphans, those that have exited zombies. */
static void leave_children(struct waitqueue_record *r)
{
	struct list *node;

	while ((node = list_take_first(&r->running)) != NULL)
		sibling_proc(node)->family.waitqueue.parent = NULL;
	while ((node = list_take_first(&r->exited)) != NULL) {
		struct proc *child = sibling_proc(node);

		child->family.waitqueue.parent = NULL;
		child->family.waitqueue.state = WAITQUEUE_ZOMBIE;
		reaper_bury(child);
	}
}

/* The first in `queue` gets `self`; false where nobody stands there. */
static bool serve_first(struct list *queue, struct proc *self)
{
	struct list *first = list_take_first(queue);
	struct waiter *w = LIST_ENTRY(first, struct waiter, link);

	if (first == NULL)
		return false;
	w->child = self;
	condvar_signal(&w->served, &waitqueue_lock);
	return true;
}

static NORETURN void waitqueue_exit(struct proc *self, int status)
{
	struct waitqueue_record *r = &self->family.waitqueue;

	spinlock_acquire(&waitqueue_lock);
	leave_children(r);
	r->status = status;
	if (r->parent == NULL) {
		r->state = WAITQUEUE_ZOMBIE;
		spinlock_release(&waitqueue_lock);
		reaper_exit(self);
	}
	r->state = WAITQUEUE_EXITED;
	list_remove(&r->sibling);
	if (!serve_first(&r->waiters, self) &&
	    !serve_first(&r->parent->family.waitqueue.any_waiters, self))
		list_append(&r->parent->family.waitqueue.exited, &r->sibling);
	thread_exit(&waitqueue_lock);
}

static int waitqueue_parent_pid(struct proc *self)
{
	const struct proc *parent;
	int pid = 0;

	spinlock_acquire(&waitqueue_lock);
	parent = self->family.waitqueue.parent;
	if (self->pid != PROC_INIT_PID)
		pid = parent != NULL ? parent->pid : PROC_INIT_PID;
	spinlock_release(&waitqueue_lock);
	return pid;
}

const struct lifetime_ops lifetime_waitqueue = {
	.name = "waitqueue",
	.start = waitqueue_start,
	.init = waitqueue_init,
	.fork = waitqueue_fork,
	.wait = waitqueue_wait,
	.exit = waitqueue_exit,
	.parent_pid = waitqueue_parent_pid,
};
