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

int proc_fork(const struct trap_frame *tf)
{
	struct proc *parent = proc_current();
	int error = -ENOMEM;
	struct proc *child = proc_create(&error);
	int pid;

	if (child == NULL)
		return error;
	child->as = as_copy(parent->as);
	if (child->as == NULL)
		goto fail_entry;
	child->files = files_copy(parent->files);
	if (child->files == NULL)
		goto fail_as;
	child->thread = copy_thread(child, tf);
	if (child->thread == NULL)
		goto fail_files;
	error = lifetime->fork(parent, child);
	if (error != 0)
		goto fail_thread;

	/*
	 * From its start on the child is beyond our reach: it may exit before we run again,
	 * and if it is handed over it may even be gone.
	 */
	pid = child->pid;
	thread_start(child->thread);
	return pid;

fail_thread:
	thread_destroy(child->thread);
fail_files:
	files_destroy(child->files);
	child->files = NULL;
fail_as:
	as_destroy(child->as);
	child->as = NULL;
fail_entry:
	proc_release_entry(child);
	return error;
}
