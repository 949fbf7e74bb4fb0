/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Process lifetime: what fork, wait and exit owe to parents and children.  There are
 * several designs, one of which is chosen at boot (`lifetime=NAME`).  Whatever the
 * interleaving, each keeps this contract:
 *
 * fork   The child is its parent's before it can run, so a wait that follows the fork
 *        finds it.  It has the lowest free pid.
 * wait   Returns each child of the caller once, with the status it exited with, however
 *        wait and exit are ordered: if the child runs, wait sleeps until it has exited
 *        and no longer; if it has exited, wait does not sleep.  For a particular pid that
 *        is not an unreaped child of the caller (a stranger, itself, a grandchild, one
 *        waited for before): -ECHILD.  For any child: one that has exited, those that
 *        exited earlier first; -ECHILD if the caller has no children.
 * exit   Its status reaches the parent's wait.  Children that are left must not need the
 *        parent any more: running ones go on, exited ones do not stay for ever.
 * reap   When wait has returned a child, nothing of it is left: memory and files went in
 *        its own exit, its thread and its table entry go before wait returns.  Only then
 *        may its pid be used again.  The child's stack is freed only once the child is
 *        off it, and never by the child.
 *
 * A program sees an orphan as a child of pid 1, whether pid 1 is to reap it (`reparent`)
 * or not (the others); init's power off waits for all that are left.
 *
 * proc/ has closed files and destroyed the address space before exit() is called.
 */
#ifndef PROC_LIFETIME_H
#define PROC_LIFETIME_H

#include "proc/lifetime_records.h"

struct lifetime_ops {
	const char *name;

	/* Once at boot; may be NULL. */
	void (*start)(void);

	/* Makes the record of a new process, which has no parent yet. */
	void (*init)(struct proc *p);

	/* `child` becomes `parent`'s; the last thing in fork that may fail (-ENOMEM). */
	int (*fork)(struct proc *parent, struct proc *child);

	/*
	 * In the parent: reaps the child `pid`, or any (WAIT_ANY), and stores its status.
	 * Returns its pid, or 0 with WNOHANG where none has exited, or -ECHILD.
	 */
	int (*wait)(struct proc *self, int pid, int options, int *status);

	/* In the exiting process, never pid 1: settles its family and ends its thread. */
	NORETURN void (*exit)(struct proc *self, int status);

	/* The parent's pid, that of init for an orphan, 0 for init itself. */
	int (*parent_pid)(struct proc *self);

	/*
	 * Frees exited processes that nobody will wait for; may be NULL.  Called before a
	 * pid is given out.  No spinlock is held.
	 */
	void (*sweep)(void);
};

/* The chosen one; constant after boot. */
extern const struct lifetime_ops *lifetime;

/* Panics, listing the known names, on an unknown one. */
void lifetime_choose(const char *name);

extern const struct lifetime_ops lifetime_reparent;
extern const struct lifetime_ops lifetime_exitlock;
extern const struct lifetime_ops lifetime_mailbox;
extern const struct lifetime_ops lifetime_waitqueue;

/* lifetime=reparent: `child` loses its parent and becomes `to`'s.  family_lock is held.
 */
PROBED void reparent_hand_over(struct proc *child, struct proc *to);

#endif
