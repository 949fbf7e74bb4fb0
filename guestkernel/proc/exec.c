/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "boot/cmdline.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"
#include "proc/elf.h"
#include "proc/exec_args.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "thread/thread.h"
#include "trap/entry.h"
#include "trap/gdt.h"
#include "x86.h"

#define INIT_PATH "/bin/init"

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

/* The registers of a program at its entry: (rdi, rsi) = (argc, argv), all others 0. */
static void begin_frame(struct trap_frame *tf, uint64_t entry, uint64_t sp, int argc)
{
	memset(tf, 0, sizeof(*tf));
	tf->rip = entry;
	tf->cs = USER_CS;
	tf->ss = USER_SS;
	tf->rflags = RFLAGS_FIXED | RFLAGS_IF;
	tf->rsp = sp;
	tf->rdi = (uint64_t)argc;
	tf->rsi = sp;
}

/* A whole program, ready to begin; the address space is the caller's. */
struct image {
	struct addr_space *as;
	uint64_t entry;
	uint64_t sp;
};

/* Everything that can fail happens in an address space that nobody uses yet. */
static int make_image(const char *path, const struct exec_args *args, struct image *image)
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

static int exec_program(const char *path, const struct exec_args *args,
                        struct trap_frame *tf)
{
	struct proc *p = proc_current();
	struct addr_space *old = p->as;
	struct image image;
	int error = make_image(path, args, &image);

	if (error != 0)
		return error;
	p->as = image.as;
	thread_use_addr_space(image.as);
	thread_fpu_reset();
	begin_frame(tf, image.entry, image.sp, args->argc);
	exec_commit(path, args->argc, args->argv);
	if (old != NULL)
		as_destroy(old);
	return 0;
}

static int copyin_call(uint64_t path, uint64_t argv, char **name, struct exec_args *args)
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
	int error = copyin_call(path, argv, &name, &args);

	if (error != 0)
		return error;
	error = exec_program(name, &args, tf);
	exec_args_free(&args);
	kfree(name);
	return error;
}

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

/* As copy_process() of fork.c: on error, proc_unmake() takes back what there is. */
static int fill_spawned(struct proc *child, struct spawn *s)
{
	struct proc *parent = proc_current();
	struct image image;
	int error = make_image(s->path, &s->args, &image);

	if (error != 0)
		return error;
	child->as = image.as;
	child->files = files_copy(parent->files);
	if (child->files == NULL)
		return -ENOMEM;
	child->thread = thread_create(s->path, child, enter_spawned, s);
	if (child->thread == NULL)
		return -ENOMEM;
	child->thread->as = image.as;
	begin_frame(thread_user_frame(child->thread), image.entry, image.sp,
	            s->args.argc);
	return lifetime->fork(parent, child);
}

static int spawn_child(struct spawn *s)
{
	int error;
	struct proc *child = proc_create(&error);
	int pid;

	if (child == NULL)
		return error;
	error = fill_spawned(child, s);
	if (error != 0) {
		proc_unmake(child);
		proc_release_entry(child);
		return error;
	}
	pid = child->pid;
	thread_start(child->thread);
	return pid;
}

int proc_spawn(uint64_t path, uint64_t argv)
{
	struct spawn *s = kmalloc(sizeof(*s));
	int result;

	if (s == NULL)
		return -ENOMEM;
	result = copyin_call(path, argv, &s->path, &s->args);
	if (result != 0) {
		kfree(s);
		return result;
	}
	result = spawn_child(s);
	if (result < 0)
		free_spawn(s);
	return result;
}

/* The first thread with a process: becomes /bin/init. */
static void enter_init(void *arg)
{
	struct trap_frame *tf = thread_user_frame(thread_current());
	struct exec_args args;
	int error;

	(void)arg;
	error = exec_args_set(&args, INIT_PATH, cmdline.argc, cmdline.argv);
	if (error == 0) {
		error = exec_program(INIT_PATH, &args, tf);
		exec_args_free(&args);
	}
	if (error != 0)
		panic("init: cannot execute %s (error %d)", INIT_PATH, -error);
	x86_cli();
	trap_return_to(tf);
}

void proc_start_init(void)
{
	int error = -ENOMEM;
	struct proc *p = proc_create(&error);
	struct file *console;

	if (p == NULL)
		panic("init: cannot create process 1 (error %d)", -error);
	assert(p->pid == PROC_INIT_PID);
	p->files = files_create();
	p->thread = thread_create("init", p, enter_init, NULL);
	if (p->files == NULL || p->thread == NULL ||
	    file_open(inode_root(), "con:", O_RDWR, &console) != 0)
		panic("init: no memory for process 1");
	for (int fd = 0; fd <= 2; fd++)
		files_add(p->files, fd == 0 ? console : file_hold(console));
	thread_start(p->thread);
}
