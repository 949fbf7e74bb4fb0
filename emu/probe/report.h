/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person wants to see when a guest panicked or faulted.
 */
#ifndef FORKSCOPE_PROBE_REPORT_H
#define FORKSCOPE_PROBE_REPORT_H

#include <stdio.h>

#include "machine/machine.h"
#include "probe/symbols.h"
#include "trace/event.h"

/* The last events of a run, kept for the report. */
struct report_events;

int report_events_create(struct report_events **events);
void report_events_destroy(struct report_events *events); /* NULL is fine */
/* A sink for tracer_add_sink(), with the events as its context. */
void report_events_emit(void *events, const struct trace_event *event);

/*
 * Prints `cpu` on `out`: registers, the instructions around RIP, the backtrace with files
 * and lines, and the last events (NULL: none).
 */
void report_print(FILE *out, struct machine *m, int cpu, const struct symbols *symbols,
                  const struct report_events *events);

/* Instructions shown before RIP. */
#define REPORT_BEFORE 5
/*
 * Where the instructions start that lead up to `rip` in its function, oldest first; how
 * many, which is 0 where the function is not known.
 */
size_t report_lead_up(struct machine *m, int cpu, const struct symbols *symbols,
                      uint64_t rip, uint64_t starts[REPORT_BEFORE]);

#endif
