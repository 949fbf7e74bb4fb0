/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/exec.h"
#include "abi/errno.h"
#include "fs/inode.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"
#include "proc/elf.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "thread/thread.h"
#include "trap/gdt.h"
#include "x86.h"

PROBED void exec_commit(const char *path, int argc, char **argv)
{
	struct thread *t = thread_current();

	(void)argv;
	assert(argc >= 0);
	string_copy(t->name, path, sizeof(t->name));
}

static int load_program(const char *path, struct addr_space *as, uint64_t *entry)
{
	struct inode *file;
	int error = inode_lookup(proc_current()->files->cwd, path, true, &file);

	if (error != 0)
		return error;
	error = elf_load(file, as, entry);
	inode_put(file);
	return error;
}

void image_begin(const struct image *image, int argc, struct trap_frame *tf)
{
	memset(tf, 0, sizeof(*tf));
	tf->rip = image->entry;
	tf->cs = USER_CS;
	tf->ss = USER_SS;
	tf->rflags = RFLAGS_FIXED | RFLAGS_IF;
	tf->rsp = image->sp;
	tf->rdi = (uint64_t)argc;
	tf->rsi = image->sp;
}

int image_make(const char *path, const struct exec_args *args, struct image *image)
{
	int error;

	image->as = as_create();
	if (image->as == NULL)
		return -ENOMEM;
	error = load_program(path, image->as, &image->entry);
	if (error == 0)
		error = exec_args_push(args, image->as, &image->sp);
	if (error != 0)
		as_destroy(image->as);
	return error;
}

int exec_program(const char *path, const struct exec_args *args, struct trap_frame *tf)
{
	struct proc *p = proc_current();
	struct addr_space *old = p->as;
	struct image image;
	int error = image_make(path, args, &image);

	if (error != 0)
		return error;
	p->as = image.as;
	thread_use_addr_space(image.as);
	thread_fpu_reset();
	image_begin(&image, args->argc, tf);
	exec_commit(path, args->argc, args->argv);
	if (old != NULL)
		as_destroy(old);
	return 0;
}

int exec_copyin(uint64_t path, uint64_t argv, char **name, struct exec_args *args)
{
	int error;

	*name = kmalloc(PATH_MAX);
	if (*name == NULL)
		return -ENOMEM;
	error = copyinstr(*name, path, PATH_MAX, NULL);
	if (error == 0)
		error = exec_args_copyin(args, argv);
	if (error != 0)
		kfree(*name);
	return error;
}

int proc_exec(uint64_t path, uint64_t argv, struct trap_frame *tf)
{
	struct exec_args args;
	char *name;
	int error = exec_copyin(path, argv, &name, &args);

	if (error != 0)
		return error;
	error = exec_program(name, &args, tf);
	exec_args_free(&args);
	kfree(name);
	return error;
}
