/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first process. */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "boot/cmdline.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/panic.h"
#include "proc/exec.h"
#include "proc/files.h"
#include "proc/menu.h"
#include "proc/proc.h"
#include "thread/thread.h"
#include "trap/entry.h"
#include "x86.h"

#define INIT_PATH "/bin/init"

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
	p->thread = cmdline.menu ? thread_create("menu", p, menu_enter, NULL)
	                         : thread_create("init", p, enter_init, NULL);
	if (p->files == NULL || p->thread == NULL ||
	    file_open(inode_root(), "con:", O_RDWR, &console) != 0)
		panic("init: no memory for process 1");
	for (int fd = 0; fd <= 2; fd++)
		files_add(p->files, fd == 0 ? console : file_hold(console));
	thread_start(p->thread);
}
