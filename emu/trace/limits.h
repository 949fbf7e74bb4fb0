/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounds of the format, so that a hostile trace costs memory in proportion to its size.
 */
#ifndef FORKSCOPE_TRACE_LIMITS_H
#define FORKSCOPE_TRACE_LIMITS_H

/*
 * Bytes of a line with its newline.  An argument vector of 64 KiB takes at most six times
 * that; twice as much again is room.
 */
#define TRACE_LINE_MAX (1 << 20)

/* CPUs that a header may claim. */
#define TRACE_CPUS_MAX 256

#endif
