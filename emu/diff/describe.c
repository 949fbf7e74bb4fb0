/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of a trace in a few words, fetched by line once it is known which are wanted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/side.h"
#include "trace/lines.h"
#include "trace/parse.h"
#include "trace/strings.h"

#define U(n) ((unsigned long long)(n))
/* Columns of what a guest chose: arguments, printed text. */
#define TEXT_WIDTH 200

static void put_wait_return(struct text *out, const struct trace_event *e)
{
	char status[32];

	if (e->wait_return.error) {
		text_printf(out, "wait fails with error %d", e->wait_return.error);
	} else if (e->wait_return.child == 0) {
		text_string(out, "wait finds nobody");
	} else {
		forest_status_text(e->wait_return.status, status, sizeof(status));
		text_printf(out, "wait returns %s, %s", e->wait_return.child_proc,
		            status);
	}
}

static void put_exec(struct text *out, const struct trace_event *e)
{
	text_string(out, "exec ");
	text_printable(out, e->exec.path, TEXT_WIDTH);
	for (int i = 1; i < e->exec.argc; i++) {
		text_char(out, ' ');
		text_printable(out, e->exec.argv[i], TEXT_WIDTH);
	}
}

static void put_printed(struct text *out, const char *what, const char *bytes)
{
	text_printf(out, "%s \"", what);
	text_printable(out, bytes, TEXT_WIDTH);
	text_char(out, '"');
}

/* What only happens in the kernel or to others. */
static void put_other_event(struct text *out, const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_REAP:
		text_printf(out, "reap %s", e->reap.child_proc);
		break;
	case TRACE_ORPHAN:
		text_printf(out, "leaves %s", e->orphan.child_proc);
		break;
	case TRACE_REPARENT:
		text_printf(out, "hands %s to %s", e->reparent.child_proc,
		            e->reparent.to_proc);
		break;
	case TRACE_RELEASE:
		text_printf(out, "frees %s of %s", e->release.what,
		            e->release.child_proc);
		break;
	case TRACE_SWITCH:
		text_printf(out, "switch to %s, %s", e->switch_.to, e->switch_.why);
		break;
	case TRACE_IRQ:
		text_printf(out, "interrupt %d", e->irq.vector);
		break;
	case TRACE_SYSCALL:
		text_printf(out, "system call %s",
		            e->syscall.name ? e->syscall.name : "?");
		if (e->syscall.returned)
			text_printf(out, " returns %lld", (long long)e->syscall.result);
		break;
	default:
		text_string(out, trace_event_name(e->kind));
		break;
	}
}

static void put_event(struct text *out, const struct trace_event *e)
{
	char status[32];

	switch (e->kind) {
	case TRACE_FORK:
		text_printf(out, "fork %s", e->fork.child_proc);
		break;
	case TRACE_EXEC:
		put_exec(out, e);
		break;
	case TRACE_EXIT:
		forest_status_text(e->exit.status, status, sizeof(status));
		text_printf(out, "%s%s", e->exit.status.signaled ? "exit by " : "",
		            status);
		break;
	case TRACE_WAIT_ENTER:
		text_printf(out, "wait for %d", e->wait_enter.target);
		break;
	case TRACE_WAIT_RETURN:
		put_wait_return(out, e);
		break;
	case TRACE_FAULT:
		text_printf(out, "fault %d at %llx", e->fault.vector, U(e->fault.rip));
		break;
	case TRACE_KILL:
		put_printed(out, "killed by", e->kill.reason);
		break;
	case TRACE_CONSOLE:
		put_printed(out, "prints", e->console.text);
		break;
	case TRACE_INPUT:
		put_printed(out, "input", e->input.text);
		break;
	case TRACE_PANIC:
		put_printed(out, "panic", e->panic.text);
		break;
	default:
		put_other_event(out, e);
		break;
	}
}

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
		put_event(&d->out, &event);
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
