/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/format.h"

#include <string.h>

#include "trace/fields.h"

#define LITERAL(t, s) text_bytes(t, s, sizeof(s) - 1)

static void format_argv(struct text *t, int argc, const char *const *argv)
{
	text_char(t, '[');
	for (int i = 0; i < argc; i++) {
		if (i)
			text_char(t, ',');
		text_json_string(t, argv[i]);
	}
	text_char(t, ']');
}

void trace_format_status(struct text *t, struct trace_status status)
{
	text_string(t, status.signaled ? "{\"signal\":" : "{\"exit\":");
	text_json_signed(t, status.value);
	text_char(t, '}');
}

static void format_words(struct text *t, const uint64_t *words)
{
	for (int i = 0; i < 6; i++) {
		text_char(t, i ? ',' : '[');
		text_json_address(t, words[i]);
	}
	text_char(t, ']');
}

#define AT(type, offset) (*(type const *)((const char *)event + (offset)))

static void format_field(struct text *t, const struct trace_event *event,
                         const struct trace_field *field)
{
	size_t at = field->offset;

	switch (field->type) {
	case TRACE_FIELD_INT:
		text_json_signed(t, AT(int, at));
		break;
	case TRACE_FIELD_UNSIGNED:
		text_json_unsigned(t, AT(uint64_t, at));
		break;
	case TRACE_FIELD_SIGNED:
		text_json_signed(t, AT(int64_t, at));
		break;
	case TRACE_FIELD_ADDRESS:
		text_json_address(t, AT(uint64_t, at));
		break;
	case TRACE_FIELD_BOOL:
		text_string(t, AT(bool, at) ? "true" : "false");
		break;
	case TRACE_FIELD_STRING:
	case TRACE_FIELD_PROC:
		BUG_ON(!AT(char *, at));
		text_json_string(t, AT(char *, at));
		break;
	case TRACE_FIELD_BYTES:
		text_json_bytes(t, AT(char *, at), AT(size_t, field->second));
		break;
	case TRACE_FIELD_STATUS:
		trace_format_status(t, AT(struct trace_status, at));
		break;
	case TRACE_FIELD_ARGV:
		format_argv(t, AT(int, at), AT(const char *const *, field->second));
		break;
	case TRACE_FIELD_WORDS:
		format_words(t, &AT(uint64_t, at));
		break;
	}
}

void trace_format_event(struct text *t, const struct trace_event *event)
{
	LITERAL(t, "{\"type\":\"event\",\"seq\":");
	text_json_unsigned(t, event->seq);
	LITERAL(t, ",\"icount\":");
	text_json_unsigned(t, event->icount);
	LITERAL(t, ",\"cpu\":");
	text_json_signed(t, event->cpu);
	LITERAL(t, ",\"pid\":");
	text_json_signed(t, event->pid);
	LITERAL(t, ",\"proc\":");
	text_json_string(t, event->proc);
	LITERAL(t, ",\"ev\":\"");
	text_string(t, trace_event_name(event->kind));
	text_char(t, '"');
	for (const struct trace_field *f = trace_event_fields(event->kind); f->name;
	     f++) {
		if (f->present && !f->present(event))
			continue;
		text_json_key(t, f->name);
		format_field(t, event, f);
	}
	LITERAL(t, "}\n");
}

void trace_format_header(struct text *t, const struct trace_header *header)
{
	LITERAL(t, "{\"type\":\"header\",\"format\":\"" TRACE_FORMAT "\"");
	text_member_unsigned(t, "version", header->version);
	text_member_signed(t, "cpus", header->cpus);
	text_member_unsigned(t, "memory", header->memory);
	text_member_unsigned(t, "checkpoint", header->checkpoint);
	text_member_string(t, "kernel_sha256", header->kernel_sha256);
	if (header->initrd_sha256[0])
		text_member_string(t, "initrd_sha256", header->initrd_sha256);
	text_member_string(t, "kernel", header->kernel ? header->kernel : "");
	if (header->initrd)
		text_member_string(t, "initrd", header->initrd);
	text_member_string(t, "append", header->append ? header->append : "");
	text_json_key(t, "argv");
	format_argv(t, header->argc, header->argv);
	text_member_string(t, "schedule", header->schedule);
	text_member_unsigned(t, "timeslice", header->timeslice);
	text_member_unsigned(t, "seed", header->seed);
	text_member_unsigned(t, "limit", header->limit);
	LITERAL(t, "}\n");
}

void trace_format_checkpoint(struct text *t, const struct trace_checkpoint *point)
{
	LITERAL(t, "{\"type\":\"checkpoint\"");
	text_member_unsigned(t, "icount", point->icount);
	text_member_string(t, "digest", point->digest);
	LITERAL(t, "}\n");
}

void trace_format_end(struct text *t, const struct trace_end *end)
{
	LITERAL(t, "{\"type\":\"end\"");
	text_member_unsigned(t, "icount", end->icount);
	text_member_string(t, "outcome", trace_outcome_name(end->outcome));
	text_member_signed(t, "status", end->status);
	text_member_string(t, "digest", end->digest);
	text_member_string(t, "console_digest", end->console_digest);
	LITERAL(t, "}\n");
}
