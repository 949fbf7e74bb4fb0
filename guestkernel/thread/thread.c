/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and unmaking threads; thread/sched.c runs them. */
#include "thread/thread.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"
#include "thread/sched.h"
#include "x86.h"

#define STACK_ORDER 1

/* At the bottom of each kernel stack; looked at in every switch. */
#define STACK_CANARY 0x737461636b656e64ull

/* What switch_stacks() pops; the order is that of its instructions. */
struct switch_frame {
	uint64_t r15, r14, r13, r12, rbx, rbp;
	uint64_t rip;
};

extern char thread_trampoline[];

static int next_id; /* sched_lock */

/* The FPU as FNINIT and the reset value of MXCSR leave it. */
static uint8_t fpu_reset_state[FPU_STATE_SIZE] __attribute__((aligned(16)));

static void set_canary(struct thread *t)
{
	*(uint64_t *)t->stack = STACK_CANARY;
}

void thread_check_stack(const struct thread *t)
{
	if (*(const uint64_t *)t->stack != STACK_CANARY)
		panic("kernel stack of thread %d (%s) overflowed", t->id, t->name);
}

static void take_id(struct thread *t)
{
	spinlock_acquire(&sched_lock);
	t->id = next_id++;
	spinlock_release(&sched_lock);
}

static void init_fpu_state(void)
{
	const uint16_t control_word = 0x037f;
	const uint32_t mxcsr = 0x1f80;

	memcpy(fpu_reset_state, &control_word, sizeof(control_word));
	memcpy(fpu_reset_state + 24, &mxcsr, sizeof(mxcsr));
}

void thread_init(uint8_t *boot_stack)
{
	static struct thread idle[CPUS_MAX];
	struct cpu *c = cpu_this();
	struct thread *t = &idle[c->id];

	init_fpu_state();
	t->stack = boot_stack;
	t->state = THREAD_RUNNING;
	list_init(&t->link);
	string_copy(t->name, "idle", sizeof(t->name));
	set_canary(t);
	take_id(t);
	c->idle = t;
	c->current = t;
}

static uint8_t *stack_top(const struct thread *t)
{
	return t->stack + THREAD_STACK_SIZE;
}

struct trap_frame *thread_user_frame(const struct thread *t)
{
	return (struct trap_frame *)stack_top(t) - 1;
}

struct thread *thread_create(const char *name, struct proc *proc,
                             void (*entry)(void *arg), void *arg)
{
	struct thread *t = kmalloc(sizeof(*t));
	struct switch_frame *frame;
	uint64_t stack;

	if (t == NULL)
		return NULL;
	stack = frame_alloc_order(STACK_ORDER);
	if (stack == FRAME_NONE) {
		kfree(t);
		return NULL;
	}
	string_copy(t->name, name, sizeof(t->name));
	t->state = THREAD_NEW;
	t->proc = proc;
	t->as = NULL;
	list_init(&t->link);
	t->stack = phys_to_virt(stack);
	t->entry = entry;
	t->arg = arg;
	memcpy(t->fpu, fpu_reset_state, sizeof(t->fpu));
	set_canary(t);
	take_id(t);

	frame = (struct switch_frame *)thread_user_frame(t) - 1;
	memset(frame, 0, sizeof(*frame));
	frame->rip = (uint64_t)thread_trampoline;
	t->saved_rsp = (uint64_t)frame;
	return t;
}

PROBED void thread_destroy(struct thread *t)
{
	enum thread_state state;

	/*
	 * An exiting thread holds sched_lock until it is off its stack, so once we have
	 * had the lock and see THREAD_EXITED, nobody stands there any more.
	 */
	spinlock_acquire(&sched_lock);
	state = t->state;
	spinlock_release(&sched_lock);
	assert(state == THREAD_EXITED || state == THREAD_NEW);
	assert(t != thread_current() && list_empty(&t->link));
	thread_check_stack(t);
	frame_free_order(virt_to_phys(t->stack), STACK_ORDER);
	kfree(t);
}

/* Ends the switch that led here, then does the thread's work. */
NORETURN void thread_begin(void)
{
	struct thread *t = thread_current();

	spinlock_release(&sched_lock);
	x86_sti();
	t->entry(t->arg);
	panic("thread %d (%s) returned from its entry", t->id, t->name);
}

void thread_use_addr_space(struct addr_space *as)
{
	irq_push_off();
	thread_current()->as = as;
	x86_write_cr3(as != NULL ? as->pages.root : paging_kernel_root());
	irq_pop_off();
}

void thread_fpu_reset(void)
{
	x86_fxrstor(fpu_reset_state);
}

void thread_fpu_copy(struct thread *to)
{
	x86_fxsave(to->fpu);
}
