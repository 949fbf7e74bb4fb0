/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads and the scheduler: preemptive round robin over one queue.
 *
 * sched_lock covers the run queue, every thread's state and all wait lists.  It is held
 * across a switch: the thread that is switched to releases what the other acquired.  So
 * from outside, no thread is ever seen between two states.
 */
#ifndef THREAD_THREAD_H
#define THREAD_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "lib/list.h"
#include "thread/cpu.h"
#include "thread/spinlock.h"
#include "trap/trap_frame.h"

#define THREAD_STACK_SIZE 8192
#define THREAD_NAME_SIZE 32
#define FPU_STATE_SIZE 512

enum thread_state {
	THREAD_NEW,   /* not started yet */
	THREAD_READY, /* on the run queue (an idle thread: waiting for it to be empty) */
	THREAD_RUNNING,  /* on a CPU */
	THREAD_SLEEPING, /* on a wait list */
	THREAD_EXITED,   /* will not run again */
};

struct addr_space;
struct proc;

struct thread {
	int id; /* constant; unique since boot, 0 is the idle thread */
	char name[THREAD_NAME_SIZE]; /* the thread itself, at exec; for people only, so
	                                that others may see it half written */
	enum thread_state state;     /* sched_lock */
	struct proc *proc;           /* constant; NULL: a thread of the kernel's own */
	struct addr_space *as; /* the thread itself, interrupts off; NULL: kernel only */
	struct list link;      /* sched_lock; run queue or a wait list */
	uint64_t deadline;     /* sched_lock; of a sleeper of clock_sleep() */
	uint64_t saved_rsp;    /* sched_lock; while it is not running */
	uint8_t *stack;        /* constant; lowest address, THREAD_STACK_SIZE bytes */
	void (*entry)(void *arg); /* constant; where it begins */
	void *arg;                /* constant */
	uint8_t fpu[FPU_STATE_SIZE]
		__attribute__((aligned(16))); /* while it is not running */
};

extern struct spinlock sched_lock;

/*
 * Makes the code that is running the idle thread of this CPU.  To be called once a CPU,
 * before any other thread is started there.
 */
void thread_init(uint8_t *boot_stack);

/* In state THREAD_NEW, with an FPU as at reset.  NULL where memory is short. */
struct thread *thread_create(const char *name, struct proc *proc,
                             void (*entry)(void *arg), void *arg);

/* Makes a new thread runnable for the first time. */
PROBED void thread_start(struct thread *t);

/*
 * Frees a thread that never started, or that is THREAD_EXITED.  Never by the thread
 * itself: it would free the stack that it stands on.
 */
PROBED void thread_destroy(struct thread *t);

/* Lets the others run first. */
void thread_yield(void);

/* The same at a timer tick, unless nobody else is ready.  Interrupts are off. */
void thread_preempt(void);

/*
 * Ends the current thread.  `held`, the only spinlock held, is released once the thread
 * can no longer be seen running: whoever acquires it afterwards may destroy the thread.
 */
NORETURN void thread_exit(struct spinlock *held);

/* What an idle thread does for ever. */
NORETURN void thread_idle(void);

/* Switches the current thread to `as` (NULL: the kernel's tables only). */
void thread_use_addr_space(struct addr_space *as);

/* A user thread's frame of registers, at the top of its kernel stack. */
struct trap_frame *thread_user_frame(const struct thread *t);

/* FPU registers as at reset; and a copy of the current thread's for another. */
void thread_fpu_reset(void);
void thread_fpu_copy(struct thread *to);

/*
 * For those who keep wait lists.  sched_lock is held, and no other spinlock.
 * thread_sleep_on() puts the current thread on `list` and returns once somebody has taken
 * it off and made it ready.
 */
void thread_sleep_on(struct list *list, struct spinlock *release);
void thread_make_ready(struct thread *t);

/* From `from`'s stack to `to`'s.  sched_lock is held.  Returns in `to`. */
PROBED void context_switch(struct thread *from, struct thread *to);

#endif
