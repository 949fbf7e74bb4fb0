/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORKSCOPE_CHECK_DESCRIBE_H
#define FORKSCOPE_CHECK_DESCRIBE_H

#include "trace/event.h"
#include "trace/text.h"

/*
 * What an event says in a few words of printable ASCII, without its process and time:
 * "fork 1.1", "wait returns 1.1, exit 3".
 */
void describe_event(struct text *out, const struct trace_event *event);

#endif
