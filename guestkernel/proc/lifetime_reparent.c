/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lifetime=reparent, after design document 000: a process keeps its status in its table
 * entry, the parent reaps it, and whoever is left without a parent is handed to pid 1.
 *
 * Where the document is wrong: it has wait return ERR_CHILD for a child whose status is
 * no longer STATUS_ALIVE, to refuse a second wait.  That would refuse its own case 2, the
 * wait after the exit, as well.  Here a child waited for is no child any more, so the
 * second wait does not find it.
 */
#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/panic.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "proc/reaper.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

/* Covers every process's record: who is whose child, who has exited and how. */
static struct spinlock family_lock = SPINLOCK_INIT("family_lock");

static struct proc *init_proc; /* family_lock; set once, at the creation of pid 1 */

static struct proc *sibling_proc(struct list *node)
{
	return LIST_ENTRY(node, struct proc, family.reparent.sibling);
}

static void reparent_init(struct proc *p)
{
	struct reparent_record *r = &p->family.reparent;

	r->proc_status = STATUS_ALIVE;
	r->parent = NULL;
	list_init(&r->alive);
	list_init(&r->zombies);
	list_init(&r->sibling);
	condvar_init(&r->child_done);
	if (p->pid == PROC_INIT_PID)
		init_proc = p;
}

static int reparent_fork(struct proc *parent, struct proc *child)
{
	spinlock_acquire(&family_lock);
	child->family.reparent.parent = parent;
	list_append(&parent->family.reparent.alive, &child->family.reparent.sibling);
	spinlock_release(&family_lock);
	return 0;
}

/*
 * The child with that pid, or NULL.  While we hold family_lock a child of ours stays one,
 * and only we reap it, so the result is good beyond proc_table_lock.
 */
static struct proc *find_child(const struct proc *self, int pid)
{
	struct proc *p;

	spinlock_acquire(&proc_table_lock);
	p = proc_lookup(pid);
	if (p != NULL && p->family.reparent.parent != self)
		p = NULL;
	spinlock_release(&proc_table_lock);
	return p;
}

/* Whether one of `self`'s children, any or that one, has exited; *child gets which. */
static bool find_zombie(struct proc *self, struct proc **child)
{
	struct reparent_record *r = &self->family.reparent;

	if (*child != NULL)
		return (*child)->family.reparent.proc_status != STATUS_ALIVE;
	if (list_empty(&r->zombies))
		return false;
	*child = sibling_proc(r->zombies.next);
	return true;
}

/*
 * The first loop of document 000: "once received signal" is not enough, the signal may
 * have been for another child.  So the condition itself is looked at again each time.
 */
static int wait_for_zombie(struct proc *self, int pid, int options, struct proc **child)
{
	struct reparent_record *r = &self->family.reparent;

	assert(spinlock_held(&family_lock));
	*child = NULL;
	if (pid != WAIT_ANY) {
		*child = find_child(self, pid);
		if (*child == NULL)
			return -ECHILD;
	}
	while (!find_zombie(self, child)) {
		if (*child == NULL && list_empty(&r->alive))
			return -ECHILD;
		if (options & WNOHANG)
			return 0;
		condvar_wait(&r->child_done, &family_lock);
	}
	return (*child)->pid;
}

static int reparent_wait(struct proc *self, int pid, int options, int *status)
{
	struct proc *child;
	int result;

	spinlock_acquire(&family_lock);
	result = wait_for_zombie(self, pid, options, &child);
	if (result <= 0) {
		spinlock_release(&family_lock);
		return result;
	}
	*status = child->family.reparent.proc_status;
	list_remove(&child->family.reparent.sibling);
	child->family.reparent.parent = NULL;
	spinlock_release(&family_lock);

	/* It is nobody's child now, so it is ours alone to free. */
	proc_bury(child);
	return result;
}

PROBED void reparent_hand_over(struct proc *child, struct proc *to)
{
	struct reparent_record *r = &child->family.reparent;
	struct reparent_record *new = &to->family.reparent;

	assert(spinlock_held(&family_lock));
	r->parent = to;
	list_remove(&r->sibling);
	if (r->proc_status == STATUS_ALIVE) {
		list_append(&new->alive, &r->sibling);
	} else {
		list_append(&new->zombies, &r->sibling);
		condvar_signal(&new->child_done, &family_lock);
	}
}

static void hand_over_all(struct list *children)
{
	while (!list_empty(children))
		reparent_hand_over(sibling_proc(children->next), init_proc);
}

/*
 * All in one piece under family_lock: the children find their new parent, the status is
 * written, the parent is woken, and the lock is given up only when this thread is off
 * its stack.  So a parent that sees the status may free everything.
 */
static NORETURN void reparent_exit(struct proc *self, int status)
{
	struct reparent_record *r = &self->family.reparent;

	spinlock_acquire(&family_lock);
	hand_over_all(&r->alive);
	hand_over_all(&r->zombies);

	r->proc_status = status;
	list_remove(&r->sibling);
	list_append(&r->parent->family.reparent.zombies, &r->sibling);
	condvar_signal(&r->parent->family.reparent.child_done, &family_lock);
	thread_exit(&family_lock);
}

static int reparent_parent_pid(struct proc *self)
{
	int pid;

	spinlock_acquire(&family_lock);
	pid = self->family.reparent.parent != NULL ? self->family.reparent.parent->pid
	                                           : 0;
	spinlock_release(&family_lock);
	return pid;
}

const struct lifetime_ops lifetime_reparent = {
	.name = "reparent",
	.init = reparent_init,
	.fork = reparent_fork,
	.wait = reparent_wait,
	.exit = reparent_exit,
	.parent_pid = reparent_parent_pid,
};
