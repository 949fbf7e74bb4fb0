/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/addr_space.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "thread/thread.h"
#include "trap/entry.h"
#include "x86.h"

/* Where a child begins: its frame says the rest. */
static void enter_forked_process(void *arg)
{
	(void)arg;
	x86_cli();
	trap_return_to(thread_user_frame(thread_current()));
}

/* The child returns from the same call with 0 and the same registers otherwise. */
static struct thread *copy_thread(struct proc *child, const struct trap_frame *tf)
{
	struct thread *t =
		thread_create(thread_current()->name, child, enter_forked_process, NULL);

	if (t == NULL)
		return NULL;
	t->as = child->as;
	*thread_user_frame(t) = *tf;
	thread_user_frame(t)->rax = 0;
	thread_fpu_copy(t);
	return t;
}

/* Each part in its turn; on error, proc_start_child() takes back those there are. */
static int copy_process(struct proc *child, const struct trap_frame *tf)
{
	struct proc *parent = proc_current();

	child->as = as_copy(parent->as);
	if (child->as == NULL)
		return -ENOMEM;
	child->files = files_copy(parent->files);
	if (child->files == NULL)
		return -ENOMEM;
	child->thread = copy_thread(child, tf);
	if (child->thread == NULL)
		return -ENOMEM;
	return 0;
}

int proc_fork(const struct trap_frame *tf)
{
	int error;
	struct proc *child = proc_create(&error);

	if (child == NULL)
		return error;
	return proc_start_child(child, copy_process(child, tf));
}

/* Takes thread, files and memory from a process that never started. */
static void unmake(struct proc *p)
{
	struct thread *t = p->thread;

	spinlock_acquire(&proc_table_lock);
	p->thread = NULL;
	spinlock_release(&proc_table_lock);
	if (t != NULL)
		thread_destroy(t);
	if (p->files != NULL)
		files_destroy(p->files);
	p->files = NULL;
	if (p->as != NULL)
		as_destroy(p->as);
	p->as = NULL;
}

int proc_start_child(struct proc *child, int error)
{
	int pid;

	if (error == 0)
		error = lifetime->fork(proc_current(), child);
	if (error != 0) {
		unmake(child);
		proc_release_entry(child);
		return error;
	}

	/*
	 * From its start on the child is beyond our reach: it may exit before we run
	 * again, and if it is handed over it may even be gone.
	 */
	pid = child->pid;
	thread_start(child->thread);
	return pid;
}
