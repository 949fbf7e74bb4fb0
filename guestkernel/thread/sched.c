/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs next. */
#include "thread/sched.h"

#include "lib/panic.h"
#include "mm/addr_space.h"
#include "thread/clock.h"
#include "trap/gdt.h"
#include "x86.h"

struct spinlock sched_lock = SPINLOCK_INIT("sched_lock");

static struct list run_queue =
	LIST_INIT(run_queue); /* sched_lock; never an idle thread */

/*
 * Page tables, kernel stack and FPU go with the thread; the rest of the registers is on
 * the stacks.  Kernel code uses no FPU, so threads without a process have none to keep.
 */
PROBED void context_switch(struct thread *from, struct thread *to)
{
	uint64_t root = to->as != NULL ? to->as->pages.root : paging_kernel_root();

	thread_check_stack(from);
	if (from->proc != NULL && from->state != THREAD_EXITED)
		x86_fxsave(from->fpu);
	if (to->proc != NULL)
		x86_fxrstor(to->fpu);
	if (x86_read_cr3() != root)
		x86_write_cr3(root);
	gdt_set_kernel_stack((uint64_t)to->stack + THREAD_STACK_SIZE);
	cpu_this()->current = to;
	switch_stacks(&from->saved_rsp, to->saved_rsp);
}

/*
 * Gives the CPU to the next ready thread, or to the idle one.  The current thread's state
 * says already what becomes of it, and it is on the list that goes with that state.
 *
 * irq_was_on belongs to the thread although the CPU keeps it: whether interrupts come
 * back on is the business of whoever went to sleep, not of whoever ran in between.
 */
static void switch_to_next(void)
{
	struct cpu *c = cpu_this();
	struct thread *from = c->current;
	struct list *first = list_take_first(&run_queue);
	struct thread *to =
		first != NULL ? LIST_ENTRY(first, struct thread, link) : c->idle;
	bool irq_was_on = c->irq_was_on;

	assert(spinlock_held(&sched_lock) && c->irq_off_depth == 1);
	assert(from->state != THREAD_RUNNING && from != to);
	to->state = THREAD_RUNNING;
	if (from == c->idle)
		clock_run();
	context_switch(from, to);
	cpu_this()->irq_was_on = irq_was_on;
}

void thread_make_ready(struct thread *t)
{
	assert(spinlock_held(&sched_lock));
	assert(t->state == THREAD_NEW || t->state == THREAD_SLEEPING ||
	       t->state == THREAD_RUNNING);
	t->state = THREAD_READY;
	list_append(&run_queue, &t->link);
}

PROBED void thread_start(struct thread *t)
{
	assert(t->state == THREAD_NEW);
	spinlock_acquire(&sched_lock);
	thread_make_ready(t);
	spinlock_release(&sched_lock);
}

void thread_yield(void)
{
	struct thread *t = thread_current();

	spinlock_acquire(&sched_lock);
	if (!list_empty(&run_queue)) {
		if (t == cpu_this()->idle)
			t->state = THREAD_READY;
		else
			thread_make_ready(t);
		switch_to_next();
	}
	spinlock_release(&sched_lock);
}

void thread_preempt(void)
{
	assert(!x86_interrupts_on() && cpu_this()->irq_off_depth == 0);
	/* The idle thread looks at the queue itself as soon as the interrupt returns. */
	if (thread_current() != cpu_this()->idle)
		thread_yield();
}

/*
 * No wakeup is lost: the sleeper is on its list before it gives up the lock under which
 * it decided to sleep, and whoever changes what it decided on needs that lock first.  It
 * may be taken off the list before it has switched away only by a holder of sched_lock,
 * which we hold until we are off our stack.
 */
void thread_sleep_on(struct list *list, struct spinlock *release)
{
	struct thread *t = thread_current();

	assert(spinlock_held(&sched_lock) && t != cpu_this()->idle);
	t->state = THREAD_SLEEPING;
	list_append(list, &t->link);
	if (release != NULL)
		spinlock_release(release);
	switch_to_next();
}

NORETURN void thread_exit(struct spinlock *held)
{
	struct thread *t = thread_current();

	assert(spinlock_held(held) && t->as == NULL);
	spinlock_acquire(&sched_lock);
	t->state = THREAD_EXITED;
	spinlock_release(held);
	switch_to_next();
	panic("thread %d (%s) runs after its exit", t->id, t->name);
}

/*
 * Interrupts stay off from the look at the queue to the `hlt`, and `sti` lets them in
 * only with it: a wakeup cannot slip in between and find the CPU asleep.
 */
NORETURN void thread_idle(void)
{
	x86_cli();
	for (;;) {
		thread_yield();
		clock_idle();
		x86_sti_hlt_cli();
	}
}
