/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events in words of printable ASCII, for every picture, table and story. */
#ifndef FORKSCOPE_CHECK_DESCRIBE_H
#define FORKSCOPE_CHECK_DESCRIBE_H

#include "trace/event.h"
#include "trace/text.h"

/*
 * What an event says in a few words, without its process and time: "fork 1.1", "wait
 * returns 1.1, exit 3".
 */
void describe_event(struct text *out, const struct trace_event *event);

/*
 * The same as a sentence whose subject is the process: "forks 1.1", "exits, status 3".
 * Nothing for what shows where a story tells who runs: switches, interrupts, the console.
 */
void describe_deed(struct text *out, const struct trace_event *event);

#endif
