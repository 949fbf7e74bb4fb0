/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/errno.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "proc/exec.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "thread/thread.h"
#include "trap/entry.h"
#include "x86.h"

/* What a spawned thread needs for its exec_commit(); it frees it. */
struct spawn {
	char *path;
	struct exec_args args;
};

static void free_spawn(struct spawn *s)
{
	exec_args_free(&s->args);
	kfree(s->path);
	kfree(s);
}

static void enter_spawned(void *arg)
{
	struct spawn *s = arg;

	exec_commit(s->path, s->args.argc, s->args.argv);
	free_spawn(s);
	x86_cli();
	trap_return_to(thread_user_frame(thread_current()));
}

/* As copy_process() of fork.c. */
static int fill_spawned(struct proc *child, struct spawn *s)
{
	struct image image;
	int error = image_make(s->path, &s->args, &image);

	if (error != 0)
		return error;
	child->as = image.as;
	child->files = files_copy(proc_current()->files);
	if (child->files == NULL)
		return -ENOMEM;
	child->thread = thread_create(s->path, child, enter_spawned, s);
	if (child->thread == NULL)
		return -ENOMEM;
	child->thread->as = image.as;
	image_begin(&image, s->args.argc, thread_user_frame(child->thread));
	return 0;
}

static int spawn_child(struct spawn *s)
{
	int error;
	struct proc *child = proc_create(&error);

	if (child == NULL)
		return error;
	return proc_start_child(child, fill_spawned(child, s));
}

int proc_spawn(uint64_t path, uint64_t argv)
{
	struct spawn *s = kmalloc(sizeof(*s));
	int result;

	if (s == NULL)
		return -ENOMEM;
	result = exec_copyin(path, argv, &s->path, &s->args);
	if (result != 0) {
		kfree(s);
		return result;
	}
	result = spawn_child(s);
	if (result < 0)
		free_spawn(s);
	return result;
}

/* The same from the kernel's strings; `path` is copied, since the caller goes on. */
static int set_spawn(struct spawn *s, const char *path, int argc, char *const *argv)
{
	size_t n = strlen(path) + 1;
	int error;

	s->path = kmalloc(n);
	if (s->path == NULL)
		return -ENOMEM;
	memcpy(s->path, path, n);
	error = exec_args_set(&s->args, argv[0], argc - 1, argv + 1);
	if (error != 0)
		kfree(s->path);
	return error;
}

int proc_spawn_program(const char *path, int argc, char *const *argv)
{
	struct spawn *s = kmalloc(sizeof(*s));
	int result;

	if (s == NULL)
		return -ENOMEM;
	result = set_spawn(s, path, argc, argv);
	if (result != 0) {
		kfree(s);
		return result;
	}
	result = spawn_child(s);
	if (result < 0)
		free_spawn(s);
	return result;
}
