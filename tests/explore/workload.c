/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with threads of its own whose interleavings can be counted by hand.  It is
 * the kernel itself, but that getpid(), called first, starts them, and called again
 * frees them.  The arguments of the program say which: WORKLOAD N.
 *
 *	writers N      N threads write one variable: N! orders
 *	independent N  N threads write one variable each: 1
 *	readers N      one thread writes a variable, N read it: 2^N, since each read is
 *	               before or after
 *	spinlock N     N threads add to a counter under a spinlock: N!
 */
#include "boot/cmdline.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "syscall/syscall.h"
#include "thread/cpu.h"
#include "thread/spinlock.h"
#include "thread/thread.h"

#define THREADS_MAX 8

int64_t __wrap_sys_getpid(struct trap_frame *tf);

/* Each variable in a line of its own, so that nothing is shared by chance. */
struct variable {
	volatile uint64_t value;
} __attribute__((aligned(64)));

static struct variable shared, own[THREADS_MAX];
static struct spinlock counter_lock = SPINLOCK_INIT("counter");
static struct spinlock exit_locks[THREADS_MAX];
static struct thread *threads[THREADS_MAX];
static int nthreads;

static void write_shared(int i)
{
	shared.value = (uint64_t)i;
}

static void write_own(int i)
{
	own[i].value = 1;
}

static void write_or_read(int i)
{
	if (i == 0)
		shared.value = 1;
	else
		own[i].value = shared.value;
}

static void add_locked(int i)
{
	(void)i;
	spinlock_acquire(&counter_lock);
	shared.value++;
	spinlock_release(&counter_lock);
}

static const struct workload {
	const char *name;
	void (*work)(int i);
	int more; /* threads than the argument says */
} workloads[] = {
	{"writers", write_shared, 0},
	{"independent", write_own, 0},
	{"readers", write_or_read, 1},
	{"spinlock", add_locked, 0},
};

static const struct workload *workload;

static void begin(void *arg)
{
	int i = (int)(uint64_t)arg;

	workload->work(i);
	spinlock_acquire(&exit_locks[i]);
	thread_exit(&exit_locks[i]);
}

static void start(void)
{
	const char *name = cmdline.argv[cmdline.argc - 2];

	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++)
		if (strcmp(workloads[i].name, name) == 0)
			workload = &workloads[i];
	assert(workload != NULL);
	nthreads = cmdline.argv[cmdline.argc - 1][0] - '0' + workload->more;
	assert(nthreads <= THREADS_MAX);
	for (int i = 0; i < nthreads; i++) {
		spinlock_init(&exit_locks[i], "exit");
		threads[i] = thread_create("worker", NULL, begin, (void *)(uint64_t)i);
		assert(threads[i] != NULL);
	}
	for (int i = 0; i < nthreads; i++)
		thread_start(threads[i]);
}

int64_t __wrap_sys_getpid(struct trap_frame *tf)
{
	(void)tf;
	if (nthreads == 0) {
		start();
		return 0;
	}
	for (int i = 0; i < nthreads; i++)
		thread_destroy(threads[i]);
	return 0;
}
