/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time in guest nanoseconds, and the timer behind it.
 *
 * While threads run, the timer goes off once a time slice; it is set anew at each tick,
 * so that a slice is never shorter than asked for, however slow the tick itself.  When
 * nothing can run it goes off at the earliest deadline; with no deadline it is stopped,
 * and time stands still until a device interrupts.
 */
#ifndef THREAD_CLOCK_H
#define THREAD_CLOCK_H

#include <stdint.h>

#define NS_PER_SECOND 1000000000ull

void clock_init(uint32_t timeslice);

/* Since boot. */
uint64_t clock_now(void);

/* Sleeps until at least `ns` have passed.  No spinlock is held. */
void clock_sleep(uint64_t ns);

/* The timer interrupt: wakes those whose time has come, begins the next slice. */
void clock_tick(void);

/* The CPU goes idle, interrupts off; and the other way, sched_lock held. */
void clock_idle(void);
void clock_run(void);

#endif
