/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run printed, against what a test expects. */
#ifndef FORKSCOPE_GRADE_CONSOLE_H
#define FORKSCOPE_GRADE_CONSOLE_H

#include "grade/rubric.h"
#include "trace/text.h"
#include "trace/trace.h"

/*
 * The console's text, with its lines ended by "\n" alone and NULs as '?', up to a bound
 * far above what a test prints.
 */
void console_of(const struct trace *trace, struct text *out);

/* Why it is not what the test expects, in one sentence; "" where it is. */
void console_compare(const struct rubric_test *test, const struct text *console,
                     char *reason, size_t size);

/* The lines that match, up to `limit`. */
uint32_t console_count(const struct text *console, const regex_t *regex, uint32_t limit);

#endif
