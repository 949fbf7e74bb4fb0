/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every device has in common.
 *
 * A device is a plain struct without pointers to the host, so that a machine's devices
 * can be copied as a snapshot.  It knows no clock: whoever calls gives it the time, in
 * guest nanoseconds, and asks it for its next deadline.
 */
#ifndef FORKSCOPE_DEV_PORT_H
#define FORKSCOPE_DEV_PORT_H

#include <stdint.h>

/* A deadline that never comes. */
#define DEADLINE_NEVER UINT64_MAX

/* What an absent register reads as: the bus floats high. */
static inline uint32_t port_float(int size)
{
	return size == 4 ? 0xffffffffu : (1u << 8 * size) - 1;
}

#endif
