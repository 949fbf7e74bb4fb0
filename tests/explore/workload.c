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
 *	spinlock N     N threads add to a counter under a spinlock: N!; where what is done
 *	               under counter_lock is taken to commute: 1
 *	adders N       the same, and a thread reads it without the lock: (N+1)!; where
 *	               they commute: 2^N
 *
 * Of these the schedules are known that end in a panic:
 *
 *	ways 2         one preemption, of the first thread near its end, or two: of it at
 *	               its beginning and then of the second.  Neither of these can be left
 *	               out, and the one is neither near nor earlier
 *	windows 2      one preemption, at the beginning or the end of the first thread,
 *	               and not between
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

static void add_or_read(int i)
{
	if (i == 0)
		own[i].value = shared.value;
	else
		add_locked(i);
}

/* --- mistakes --- */

static void fail(void)
{
	panic("a thread sees what is half done");
}

/* More steps than those around a preemption that minimising tries in its place. */
static void many_steps(void)
{
	for (int n = 0; n < 40; n++)
		own[0].value++;
}

static PROBED void open_early(void)
{
	shared.value = 1;
	shared.value = 2;
}

static PROBED void open_late(void)
{
	shared.value = 1;
	shared.value = 3;
}

static PROBED void look_twice(void)
{
	uint64_t first = own[1].value;

	if (own[1].value == first + 1)
		fail();
}

static PROBED void write_twice(void)
{
	own[1].value = 1;
	own[1].value = 3;
}

static void go_two_ways(int i)
{
	if (i == 0) {
		look_twice();
		many_steps();
		open_late();
		return;
	}
	write_twice();
	if (shared.value == 1)
		fail();
	own[2].value = own[0].value;
}

static void go_by_windows(int i)
{
	if (i == 0) {
		open_early();
		many_steps();
		open_late();
		return;
	}
	own[2].value = own[0].value;
	if (shared.value == 1)
		fail();
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
	{"adders", add_or_read, 1},
	/* mistakes */
	{"ways", go_two_ways, 0},
	{"windows", go_by_windows, 0},
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
