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
	int error = inode_lookup(path, &file);

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

/* Everything that can fail happens in an address space that nobody uses yet. */
static int exec_program(const char *path, const struct exec_args *args, struct trap_frame *tf)
{
	struct proc *p = proc_current();
	struct addr_space *old = p->as;
	struct addr_space *new = as_create();
	uint64_t entry;
	uint64_t sp;
	int error;

	if (new == NULL)
		return -ENOMEM;
	error = load_program(path, new, &entry);
	if (error == 0)
		error = exec_args_push(args, new, &sp);
	if (error != 0) {
		as_destroy(new);
		return error;
	}
	p->as = new;
	thread_use_addr_space(new);
	thread_fpu_reset();
	begin_frame(tf, entry, sp, args->argc);
	exec_commit(path, args->argc, args->argv);
	if (old != NULL)
		as_destroy(old);
	return 0;
}

int proc_exec(uint64_t path, uint64_t argv, struct trap_frame *tf)
{
	char *name = kmalloc(PATH_MAX);
	struct exec_args args;
	int error;

	if (name == NULL)
		return -ENOMEM;
	error = copyinstr(name, path, PATH_MAX, NULL);
	if (error != 0)
		goto out_name;
	error = exec_args_copyin(&args, argv);
	if (error != 0)
		goto out_name;
	error = exec_program(name, &args, tf);
	exec_args_free(&args);
out_name:
	kfree(name);
	return error;
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
	if (p->files == NULL || p->thread == NULL || file_open("con:", O_RDWR, &console) != 0)
		panic("init: no memory for process 1");
	for (int fd = 0; fd <= 2; fd++)
		files_add(p->files, fd == 0 ? console : file_hold(console));
	thread_start(p->thread);
}
