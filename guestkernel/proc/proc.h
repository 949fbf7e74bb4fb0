/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes and the process table.  What parents and children owe each other is in
 * proc/lifetime.h; here is what a process has, and how it begins and ends.
 */
#ifndef PROC_PROC_H
#define PROC_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/limits.h"
#include "compiler.h"
#include "proc/lifetime.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

#define PROC_INIT_PID PID_MIN

struct addr_space;
struct files;
struct trap_frame;

struct proc {
	int pid;                       /* constant */
	struct thread *thread;         /* its creator; then proc_table_lock, to NULL */
	struct addr_space *as;         /* its own thread; NULL once given up */
	struct files *files;           /* its own thread; NULL once given up */
	uint64_t page_faults;          /* its own thread; others see a moment's value */
	struct lifetime_record family; /* the lifetime's lock */
	struct list dead;              /* the reaper's lock; see proc/reaper.h */
};

/* Covers the table and the set of pids in use. */
extern struct spinlock proc_table_lock;

/* An empty table. */
void proc_init(void);

/* The process of the current thread; NULL for a thread of the kernel's own. */
static inline struct proc *proc_current(void)
{
	return thread_current()->proc;
}

/* The process with that pid, or NULL.  proc_table_lock is held. */
struct proc *proc_lookup(int pid);

int proc_count(void);

/* Lets every other process finish, and powers the machine off.  For pid 1. */
NORETURN void proc_power_off(uint32_t status);

/* Calls `visit` for each process, by pid.  It must not sleep: proc_table_lock is held. */
void proc_visit(void (*visit)(const struct proc *p));

/*
 * Starts pid 1 with the console as descriptors 0, 1 and 2: /bin/init with the arguments
 * of the command line, or the kernel menu.  Panics where that fails.
 */
void proc_start_init(void);

/*
 * A copy of the current process, which will return 0 to user mode where `tf` is.  Returns
 * its pid.  -EAGAIN (no pid is free), -ENOMEM.
 */
int proc_fork(const struct trap_frame *tf);

/*
 * Replaces the current process's image by the program at `path` with arguments at `argv`
 * (user addresses both) and sets `tf` to begin it.  On error nothing has changed: -E2BIG,
 * -ENOEXEC, -EFAULT, -ENOMEM, and what the file system says.
 */
int proc_exec(uint64_t path, uint64_t argv, struct trap_frame *tf);

/*
 * A new child of the current process that begins with the program at `path`, with copies
 * of its descriptors: fork() and execv() without a copy in between.  Errors of both.
 */
int proc_spawn(uint64_t path, uint64_t argv);

/* The same from the kernel's own strings; argc > 0. */
int proc_spawn_program(const char *path, int argc, char *const *argv);

/* Ends the current process with a wait status. */
PROBED NORETURN void proc_exit(int status);

/*
 * The new image is in place: address space and registers are the new program's, and
 * nothing can fail any more.  The thread takes its name.  All strings are the kernel's.
 */
PROBED void exec_commit(const char *path, int argc, char **argv);

/*
 * For lifetimes: gives up the table entry and the pid of a process that has nothing else
 * left, and frees it.
 */
PROBED void proc_release_entry(struct proc *p);

/* For proc/: an entry with a pid and nothing else.  *error gets -EAGAIN or -ENOMEM. */
struct proc *proc_create(int *error);

/*
 * For proc/: the end of fork and of spawn.  A child that has all its parts becomes the
 * current process's and starts; its pid.  After an `error`, its own or one that filling
 * it had, what there is of it is taken back; the error.
 */
int proc_start_child(struct proc *child, int error);

#endif
