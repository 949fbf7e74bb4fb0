/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON that our own writer writes, parsed without a call of malloc: nearly every line
 * of every trace.  What it takes, it takes as cJSON would; the rest is left to cJSON.
 */
#ifndef FORKSCOPE_TRACE_FASTJSON_H
#define FORKSCOPE_TRACE_FASTJSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* Fields of the longest record with its arrays, and as much again. */
#define TRACE_FASTJSON_NODES 64

struct trace_fastjson {
	cJSON nodes[TRACE_FASTJSON_NODES];
	size_t used;
	char *copy; /* of the line; strings point into it */
	size_t size;
};

/*
 * An object, valid until the next call, never to be given to cJSON_Delete(); NULL where
 * the line has anything unusual: blanks, escapes, fractions, many or deep fields, errors.
 * `line` has `n` bytes and is left alone.
 */
cJSON *trace_fastjson_parse(struct trace_fastjson *f, const char *line, size_t n);
void trace_fastjson_free(struct trace_fastjson *f);

#endif
