/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steered schedules: the caller ranks the processes, and none runs while one of a lower
 * rank could.
 *
 * A process that runs out of turn is interrupted by the timer, at successive points where
 * interrupts can be taken, until the kernel's own scheduler has switched away from it; so
 * it needs no help of the kernel and no knowledge of its scheduler but that it is
 * preemptive.  Nothing else is preempted, but for a slice that keeps the machine fair.
 * Once recorded, a steered run replays as a scripted one.
 */
#ifndef FORKSCOPE_SCHED_STEER_H
#define FORKSCOPE_SCHED_STEER_H

#include "machine/machine.h"
#include "probe/tracer.h"

struct steer {
	struct machine_schedule schedule; /* for machine_set_schedule() */
	struct machine *machine;
	struct tracer *tracer;
	int (*rank)(void *ctx, const char *proc);
	void *ctx;

	bool wanted;         /* the thread on the CPU is to make way */
	unsigned attempts;   /* to have it do so, since the last switch */
	uint64_t look;       /* the count at which to look again whether it must */
	uint64_t look_until; /* and the count after which not to, until an event */
	uint64_t slice_ends; /* then the timer ticks, held or not */
	uint64_t progress;   /* the count of the last event that is progress */
	bool released;       /* no progress for too long: all are equal from now on */
};

/*
 * Steers `m`, watched by `tracer`; all borrowed, and `s` must not move.  `rank` is asked
 * with the fork path of a process, at any event.  ERR_MEMORY.
 */
int steer_init(struct steer *s, struct machine *m, struct tracer *tracer,
               int (*rank)(void *ctx, const char *proc), void *ctx);

#endif
