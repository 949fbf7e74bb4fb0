/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of each kind of event as data: what writer, reader and comparison share.
 */
#ifndef FORKSCOPE_TRACE_FIELDS_H
#define FORKSCOPE_TRACE_FIELDS_H

#include "trace/event.h"
#include "trace/text.h"

enum trace_field_type {
	TRACE_FIELD_INT,      /* int */
	TRACE_FIELD_UNSIGNED, /* uint64_t */
	TRACE_FIELD_SIGNED,   /* int64_t */
	TRACE_FIELD_ADDRESS,  /* uint64_t, always in hexadecimal */
	TRACE_FIELD_BOOL,
	TRACE_FIELD_STRING, /* const char * without NUL; itself NULL only if optional */
	TRACE_FIELD_PROC,   /* the same, a fork path */
	TRACE_FIELD_BYTES,  /* const char * followed by its size_t length */
	TRACE_FIELD_STATUS, /* struct trace_status */
	TRACE_FIELD_ARGV,   /* int, then at `second` a const char *const * */
	TRACE_FIELD_WORDS,  /* uint64_t[6], addresses */
};

struct trace_field {
	const char *name;
	enum trace_field_type type;
	size_t offset; /* in struct trace_event */
	size_t second; /* of the second member, where the type has two */
	/* Whether an event has the field; NULL for one that must always be there. */
	bool (*present)(const struct trace_event *);
};

/* The fields of `kind` in the order in which they are written; the last has no name. */
const struct trace_field *trace_event_fields(enum trace_event_kind kind);

#endif
