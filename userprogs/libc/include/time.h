/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time is guest time: nanoseconds since boot, one for each instruction. */
#ifndef _TIME_H
#define _TIME_H

#include <abi/time.h>
#include <sys/types.h>

/* Sleeps at least as long as `t` says.  `rest` is not written: no call is interrupted. */
int nanosleep(const struct timespec *t, struct timespec *rest);

/* Stores the seconds and the nanoseconds beyond them, where the pointers are not NULL. */
int __time(time_t *seconds, unsigned long *nanoseconds);
/* The seconds, also stored where the pointer is not NULL. */
time_t time(time_t *seconds);

#endif
