/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What remains of the kernel's heap: the blocks allocated since the first program was
 * started and not freed, each with the place in the kernel that asked for it.
 *
 * A sink of a tracer with the option `heap`.  The place is not in the event: it is where
 * the machine stands when the event comes.
 */
#ifndef FORKSCOPE_PROBE_HEAP_H
#define FORKSCOPE_PROBE_HEAP_H

#include <stdio.h>

#include "machine/machine.h"
#include "probe/kernel.h"
#include "trace/event.h"

struct heap;

/*
 * Borrows both.  ERR_USAGE where the kernel's profile does not say how it allocates and
 * frees; ERR_MEMORY.
 */
int heap_create(struct heap **h, struct machine *m, const struct kernel *kernel);
void heap_destroy(struct heap *h); /* NULL is fine */

/* For tracer_add_sink(), `ctx` being the heap. */
void heap_emit(void *ctx, const struct trace_event *event);

/* A table of what remains, in the order of allocation, or a line that nothing does. */
void heap_print(struct heap *h, FILE *out);

#endif
