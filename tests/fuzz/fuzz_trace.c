/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace reader on any bytes, and on what it lets pass the check and every picture.
 * What loads must come back from its own writing as the same text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/check.h"
#include "diff/diff.h"
#include "render/render.h"
#include "trace/fastjson.h"
#include "trace/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Events as the writer would write them. */
static struct text formatted(const struct trace *trace)
{
	struct text t = {0};

	trace_format_header(&t, &trace->header);
	for (size_t i = 0; i < trace->nevents; i++)
		trace_format_event(&t, &trace->events[i]);
	if (trace->complete)
		trace_format_end(&t, &trace->end);
	return t;
}

/* A trace does not differ from itself. */
static void compare_with_itself(const char *path)
{
	for (int mode = DIFF_TREE; mode <= DIFF_STRICT; mode++) {
		struct diff_report *report;

		if (diff_traces(&report, path, path, (enum diff_mode)mode) == 0)
			BUG_ON(!report->equal);
		diff_report_free(report);
	}
}

static struct trace *load(const char *bytes, size_t size)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	struct trace *trace = NULL;
	char path[32];

	if (fd < 0 || (size && write(fd, bytes, size) != (ssize_t)size))
		abort();
	lseek(fd, 0, SEEK_SET);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (trace_load(&trace, path) != 0)
		BUG_ON(trace || !*error_message());
	else
		compare_with_itself(path);
	close(fd);
	return trace;
}

static void judge(const struct trace *trace)
{
	struct check_report *report;
	struct text out = {0};

	if (check_trace(trace, &report) != 0)
		return;
	check_report_text(report, &out, true);
	check_report_json(report, &out);
	struct render_input in = {.trace = trace,
	                          .forest = report->forest,
	                          .colour = true};

	for (const struct renderer *r = render_list(); r->name; r++)
		r->render(&in, &out);
	BUG_ON(!text_is_utf8(out.data, out.length));
	text_free(&out);
	check_report_free(report);
}

/* Where the quick parser takes a line, it takes it as cJSON does. */
static void compare_parsers(const char *line, size_t n)
{
	struct trace_fastjson f = {0};
	cJSON *quick = trace_fastjson_parse(&f, line, n);

	if (quick && !memchr(line, '\0', n)) {
		char *copy = strndup(line, n);
		cJSON *slow = cJSON_ParseWithLengthOpts(copy, n + 1, NULL, true);

		BUG_ON(!slow);
		char *x = cJSON_PrintUnformatted(quick),
		     *y = cJSON_PrintUnformatted(slow);

		BUG_ON(strcmp(x, y) != 0);
		free(x);
		free(y);
		cJSON_Delete(slow);
		free(copy);
	}
	trace_fastjson_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data, *end = line + size, *newline;

	for (; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline)
			newline = end;
		compare_parsers(line, (size_t)(newline - line));
	}
	struct trace *trace = load((const char *)data, size);

	if (!trace)
		return 0;
	judge(trace);
	/* Events that were passed over leave gaps in seq; then it is no trace again. */
	if (trace->skipped == 0) {
		struct text once = formatted(trace);
		struct trace *again = load(once.data, once.length);

		BUG_ON(!again);
		struct text twice = formatted(again);

		BUG_ON(once.length != twice.length ||
		       memcmp(once.data, twice.data, once.length) != 0);
		text_free(&twice);
		text_free(&once);
		trace_free(again);
	}
	trace_free(trace);
	return 0;
}
