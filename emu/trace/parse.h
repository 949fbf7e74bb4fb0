/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsed JSON into the records of the event model.
 *
 * Every function returns 0 or ERR_FILE with place, field and remedy.  Strings point into
 * the JSON given, whose escaped bytes are decoded in place: so each tree is taken once.
 */
#ifndef FORKSCOPE_TRACE_PARSE_H
#define FORKSCOPE_TRACE_PARSE_H

#include <cjson/cJSON.h>

#include "trace/event.h"
#include "trace/trace.h"

/* Where a record stands, for messages. */
struct trace_place {
	const char *path;
	uint64_t line;
};

/* A vector of strings that grows: argv. */
struct trace_vector {
	const char **items;
	size_t capacity;
};

int trace_parse_header(struct trace_header *header, cJSON *json,
                       struct trace_vector *argv, const struct trace_place *at);
/* seq, icount, cpu, pid and proc; `event->kind` is -1 where the name is unknown. */
int trace_parse_common(struct trace_event *event, cJSON *json,
                       const struct trace_place *at);
/* The fields of its kind. */
int trace_parse_fields(struct trace_event *event, cJSON *json, struct trace_vector *argv,
                       const struct trace_place *at);
int trace_parse_checkpoint(struct trace_checkpoint *point, cJSON *json,
                           const struct trace_place *at);
int trace_parse_end(struct trace_end *end, cJSON *json, const struct trace_place *at);

/* ERR_FILE: "PATH:LINE: <message>; the file is damaged or edited, record it again" */
int trace_malformed(const struct trace_place *at, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
