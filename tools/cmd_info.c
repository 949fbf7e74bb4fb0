/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "command.h"

/* What a pass over the trace has counted. */
struct summary {
	uint64_t events[TRACE_EVENT_KINDS];
	uint64_t total, checkpoints, skipped;
	uint64_t icount; /* of the last record of CPU 0 */
	bool complete, cut;
	struct trace_end end;
};

static int count(struct trace_reader *r, struct summary *s)
{
	struct trace_record record;
	int got;

	while ((got = trace_read(r, &record)) > 0) {
		switch (record.kind) {
		case TRACE_RECORD_EVENT:
			s->events[record.event.kind]++;
			s->total++;
			if (record.event.cpu == 0)
				s->icount = record.event.icount;
			break;
		case TRACE_RECORD_CHECKPOINT:
			s->checkpoints++;
			s->icount = record.checkpoint.icount;
			break;
		case TRACE_RECORD_END:
			s->complete = true;
			s->end = record.end;
			s->icount = record.end.icount;
			break;
		}
	}
	s->skipped = trace_reader_skipped(r);
	s->cut = trace_reader_cut(r);
	return got;
}

#define U(n) ((unsigned long long)(n))

static void put_text(struct text *out, const char *name, const char *value)
{
	text_printf(out, "%-12s ", name);
	text_printable(out, value, 4096);
	text_char(out, '\n');
}

static void put_number(struct text *out, const char *name, uint64_t value,
                       const char *unit)
{
	text_printf(out, "%-12s %llu%s\n", name, U(value), unit);
}

static void put_header(struct text *out, const struct trace_header *h)
{
	text_printf(out, "%-12s " TRACE_FORMAT " %llu\n", "format", U(h->version));
	text_printf(out, "%-12s", "program");
	for (int i = 0; i < h->argc; i++) {
		text_char(out, ' ');
		text_printable(out, h->argv[i], 4096);
	}
	text_string(out, h->argc ? "\n" : " (the shell)\n");
	put_text(out, "kernel", h->kernel);
	put_text(out, "  sha256", h->kernel_sha256);
	if (h->initrd)
		put_text(out, "initrd", h->initrd);
	if (h->initrd_sha256[0])
		put_text(out, "  sha256", h->initrd_sha256);
	put_text(out, "append", h->append);
	put_number(out, "cpus", (uint64_t)h->cpus, "");
	put_number(out, "memory", h->memory, " bytes");
	put_text(out, "schedule", h->schedule);
	if (h->timeslice)
		put_number(out, "timeslice", h->timeslice, " instructions");
	put_number(out, "seed", h->seed, "");
	if (h->limit)
		put_number(out, "limit", h->limit, " instructions");
	if (h->checkpoint)
		put_number(out, "checkpoints", h->checkpoint, " instructions apart");
}

static void put_summary(struct text *out, const struct summary *s)
{
	text_printf(out, "\n%-12s %llu\n", "events", U(s->total));
	for (int kind = 0; kind < TRACE_EVENT_KINDS; kind++)
		if (s->events[kind])
			text_printf(out, "  %-12s %10llu\n",
			            trace_event_name((enum trace_event_kind)kind),
			            U(s->events[kind]));
	put_number(out, "checkpoints", s->checkpoints, "");
	if (s->skipped)
		put_number(out, "unknown", s->skipped, " records, passed over");
	put_number(out, "retired", s->icount, " instructions on cpu 0");
	if (!s->complete) {
		text_printf(out, "%-12s unknown: no end record, a prefix%s\n", "outcome",
		            s->cut ? " whose last line was cut" : "");
		return;
	}
	put_text(out, "outcome", trace_outcome_name(s->end.outcome));
	text_printf(out, "%-12s %d\n", "status", s->end.status);
	put_text(out, "digest", s->end.digest);
	put_text(out, "console", s->end.console_digest);
}

static void json_header(struct text *out, const struct trace_header *h)
{
	text_string(out, "{\"format\":\"forkscope-info\",\"version\":1");
	text_member_unsigned(out, "trace_version", h->version);
	text_json_key(out, "argv");
	text_char(out, '[');
	for (int i = 0; i < h->argc; i++) {
		text_json_next(out);
		text_json_string(out, h->argv[i]);
	}
	text_char(out, ']');
	text_member_string(out, "kernel", h->kernel);
	text_member_string(out, "kernel_sha256", h->kernel_sha256);
	if (h->initrd)
		text_member_string(out, "initrd", h->initrd);
	if (h->initrd_sha256[0])
		text_member_string(out, "initrd_sha256", h->initrd_sha256);
	text_member_string(out, "append", h->append);
	text_member_unsigned(out, "cpus", (uint64_t)h->cpus);
	text_member_unsigned(out, "memory", h->memory);
	text_member_string(out, "schedule", h->schedule);
	text_member_unsigned(out, "timeslice", h->timeslice);
	text_member_unsigned(out, "seed", h->seed);
	text_member_unsigned(out, "limit", h->limit);
	text_member_unsigned(out, "checkpoint", h->checkpoint);
}

static void json_summary(struct text *out, const struct summary *s)
{
	text_member_unsigned(out, "events", s->total);
	text_json_key(out, "counts");
	text_char(out, '{');
	for (int kind = 0; kind < TRACE_EVENT_KINDS; kind++)
		if (s->events[kind])
			text_member_unsigned(out,
			                     trace_event_name(
						     (enum trace_event_kind)kind),
			                     s->events[kind]);
	text_char(out, '}');
	text_member_unsigned(out, "checkpoints", s->checkpoints);
	text_member_unsigned(out, "unknown", s->skipped);
	text_member_unsigned(out, "icount", s->icount);
	text_member_bool(out, "complete", s->complete);
	text_member_bool(out, "cut", s->cut);
	if (s->complete) {
		text_member_string(out, "outcome", trace_outcome_name(s->end.outcome));
		text_member_signed(out, "status", s->end.status);
		text_member_string(out, "digest", s->end.digest);
		text_member_string(out, "console_digest", s->end.console_digest);
	}
	text_string(out, "}\n");
}

int cmd_info(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"json", COMMAND_TRACE_JSON, NULL, 0, "print one JSON object", 0},
		{0},
	};
	static const struct argp argp = {
		list,
		command_trace_parse,
		"TRACE",
		"Shows what was run, how many events of each kind were recorded, and how the run "
		"ended.",
		NULL,
		NULL,
		NULL};
	struct command_trace o = {0};
	struct summary s = {0};
	struct text out = {0};
	struct trace_reader *r;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	int err = trace_reader_open(&r, o.path);

	if (err)
		return err;
	err = count(r, &s);
	if (!err && o.json) {
		json_header(&out, trace_reader_header(r));
		json_summary(&out, &s);
	} else if (!err) {
		put_header(&out, trace_reader_header(r));
		put_summary(&out, &s);
	}
	trace_reader_close(r);
	return err ? err : command_output(&out, NULL);
}
