/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of a trace in a few words, fetched by line once it is known which are wanted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/describe.h"
#include "diff/side.h"
#include "trace/lines.h"
#include "trace/parse.h"
#include "trace/strings.h"

#define U(n) ((unsigned long long)(n))

struct describer {
	struct trace_place at;
	struct trace_vector argv;
	struct text out;
	bool strict;
};

static int put_record(struct describer *d, cJSON *json)
{
	const char *type =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "type"));
	struct trace_event event;
	struct trace_end end;
	struct trace_checkpoint point;
	int err = 0;

	if (type && strcmp(type, "checkpoint") == 0) {
		err = trace_parse_checkpoint(&point, json, &d->at);
		if (!err)
			text_printf(&d->out, "%llu checkpoint %s", U(point.icount),
			            point.digest);
		return err;
	}
	if (type && strcmp(type, "end") == 0) {
		err = trace_parse_end(&end, json, &d->at);
		if (!err)
			text_printf(&d->out, "%llu %s, status %d, digest %s",
			            U(end.icount), trace_outcome_name(end.outcome),
			            end.status, end.digest);
		return err;
	}
	if (!type || strcmp(type, "event") != 0) {
		text_string(&d->out, "a record of an unknown type");
		return 0;
	}
	err = trace_parse_common(&event, json, &d->at);
	if (err)
		return err;
	if (d->strict)
		text_printf(&d->out, "%llu %s ", U(event.icount), event.proc);
	if ((int)event.kind < 0) {
		text_string(&d->out, "an event of an unknown kind");
		return 0;
	}
	err = trace_parse_fields(&event, json, &d->argv, &d->at);
	if (!err)
		describe_event(&d->out, &event);
	return err;
}

static int describe_line(struct describer *d, const char *line, size_t n,
                         struct strings *strings, const char **text)
{
	cJSON *json = cJSON_ParseWithLengthOpts(line, n + 1, NULL, true);
	int err = cJSON_IsObject(json) ? 0 : trace_malformed(&d->at, "not a JSON object");

	text_clear(&d->out);
	if (!err)
		err = put_record(d, json);
	cJSON_Delete(json);
	if (err)
		return err;
	*text = d->out.failed || !d->out.data
	                ? NULL
	                : strings_intern(strings, d->out.data, d->out.length);
	return *text ? 0 : error_set(ERR_MEMORY, "out of memory for the comparison");
}

int diff_describe(const char *path, struct diff_moment **moments, size_t n, bool strict,
                  struct strings *strings)
{
	struct describer d = {.at.path = path, .strict = strict};
	struct trace_lines *lines;
	size_t done = 0, length;
	char *line;
	bool whole;
	int err = n ? trace_lines_open(&lines, path) : 0;

	if (err || n == 0)
		return err;
	while (!err && done < n && trace_lines_next(lines, &line, &length, &whole) > 0) {
		const char *text = NULL;

		d.at.line = trace_lines_number(lines);
		while (!err && done < n && moments[done]->line == d.at.line) {
			if (!text)
				err = describe_line(&d, line, length, strings, &text);
			moments[done++]->text = text;
		}
	}
	trace_lines_close(lines);
	free(d.argv.items);
	text_free(&d.out);
	return err;
}
