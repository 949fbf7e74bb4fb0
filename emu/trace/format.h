/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records as the lines of a trace.  The same record always gives the same bytes, so two
 * events are equal where their lines are: what replay compares and shows.
 *
 * Each function appends one line with its newline.
 */
#ifndef FORKSCOPE_TRACE_FORMAT_H
#define FORKSCOPE_TRACE_FORMAT_H

#include "trace/event.h"
#include "trace/text.h"
#include "trace/trace.h"

void trace_format_header(struct text *t, const struct trace_header *header);
void trace_format_event(struct text *t, const struct trace_event *event);
void trace_format_checkpoint(struct text *t, const struct trace_checkpoint *point);
void trace_format_end(struct text *t, const struct trace_end *end);
/* {"exit":3} or {"signal":11} */
void trace_format_status(struct text *t, struct trace_status status);

#endif
