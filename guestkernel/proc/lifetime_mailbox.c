/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lifetime=mailbox, after design document 003: each process has a semaphore that goes up
 * when it has exited, and a mailbox `exit_needed` in which its parent says whether it
 * still wants to know.  Its four cases:
 *
 * - The parent waits and the child exits, in either order (1, 2): needed, so the child
 *   leaves its code and ups the semaphore, through which the parent's wait comes, before
 *   or after, to destroy the child.
 *
 * - The parent exits first (3): not needed any more, so the child destroys itself; its
 *   thread is left to the reaper, since it cannot free the stack it stands on.
 *
 * - The child exits first, then the parent without a wait (4): an abandoned zombie, which
 *   the next creation of a process sweeps, before it takes a pid.
 *
 * The document knows no wait for any child; for it a second semaphore in the parent
 * counts the exits of all its children.
 */
#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/panic.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "proc/reaper.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

static struct spinlock mailbox_lock = SPINLOCK_INIT("mailbox_lock");
static struct list abandoned = LIST_INIT(abandoned); /* mailbox_lock */

static struct proc *link_proc(struct list *node)
{
	return LIST_ENTRY(node, struct proc, family.mailbox.link);
}

static void mailbox_start(void)
{
	reaper_start();
}

static void mailbox_init(struct proc *p)
{
	struct mailbox_record *r = &p->family.mailbox;

	r->parent_pid = 0;
	r->parent = NULL;
	r->exit_needed = false;
	r->exited = false;
	semaphore_init(&r->exit, 0);
	semaphore_init(&r->children_exited, 0);
	list_init(&r->boxes);
	list_init(&r->full);
	list_init(&r->link);
}

static int mailbox_fork(struct proc *parent, struct proc *child)
{
	struct mailbox_record *r = &child->family.mailbox;

	spinlock_acquire(&mailbox_lock);
	r->parent_pid = parent->pid;
	r->parent = parent;
	r->exit_needed = true;
	list_append(&parent->family.mailbox.boxes, &r->link);
	spinlock_release(&mailbox_lock);
	return 0;
}

/* The child with that pid, or NULL; only the caller itself can make it go away. */
static struct proc *find_child(const struct proc *self, int pid)
{
	struct proc *p;

	spinlock_acquire(&mailbox_lock);
	spinlock_acquire(&proc_table_lock);
	p = proc_lookup(pid);
	if (p != NULL &&
	    (!p->family.mailbox.exit_needed || p->family.mailbox.parent != self))
		p = NULL;
	spinlock_release(&proc_table_lock);
	spinlock_release(&mailbox_lock);
	return p;
}

/* -ECHILD: no child at all; 0: one that a wait would sleep for; 1: an exited one. */
static int look(struct proc *self, const struct proc *child)
{
	const struct mailbox_record *r = &self->family.mailbox;
	int result;

	spinlock_acquire(&mailbox_lock);
	if (child != NULL)
		result = child->family.mailbox.exited;
	else if (!list_empty(&r->full))
		result = 1;
	else
		result = list_empty(&r->boxes) ? -ECHILD : 0;
	spinlock_release(&mailbox_lock);
	return result;
}

/*
 * Each exit ups two semaphores, the child's own and the parent's; each child reaped takes
 * one from both.  Neither is ever looked at by anyone but the parent, so the second of
 * the two that a wait takes never makes it sleep.
 */
static struct proc *collect(struct proc *self, struct proc *child)
{
	struct mailbox_record *r = &self->family.mailbox;

	if (child != NULL)
		semaphore_down(&child->family.mailbox.exit);
	semaphore_down(&r->children_exited);

	/* The child gave up mailbox_lock only once it was off its stack. */
	spinlock_acquire(&mailbox_lock);
	if (child == NULL)
		child = link_proc(r->full.next);
	assert(child->family.mailbox.exited);
	list_remove(&child->family.mailbox.link);
	child->family.mailbox.exit_needed = false;
	spinlock_release(&mailbox_lock);
	return child;
}

static int mailbox_wait(struct proc *self, int pid, int options, int *status)
{
	struct proc *child = NULL;
	int result;

	if (pid != WAIT_ANY) {
		child = find_child(self, pid);
		if (child == NULL)
			return -ECHILD;
	}
	result = look(self, child);
	if (result < 0 || (result == 0 && (options & WNOHANG)))
		return result;
	child = collect(self, child);
	*status = child->family.mailbox.exit_code;
	result = child->pid;
	proc_bury(child);
	return result;
}

/* Nobody will wait for the children any more. */
static void empty_mailboxes(struct mailbox_record *r)
{
	struct list *node;

	while ((node = list_take_first(&r->boxes)) != NULL)
		link_proc(node)->family.mailbox.exit_needed = false;
	while ((node = list_take_first(&r->full)) != NULL) {
		link_proc(node)->family.mailbox.exit_needed = false;
		list_append(&abandoned, node);
	}
}

static NORETURN void mailbox_exit(struct proc *self, int status)
{
	struct mailbox_record *r = &self->family.mailbox;

	spinlock_acquire(&mailbox_lock);
	empty_mailboxes(r);
	if (!r->exit_needed) {
		spinlock_release(&mailbox_lock);
		reaper_exit(self);
	}
	r->exit_code = status;
	r->exited = true;
	list_remove(&r->link);
	list_append(&r->parent->family.mailbox.full, &r->link);
	semaphore_up(&r->exit);
	semaphore_up(&r->parent->family.mailbox.children_exited);
	thread_exit(&mailbox_lock);
}

static int mailbox_parent_pid(struct proc *self)
{
	const struct mailbox_record *r = &self->family.mailbox;
	int pid = 0;

	spinlock_acquire(&mailbox_lock);
	if (self->pid != PROC_INIT_PID)
		pid = r->exit_needed ? r->parent_pid : PROC_INIT_PID;
	spinlock_release(&mailbox_lock);
	return pid;
}

/* The document's proc_exorcise(). */
static void mailbox_sweep(void)
{
	struct list *node;

	for (;;) {
		spinlock_acquire(&mailbox_lock);
		node = list_take_first(&abandoned);
		spinlock_release(&mailbox_lock);
		if (node == NULL)
			return;
		proc_bury(link_proc(node));
	}
}

const struct lifetime_ops lifetime_mailbox = {
	.name = "mailbox",
	.start = mailbox_start,
	.init = mailbox_init,
	.fork = mailbox_fork,
	.wait = mailbox_wait,
	.exit = mailbox_exit,
	.parent_pid = mailbox_parent_pid,
	.sweep = mailbox_sweep,
};
