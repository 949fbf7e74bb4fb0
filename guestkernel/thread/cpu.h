/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each CPU has of its own, found through its GS base. */
#ifndef THREAD_CPU_H
#define THREAD_CPU_H

#define CPUS_MAX 1

/* Byte offsets for assembly; cpu.c checks them against the structure. */
#define CPU_CURRENT 8
#define CPU_KERNEL_RSP 16
#define CPU_USER_RSP 24

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* All fields: this CPU only, with interrupts off unless said otherwise. */
struct cpu {
	struct cpu *self;       /* constant after boot */
	struct thread *current; /* changes only in a switch; a thread may read its own any
	                           time */
	uint64_t kernel_rsp; /* where a system call of the current thread begins its stack
	                      */
	uint64_t user_rsp;   /* scratch of the first instructions of a system call */
	struct thread *idle; /* constant after boot */
	int id;              /* constant after boot */
	int irq_off_depth;   /* nested irq_push_off(), spinlocks among them */
	bool irq_was_on;     /* before the outermost of them */
};

extern struct cpu cpus[CPUS_MAX];

/* Loads the GS base; from then on cpu_this() and thread_current() work. */
void cpu_init(int id);

/* The result stays right only while interrupts are off. */
static inline struct cpu *cpu_this(void)
{
	struct cpu *c;

	__asm__ volatile("movq %%gs:0, %0" : "=r"(c));
	return c;
}

/* One instruction, so no switch can come between finding the CPU and reading it. */
static inline struct thread *thread_current(void)
{
	struct thread *t;

	__asm__ volatile("movq %%gs:%c1, %0" : "=r"(t) : "i"(CPU_CURRENT));
	return t;
}

#endif
#endif
