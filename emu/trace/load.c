/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "trace/fields.h"
#include "trace/strings.h"
#include "trace/trace.h"

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the trace");
}

static int keep_string(struct strings *s, const char **string)
{
	if (!*string)
		return 0;
	*string = strings_intern(s, *string, strlen(*string));
	return *string ? 0 : no_memory();
}

static int keep_argv(struct strings *s, int argc, const char *const **argv)
{
	const char **copy = strings_memory(s, ((size_t)argc + 1) * sizeof(*copy));

	if (!copy)
		return no_memory();
	for (int i = 0; i < argc; i++) {
		copy[i] = (*argv)[i];
		if (keep_string(s, &copy[i]) != 0)
			return ERR_MEMORY;
	}
	copy[argc] = NULL;
	*argv = copy;
	return 0;
}

#define AT(type, offset) ((type *)(void *)((char *)event + (offset)))

/* Makes the strings of an event the trace's own. */
static int keep_event(struct strings *s, struct trace_event *event)
{
	int err = keep_string(s, &event->proc);

	for (const struct trace_field *f = trace_event_fields(event->kind);
	     f->name && !err; f++) {
		const char **string = AT(const char *, f->offset);

		if (f->type == TRACE_FIELD_STRING || f->type == TRACE_FIELD_PROC) {
			err = keep_string(s, string);
		} else if (f->type == TRACE_FIELD_BYTES) {
			*string = strings_intern(s, *string, *AT(size_t, f->second));
			err = *string ? 0 : no_memory();
		} else if (f->type == TRACE_FIELD_ARGV) {
			err = keep_argv(s, *AT(int, f->offset),
			                AT(const char *const *, f->second));
		}
	}
	return err;
}

static int keep_header(struct strings *s, struct trace_header *header)
{
	int err = keep_string(s, &header->kernel);

	if (!err)
		err = keep_string(s, &header->initrd);
	if (!err)
		err = keep_string(s, &header->append);
	if (!err)
		err = keep_string(s, &header->schedule);
	return err ? err : keep_argv(s, header->argc, &header->argv);
}

struct capacities {
	size_t events, checkpoints;
};

static int add_record(struct trace *t, struct capacities *c, struct trace_record *record)
{
	int err;

	switch (record->kind) {
	case TRACE_RECORD_EVENT:
		if (!array_grow(&t->events, &c->events, t->nevents + 1,
		                sizeof(*t->events)))
			return no_memory();
		err = keep_event(t->storage, &record->event);
		if (err)
			return err;
		t->events[t->nevents++] = record->event;
		break;
	case TRACE_RECORD_CHECKPOINT:
		if (!array_grow(&t->checkpoints, &c->checkpoints, t->ncheckpoints + 1,
		                sizeof(*t->checkpoints)))
			return no_memory();
		t->checkpoints[t->ncheckpoints++] = record->checkpoint;
		break;
	case TRACE_RECORD_END:
		t->complete = true;
		t->end = record->end;
		break;
	}
	return 0;
}

static int load(struct trace *t, struct trace_reader *r)
{
	struct capacities c = {0, 0};
	struct trace_record record;
	int got;

	t->header = *trace_reader_header(r);
	t->storage = strings_create();
	int err = t->storage ? keep_header(t->storage, &t->header) : no_memory();

	if (err)
		return err;
	while ((got = trace_read(r, &record)) > 0) {
		err = add_record(t, &c, &record);
		if (err)
			return err;
	}
	t->skipped = trace_reader_skipped(r);
	return got;
}

int trace_load(struct trace **out, const char *path)
{
	struct trace_reader *r;
	struct trace *t;
	int err = trace_reader_open(&r, path);

	*out = NULL;
	if (err)
		return err;
	t = calloc(1, sizeof(*t));
	err = t ? load(t, r) : no_memory();
	trace_reader_close(r);
	if (err) {
		trace_free(t);
		return err;
	}
	*out = t;
	return 0;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	free(t->events);
	free(t->checkpoints);
	strings_free(t->storage);
	free(t);
}
