/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a stopped kernel is and how it came there.
 */
#ifndef FORKSCOPE_PROBE_BACKTRACE_H
#define FORKSCOPE_PROBE_BACKTRACE_H

#include <stdio.h>

#include "machine/machine.h"
#include "probe/symbols.h"
#include "trace/event.h"

/* More frames than a sane kernel has; a loop in a broken chain ends here. */
#define BACKTRACE_FRAMES 64

/*
 * Fills `frames` with RIP and then the return addresses found along the frame pointers of
 * `cpu`, and returns how many.  Stops at the first frame that leads downwards, or whose
 * return address lies in no function of `symbols`.
 */
size_t backtrace(struct machine *m, int cpu, const struct symbols *symbols,
                 uint64_t *frames, size_t max);

/* The last events of a run, as a report shows them. */
struct report_events;
int report_events_create(struct report_events **events);
void report_events_destroy(struct report_events *events);
/* A sink for tracer_add_sink() with the events as its context. */
void report_events_emit(void *events, const struct trace_event *event);

/*
 * Prints `cpu` of a guest that panicked or faulted: registers, the instructions around
 * RIP, the backtrace with files and lines, and the last events (NULL: none).
 */
void report(FILE *out, struct machine *m, int cpu, const struct symbols *symbols,
            const struct report_events *events);

#endif
