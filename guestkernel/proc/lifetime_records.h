/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each design of process lifetime keeps in every process. */
#ifndef PROC_LIFETIME_RECORDS_H
#define PROC_LIFETIME_RECORDS_H

#include <stdbool.h>

#include "compiler.h"
#include "lib/list.h"
#include "thread/condvar.h"
#include "thread/semaphore.h"

struct proc;

/* No wait status: the process has not exited. */
#define STATUS_ALIVE (-1)

/* All of it: family_lock of lifetime_reparent.c. */
struct reparent_record {
	int proc_status;           /* STATUS_ALIVE, or the wait status */
	struct proc *parent;       /* NULL for pid 1 */
	struct list alive;         /* children that run, in the order of their forks */
	struct list zombies;       /* children that exited, in the order of their exits */
	struct list sibling;       /* on one of the parent's two lists */
	struct condvar child_done; /* where the process itself waits for children */
};

/* What a parent keeps of a child; it owns it.  All of it: exit_lock. */
struct child_record {
	struct list link;   /* on one of the parent's two lists */
	struct proc *child; /* its entry stays as long as this record */
	int status;         /* STATUS_ALIVE, or the wait status */
};

/* All of it: exit_lock of lifetime_exitlock.c. */
struct exitlock_record {
	int parent_pid;
	bool parent_live; /* else the two below mean nothing */
	struct proc *parent;
	struct child_record *record; /* the parent's, about us: where our status goes */
	struct list running;         /* our children's records, in the order of forks */
	struct list exited;          /* the same, in the order of exits */
};

/* All of it but the semaphores: mailbox_lock of lifetime_mailbox.c. */
struct mailbox_record {
	int parent_pid;
	struct proc *parent; /* means nothing once exit_needed is false */
	bool exit_needed;    /* the mailbox: the parent takes it away when it exits */
	bool exited;
	int exit_code;                    /* the wait status; good once `exited` */
	struct semaphore exit;            /* up once, when the process has exited */
	struct semaphore children_exited; /* up for each child's exit */
	struct list boxes;                /* our children that run, through `link` */
	struct list full; /* our children that exited, in the order of exits */
	struct list link; /* on one of the parent's lists, or that of the abandoned */
};

/* Between a process's exit and the end of its entry there are two states. */
enum waitqueue_state {
	WAITQUEUE_ALIVE,
	WAITQUEUE_EXITED, /* a waiter has it, or one may still come */
	WAITQUEUE_ZOMBIE, /* nobody will ask for it any more: it may be freed */
};

/* All of it: waitqueue_lock of lifetime_waitqueue.c. */
struct waitqueue_record {
	enum waitqueue_state state;
	int status;              /* good once not alive */
	struct proc *parent;     /* NULL: pid 1 or an orphan */
	struct list waiters;     /* for this process, served first come first */
	struct list any_waiters; /* for any child of this process */
	struct list running;     /* children, through `sibling` */
	struct list exited;      /* children no waiter has yet, in the order of exits */
	struct list sibling;     /* on one of the parent's lists, or a waiter's */
};

struct lifetime_record {
	union {
		struct reparent_record reparent;
		struct exitlock_record exitlock;
		struct mailbox_record mailbox;
		struct waitqueue_record waitqueue;
	};
};

#endif
