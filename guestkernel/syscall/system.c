/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about time and the machine. */
#include <stddef.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/meminfo.h"
#include "abi/procinfo.h"
#include "abi/reboot.h"
#include "abi/time.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "syscall/syscall.h"
#include "thread/clock.h"

/* nanosleep(const struct timespec *duration) */
int64_t sys_nanosleep(struct trap_frame *tf)
{
	struct timespec t;
	uint64_t ns;
	int error = copyin(&t, tf->rdi, sizeof(t));

	if (error != 0)
		return error;
	if (t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= (int64_t)NS_PER_SECOND)
		return -EINVAL;
	if (__builtin_mul_overflow((uint64_t)t.tv_sec, NS_PER_SECOND, &ns) ||
	    __builtin_add_overflow(ns, (uint64_t)t.tv_nsec, &ns))
		ns = UINT64_MAX;
	if (ns > 0)
		clock_sleep(ns);
	return 0;
}

/* __time(int64_t *seconds, uint64_t *nanoseconds): since boot; either may be NULL */
int64_t sys_time(struct trap_frame *tf)
{
	uint64_t now = clock_now();
	uint64_t seconds = now / NS_PER_SECOND;
	uint64_t rest = now % NS_PER_SECOND;
	int error = 0;

	if (tf->rdi != 0)
		error = copyout(tf->rdi, &seconds, sizeof(seconds));
	if (error == 0 && tf->rsi != 0)
		error = copyout(tf->rsi, &rest, sizeof(rest));
	return error;
}

/*
 * reboot(int cmd, int status), for init only.  It has nobody left to wait for when it
 * gets here, but there may be orphans that are not its to wait for: they are let finish.
 */
int64_t sys_reboot(struct trap_frame *tf)
{
	int cmd = (int)tf->rdi;

	if (cmd != RB_REBOOT && cmd != RB_HALT && cmd != RB_POWEROFF)
		return -EINVAL;
	if (proc_current()->pid != PROC_INIT_PID)
		return -EPERM;
	proc_power_off((uint32_t)tf->rsi);
}

/* meminfo(struct meminfo *info) */
int64_t sys_meminfo(struct trap_frame *tf)
{
	struct kheap_usage heap;
	struct meminfo info = {
		.frames_total = frame_count_total(),
		.frames_free = frame_count_free(),
		.processes = (uint64_t)proc_count(),
	};

	kheap_usage(&heap);
	info.heap_blocks = heap.blocks;
	info.heap_bytes = heap.bytes;
	return copyout(tf->rdi, &info, sizeof(info));
}

static void describe(const struct proc *p, struct procinfo *info)
{
	static const int32_t states[] = {
		[THREAD_NEW] = PROCINFO_NEW,
		[THREAD_READY] = PROCINFO_READY,
		[THREAD_RUNNING] = PROCINFO_RUNNING,
		[THREAD_SLEEPING] = PROCINFO_SLEEPING,
		[THREAD_EXITED] = PROCINFO_ZOMBIE,
	};

	info->pid = p->pid;
	info->state = states[p->thread->state];
	memcpy(info->name, p->thread->name, sizeof(info->name));
	info->name[sizeof(info->name) - 1] = '\0';
	info->page_faults = p->page_faults;
}

/*
 * procinfo(int from, struct procinfo *info): the process with the lowest pid that is
 * `from` or above.  Its pid, or 0 where there is none.
 */
int64_t sys_procinfo(struct trap_frame *tf)
{
	struct procinfo info = {.pid = 0};
	int from = (int)tf->rdi < PID_MIN ? PID_MIN : (int)tf->rdi;
	int error;

	spinlock_acquire(&proc_table_lock);
	for (int pid = from; pid <= PID_MAX && info.pid == 0; pid++) {
		const struct proc *p = proc_lookup(pid);

		if (p != NULL && p->thread != NULL)
			describe(p, &info);
	}
	spinlock_release(&proc_table_lock);
	error = info.pid == 0 ? 0 : copyout(tf->rsi, &info, sizeof(info));
	return error != 0 ? error : info.pid;
}
