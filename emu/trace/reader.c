/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace as a stream of records.  The guest is not trusted and neither is a trace: what
 * stands in a line is believed only as far as it is checked here, and nothing costs more
 * than its own size.
 */
#include <stdlib.h>
#include <string.h>

#include "trace/fastjson.h"
#include "trace/lines.h"
#include "trace/parse.h"
#include "trace/text.h"
#include "trace/trace.h"

struct trace_reader {
	struct trace_lines *lines;
	struct trace_place at;
	cJSON *header_json; /* owns the header's strings */
	struct trace_header header;
	struct trace_vector header_argv;
	cJSON *json;  /* the last record; its strings live in here, or... */
	cJSON *owned; /* ...in this, where cJSON had to parse it */
	struct trace_fastjson fast;
	struct trace_vector argv;
	uint64_t next_seq;
	uint64_t *icounts; /* of each CPU, the last seen */
	uint64_t skipped;
	bool ended; /* the end record was read */
	bool cut;
};

/*
 * cJSON ends a string at an escaped NUL and says nothing, so that one is refused here; a
 * NUL of the guest is written in another way.
 */
static bool has_escaped_nul(const char *line, size_t n)
{
	static const char nul[] = "\\u0000";
	const char *at = line;

	while ((at = memmem(at, n - (size_t)(at - line), nul, sizeof(nul) - 1))) {
		size_t before = 0;

		while (at - before > line && at[-(ptrdiff_t)before - 1] == '\\')
			before++;
		if (before % 2 == 0)
			return true;
		at++;
	}
	return false;
}

static const char *line_is_wrong(const char *line, size_t n)
{
	if (memchr(line, '\0', n))
		return "a NUL byte";
	if (!text_is_utf8(line, n))
		return "text that is not UTF-8";
	if (has_escaped_nul(line, n))
		return "an escaped NUL";
	return NULL;
}

/* The next line as r->json: 1, or 0 at the end of what is whole, or an error. */
static int next_json(struct trace_reader *r)
{
	char *line;
	size_t n;
	bool whole;
	int got = trace_lines_next(r->lines, &line, &n, &whole);

	cJSON_Delete(r->owned);
	r->owned = r->json = NULL;
	if (got <= 0)
		return got;
	r->at.line = trace_lines_number(r->lines);
	const char *wrong = line_is_wrong(line, n);

	if (!wrong)
		r->json = trace_fastjson_parse(&r->fast, line, n);
	if (r->json)
		return 1;
	if (!wrong)
		r->json = r->owned = cJSON_ParseWithLengthOpts(line, n + 1, NULL, true);
	if (cJSON_IsObject(r->json))
		return 1;
	if (!whole) {
		r->cut = true;
		return 0;
	}
	return trace_malformed(&r->at, "%s", wrong ? wrong : "not a JSON object");
}

static int read_header(struct trace_reader *r)
{
	int got = next_json(r);

	if (got == 0)
		return error_set(ERR_FILE,
		                 "%s: not a forkscope trace: empty, or no whole header "
		                 "line",
		                 r->at.path);
	if (got < 0 && r->at.line == 1)
		return error_set(
			ERR_FILE,
			"%s:1: not a forkscope trace: no header with \"format\": "
			"\"" TRACE_FORMAT "\"",
			r->at.path);
	if (got < 0)
		return got;
	/* The header stays; what parses lines is free for the next ones. */
	r->header_json = cJSON_Duplicate(r->json, true);
	if (!r->header_json)
		return error_set(ERR_MEMORY, "out of memory");
	int err = trace_parse_header(&r->header, r->header_json, &r->header_argv, &r->at);

	if (err)
		return err;
	r->icounts = calloc((size_t)r->header.cpus, sizeof(*r->icounts));
	return r->icounts ? 0 : error_set(ERR_MEMORY, "out of memory");
}

