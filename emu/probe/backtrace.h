/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a kernel is and how it came there, by the chain of frame pointers.
 */
#ifndef FORKSCOPE_PROBE_BACKTRACE_H
#define FORKSCOPE_PROBE_BACKTRACE_H

#include "machine/machine.h"
#include "probe/symbols.h"

/* More frames than a sane kernel has; a loop in a broken chain ends here. */
#define BACKTRACE_FRAMES 64

/*
 * Fills `frames` with RIP and then the return addresses found along the frame pointers of
 * `cpu`, and returns how many.  Stops at the first frame that does not lead upwards, or
 * whose return address lies in no function of `symbols`.
 */
size_t backtrace_walk(struct machine *m, int cpu, const struct symbols *symbols,
                      uint64_t *frames, size_t max);

#endif
