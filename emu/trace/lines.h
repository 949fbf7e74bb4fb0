/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a file that is plain text or zstd, told by its first bytes. */
#ifndef FORKSCOPE_TRACE_LINES_H
#define FORKSCOPE_TRACE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct trace_lines;

/* ERR_FILE where it cannot be opened or read. */
int trace_lines_open(struct trace_lines **lines, const char *path);
void trace_lines_close(struct trace_lines *lines);

/*
 * The next line, its newline replaced by a NUL; the caller may change it and has it until
 * the next call.  `whole` is false for a last line without a newline.  1, or 0 at the
 * end, also where a compressed file was cut, or ERR_FILE: a line longer than
 * TRACE_LINE_MAX, or compressed data that are damaged.
 */
int trace_lines_next(struct trace_lines *lines, char **line, size_t *n, bool *whole);

const char *trace_lines_path(const struct trace_lines *lines);
/* The number of the line that was read last, from 1. */
uint64_t trace_lines_number(const struct trace_lines *lines);

#endif