int trace_reader_open(struct trace_reader **out, const char *path)
{
	struct trace_reader *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (!r)
		return error_set(ERR_MEMORY, "out of memory");
	err = trace_lines_open(&r->lines, path);
	if (!err) {
		r->at.path = trace_lines_path(r->lines);
		err = read_header(r);
	}
	if (err) {
		trace_reader_close(r);
		return err;
	}
	*out = r;
	return 0;
}

const struct trace_header *trace_reader_header(const struct trace_reader *r)
{
	return &r->header;
}

uint64_t trace_reader_skipped(const struct trace_reader *r)
{
	return r->skipped;
}

uint64_t trace_reader_line(const struct trace_reader *r)
{
	return r->at.line;
}

bool trace_reader_cut(const struct trace_reader *r)
{
	return r->cut;
}

/* Time on one CPU does not go back. */
static int advance(struct trace_reader *r, int cpu, uint64_t icount)
{
	if (icount < r->icounts[cpu])
		return trace_malformed(&r->at,
		                       "\"icount\" goes back from %llu to %llu on cpu %d",
		                       (unsigned long long)r->icounts[cpu],
		                       (unsigned long long)icount, cpu);
	r->icounts[cpu] = icount;
	return 0;
}

/* 1, or 0 for an event of an unknown kind, or an error. */
static int read_event(struct trace_reader *r, struct trace_event *event)
{
	int err = trace_parse_common(event, r->json, &r->at);

	if (err)
		return err;
	if (event->seq != r->next_seq)
		return trace_malformed(&r->at, "\"seq\" is %llu where %llu must follow",
		                       (unsigned long long)event->seq,
		                       (unsigned long long)r->next_seq);
	r->next_seq++;
	if (event->cpu >= r->header.cpus)
		return trace_malformed(&r->at, "\"cpu\" is %d of %d", event->cpu,
		                       r->header.cpus);
	err = advance(r, event->cpu, event->icount);
	if (err)
		return err;
	if ((int)event->kind < 0)
		return 0;
	err = trace_parse_fields(event, r->json, &r->argv, &r->at);
	return err ? err : 1;
}

static int read_checkpoint(struct trace_reader *r, struct trace_checkpoint *point)
{
	int err = trace_parse_checkpoint(point, r->json, &r->at);

	if (!err)
		err = advance(r, 0, point->icount);
	return err ? err : 1;
}

static int read_end(struct trace_reader *r, struct trace_end *end)
{
	int err = trace_parse_end(end, r->json, &r->at);

	if (!err)
		err = advance(r, 0, end->icount);
	r->ended = true;
	return err ? err : 1;
}

/* One line: 1 with a record, 0 for one to be passed over, or an error. */
static int read_record(struct trace_reader *r, struct trace_record *record)
{
	const char *type =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(r->json, "type"));

	if (!type)
		return trace_malformed(&r->at, "\"type\" is missing");
	if (strcmp(type, "event") == 0) {
		record->kind = TRACE_RECORD_EVENT;
		return read_event(r, &record->event);
	}
	if (strcmp(type, "checkpoint") == 0) {
		record->kind = TRACE_RECORD_CHECKPOINT;
		return read_checkpoint(r, &record->checkpoint);
	}
	if (strcmp(type, "end") == 0) {
		record->kind = TRACE_RECORD_END;
		return read_end(r, &record->end);
	}
	if (strcmp(type, "header") == 0)
		return trace_malformed(&r->at, "a second header");
	return 0;
}

int trace_read(struct trace_reader *r, struct trace_record *record)
{
	for (;;) {
		int got = next_json(r);

		if (got <= 0)
			return got;
		if (r->ended)
			return trace_malformed(&r->at, "a record after the end record");
		got = read_record(r, record);
		if (got)
			return got;
		r->skipped++;
	}
}

void trace_reader_close(struct trace_reader *r)
{
	if (!r)
		return;
	cJSON_Delete(r->owned);
	trace_fastjson_free(&r->fast);
	cJSON_Delete(r->header_json);
	free(r->header_argv.items);
	free(r->argv.items);
	free(r->icounts);
	trace_lines_close(r->lines);
	free(r);
}
