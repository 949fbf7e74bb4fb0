/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chrome trace events, as ui.perfetto.dev and chrome://tracing load them.  A process of
 * the guest is a process there, numbered by its place in the forest, since pids come
 * again.  Running slices lie on its thread; other states are asynchronous slices with an
 * id each, and arrows are flows.  A timestamp is an instruction count, shown as
 * microseconds.
 */
#include "render/render.h"
#include "render/timeline.h"

static void begin(struct text *out, bool *any)
{
	text_string(out, *any ? ",\n{" : "\n{");
	*any = true;
}

static void put_names(const struct render_input *in, struct text *out, bool *any)
{
	size_t depth, order = 0;

	for (size_t at = forest_next(in->forest, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(in->forest, at, &depth)) {
		const struct forest_process *p = &in->forest->processes[at];
		struct text name = {0};

		text_printf(&name, "%s %s (pid %d)", p->path, render_program(p), p->pid);
		begin(out, any);
		text_printf(
			out,
			"\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%zu,\"tid\":1,"
			"\"args\":{\"name\":",
			at + 1);
		text_json_string(out, name.data ? name.data : "");
		text_string(out, "}}");
		begin(out, any);
		text_printf(out,
		            "\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":%zu,"
		            "\"tid\":1,\"args\":{\"sort_index\":%zu}}",
		            at + 1, order++);
		out->failed |= name.failed;
		text_free(&name);
	}
}

static void put_slice(const struct timeline_slice *s, size_t id, struct text *out,
                      bool *any)
{
	const char *state = timeline_state_name(s->state);

	begin(out, any);
	if (s->state == TIMELINE_RUNNING) {
		text_printf(
			out,
			"\"ph\":\"X\",\"name\":\"running\",\"cat\":\"state\",\"pid\":%zu,"
			"\"tid\":1,\"ts\":%llu,\"dur\":%llu,\"args\":{\"seq\":%llu}}",
			s->process + 1, (unsigned long long)s->start,
			(unsigned long long)(s->end - s->start),
			(unsigned long long)s->seq);
		return;
	}
	text_printf(
		out,
		"\"ph\":\"b\",\"name\":\"%s\",\"cat\":\"state\",\"id\":%zu,\"pid\":%zu,"
		"\"tid\":1,\"ts\":%llu,\"args\":{\"seq\":%llu}}",
		state, id, s->process + 1, (unsigned long long)s->start,
		(unsigned long long)s->seq);
	begin(out, any);
	text_printf(
		out,
		"\"ph\":\"e\",\"name\":\"%s\",\"cat\":\"state\",\"id\":%zu,\"pid\":%zu,"
		"\"tid\":1,\"ts\":%llu}",
		state, id, s->process + 1, (unsigned long long)s->end);
}

/* A flow has to leave from and come to a running slice; a hand-over may do neither. */
static void put_arrow(const struct render_input *in, const struct timeline_arrow *a,
                      size_t id, struct text *out, bool *any)
{
	const char *name = timeline_link_name(a->link);

	begin(out, any);
	if (a->link == TIMELINE_ADOPT) {
		text_printf(out,
		            "\"ph\":\"i\",\"s\":\"t\",\"name\":\"adopted by %s\","
		            "\"cat\":\"mark\",\"pid\":%zu,\"tid\":1,\"ts\":%llu}",
		            in->forest->processes[a->to].path, a->from + 1,
		            (unsigned long long)a->start);
		return;
	}
	text_printf(
		out,
		"\"ph\":\"s\",\"name\":\"%s\",\"cat\":\"link\",\"id\":%zu,\"pid\":%zu,"
		"\"tid\":1,\"ts\":%llu}",
		name, id, a->from + 1, (unsigned long long)a->start);
	begin(out, any);
	text_printf(
		out,
		"\"ph\":\"f\",\"bp\":\"e\",\"name\":\"%s\",\"cat\":\"link\",\"id\":%zu,"
		"\"pid\":%zu,\"tid\":1,\"ts\":%llu}",
		name, id, a->to + 1, (unsigned long long)a->end);
}

void render_perfetto(const struct render_input *in, struct text *out)
{
	struct timeline *t = timeline_create(in->trace, in->forest);
	bool any = false;

	if (!t) {
		out->failed = true;
		return;
	}
	text_string(out, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
	put_names(in, out, &any);
	for (size_t i = 0; i < t->nslices; i++)
		put_slice(&t->slices[i], i + 1, out, &any);
	for (size_t i = 0; i < t->narrows; i++)
		put_arrow(in, &t->arrows[i], t->nslices + i + 1, out, &any);
	for (size_t i = 0; i < t->nmarks; i++) {
		const struct timeline_mark *m = &t->marks[i];

		begin(out, &any);
		text_printf(out,
		            "\"ph\":\"i\",\"s\":\"t\",\"name\":\"%s\",\"cat\":\"mark\","
		            "\"pid\":%zu,\"tid\":1,\"ts\":%llu,\"args\":{\"seq\":%llu}}",
		            timeline_mark_name(m->kind), m->process + 1,
		            (unsigned long long)m->time, (unsigned long long)m->seq);
	}
	text_string(out, "\n]}\n");
	timeline_free(t);
}
