/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page without outside references: page.html, with what it shows as JSON where it
 * says "@DATA@".  What there is much of is kept short: a slice is [process, state, start,
 * end], an arrow [link, from, to, start, end], a mark [kind, process, time, event], an
 * event [seq, count, process or -1, what it says, place, place of the program], without
 * the last two where neither is known, and a place [image, function, file and line,
 * source, code].
 */
#include "check/describe.h"
#include "render/palette.h"
#include "render/places.h"
#include "render/render.h"
#include "render/timeline.h"

#include <string.h>

__asm__(".pushsection .rodata\n"
        "render_page:\n"
        ".incbin \"" RENDER_PAGE "\"\n"
        "render_page_end:\n"
        ".byte 0\n"
        ".popsection\n");
extern const char render_page[], render_page_end[];

#define U(n) ((unsigned long long)(n))

/* As JSON that cannot end the script element it stands in. */
static void put_string(struct text *out, const char *s)
{
	struct text json = {0};

	text_json_string(&json, s);
	for (size_t i = 0; i < json.length; i++) {
		if (json.data[i] == '<')
			text_string(out, "\\u003c");
		else
			text_char(out, json.data[i]);
	}
	out->failed |= json.failed;
	text_free(&json);
}

static void put_processes(const struct forest *f, const struct render_rows *rows,
                          struct text *out)
{
	text_string(out, ",\"processes\":[");
	for (size_t row = 0; row < rows->count; row++) {
		const struct forest_process *p = &f->processes[rows->process[row]];
		char status[RENDER_STATUS_SIZE];

		render_status(p, status);
		text_string(out, row ? ",\n{\"proc\":" : "\n{\"proc\":");
		put_string(out, p->path);
		text_string(out, ",\"program\":");
		put_string(out, render_program(p));
		text_printf(
			out,
			",\"pid\":%d,\"depth\":%zu,\"parent\":%lld,\"status\":\"%s%s%s\"",
			p->pid, rows->depth[row],
			p->parent == FOREST_NONE ? -1LL : (long long)rows->of[p->parent],
			status, p->orphaned != FOREST_NEVER ? ", orphan" : "",
			render_fate(p) == FATE_ZOMBIE ? ", zombie" : "");
		if (p->parent != FOREST_NONE)
			text_printf(out, ",\"ordering\":\"%s\"",
			            forest_ordering_name(
					    forest_ordering(f, rows->process[row])));
		text_char(out, '}');
	}
	text_char(out, ']');
}

static void put_timeline(const struct timeline *t, const struct render_rows *rows,
                         struct text *out)
{
	text_string(out, ",\n\"slices\":[");
	for (size_t i = 0; i < t->nslices; i++) {
		const struct timeline_slice *s = &t->slices[i];

		text_printf(out, "%s[%zu,%d,%llu,%llu]", i ? "," : "",
		            rows->of[s->process], (int)s->state, U(s->start), U(s->end));
	}
	text_string(out, "],\n\"arrows\":[");
	for (size_t i = 0; i < t->narrows; i++) {
		const struct timeline_arrow *a = &t->arrows[i];

		text_printf(out, "%s[%d,%zu,%zu,%llu,%llu]", i ? "," : "", (int)a->link,
		            rows->of[a->from], rows->of[a->to], U(a->start), U(a->end));
	}
	text_string(out, "],\n\"marks\":[");
	for (size_t i = 0; i < t->nmarks; i++) {
		const struct timeline_mark *m = &t->marks[i];

		text_printf(out, "%s[%d,%zu,%llu,%llu]", i ? "," : "", (int)m->kind,
		            rows->of[m->process], U(m->time), U(m->seq));
	}
	text_char(out, ']');
}

static void put_event_place(struct places *places, const struct event_place *known,
                            const struct trace_event *e, struct text *out)
{
	struct event_place at = known ? *known : places_of_event(places, e);

	if (at.here != PLACE_NONE || at.program != PLACE_NONE)
		text_printf(out, ",%d,%d", at.here, at.program);
}

static void put_events(const struct render_input *in, const struct render_rows *rows,
                       struct places *places, struct text *out)
{
	struct text what = {0};

	text_string(out, ",\n\"events\":[");
	for (size_t i = 0; i < in->trace->nevents; i++) {
		const struct trace_event *e = &in->trace->events[i];
		size_t at = forest_find(in->forest, e->proc);

		text_clear(&what);
		describe_event(&what, e);
		text_printf(out, "%s[%llu,%llu,%lld,", i ? ",\n" : "\n", U(e->seq),
		            U(e->icount),
		            at == FOREST_NONE ? -1LL : (long long)rows->of[at]);
		put_string(out, what.data ? what.data : "");
		put_event_place(places, in->at ? &in->at[i] : NULL, e, out);
		text_char(out, ']');
	}
	text_char(out, ']');
	out->failed |= what.failed;
	text_free(&what);
}

static bool is_of_life(enum trace_event_kind kind)
{
	return kind == TRACE_FORK || kind == TRACE_EXIT || kind == TRACE_KILL ||
	       kind == TRACE_WAIT_ENTER || kind == TRACE_WAIT_BLOCK ||
	       kind == TRACE_WAIT_RETURN;
}

/* The indices of those that fork, wait or exit. */
static void put_life(const struct trace *trace, struct text *out)
{
	const char *comma = "";

	text_string(out, ",\n\"life\":[");
	for (size_t i = 0; i < trace->nevents; i++) {
		if (!is_of_life(trace->events[i].kind))
			continue;
		text_printf(out, "%s%zu", comma, i);
		comma = ",";
	}
	text_char(out, ']');
}

static void put_trace(const struct render_input *in, struct places *places,
                      struct text *out)
{
	struct timeline *t = timeline_create(in->trace, in->forest);
	struct render_rows rows;

	if (render_rows_make(&rows, in->forest) && t) {
		text_string(out, "{\"name\":");
		put_string(out, in->name ? in->name : "");
		text_printf(out, ",\"start\":%llu,\"end\":%llu", U(t->start), U(t->end));
		put_processes(in->forest, &rows, out);
		put_timeline(t, &rows, out);
		put_events(in, &rows, places, out);
		put_life(in->trace, out);
		if (in->at_note) {
			text_string(out, ",\n\"note\":");
			put_string(out, in->at_note);
		}
		text_char(out, '}');
	} else {
		out->failed = true;
	}
	render_rows_free(&rows);
	timeline_free(t);
}

/* The first events, one of each trace, that are not the same deed of the same process. */
static void put_divergence(const struct trace *a, const struct trace *b, struct text *out)
{
	struct text x = {0}, y = {0};
	size_t i = 0;

	for (; i < a->nevents && i < b->nevents; i++) {
		text_clear(&x);
		text_clear(&y);
		describe_event(&x, &a->events[i]);
		describe_event(&y, &b->events[i]);
		if (x.failed || y.failed || strcmp(x.data, y.data) != 0 ||
		    strcmp(a->events[i].proc, b->events[i].proc) != 0)
			break;
	}
	out->failed |= x.failed || y.failed;
	text_free(&x);
	text_free(&y);
	if (i < a->nevents || i < b->nevents)
		text_printf(out, ",\n\"divergence\":[%zu,%zu]",
		            i < a->nevents ? i : a->nevents - 1,
		            i < b->nevents ? i : b->nevents - 1);
}

static void put_places(const struct places *places, struct text *out)
{
	struct text line = {0};

	text_string(out, ",\n\"places\":[");
	for (size_t i = 0; i < places_count(places); i++) {
		const struct place *p = places_get(places, i);

		text_string(out, i ? ",\n[" : "\n[");
		put_string(out, p->image);
		text_char(out, ',');
		put_string(out, p->function);
		text_char(out, ',');
		text_clear(&line);
		if (p->file[0])
			text_printf(&line, "%s:%d", p->file, p->line);
		put_string(out, line.data ? line.data : "");
		text_char(out, ',');
		put_string(out, p->source);
		text_char(out, ',');
		put_string(out, p->code);
		text_char(out, ']');
	}
	text_printf(out, "],\n\"lost\":%s", places_lost(places) ? "true" : "false");
	out->failed |= line.failed;
	text_free(&line);
}

/* Names, colours and heights by their number in slices, arrows and marks. */
static void put_palette(struct text *out)
{
	static const struct {
		const char *name;
		unsigned rgb;
	} colours[] = {
		{"paper", PALETTE_PAPER},     {"ink", PALETTE_INK},
		{"faint", PALETTE_FAINT_INK}, {"branch", PALETTE_BRANCH},
		{"grid", PALETTE_GRID},       {"rule", PALETTE_RULE},
		{"chosen", PALETTE_CHOSEN},   {"here", PALETTE_HERE},
		{"accent", PALETTE_ACCENT},   {"alarm", PALETTE_ALARM},
	};

	text_string(out, ",\n\"colours\":{");
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		text_printf(out, "%s\"%s\":\"#%06x\"", i ? "," : "", colours[i].name,
		            colours[i].rgb);
	text_string(out, "},\n\"states\":[");
	for (int i = 0; i < TIMELINE_STATES; i++)
		text_printf(out, "%s[\"%s\",\"#%06x\",%d]", i ? "," : "",
		            timeline_state_name((enum timeline_state)i),
		            palette_state((enum timeline_state)i),
		            palette_height((enum timeline_state)i));
	text_string(out, "],\n\"links\":[");
	for (int i = 0; i < TIMELINE_LINKS; i++)
		text_printf(out, "%s[\"%s\",\"#%06x\"]", i ? "," : "",
		            timeline_link_name((enum timeline_link)i),
		            palette_link((enum timeline_link)i));
	text_string(out, "],\n\"kinds\":[");
	for (int i = 0; i < TIMELINE_MARKS; i++)
		text_printf(out, "%s[\"%s\",\"#%06x\"]", i ? "," : "",
		            timeline_mark_name((enum timeline_mark_kind)i),
		            palette_mark((enum timeline_mark_kind)i));
	text_char(out, ']');
}

static void put_data(const struct render_input *in, struct places *places,
                     struct text *out)
{
	text_string(out, "{\"traces\":[");
	put_trace(in, places, out);
	if (in->other) {
		text_string(out, ",\n");
		put_trace(in->other, places, out);
	}
	text_char(out, ']');
	put_places(places, out);
	put_palette(out);
	if (in->other && in->trace->nevents && in->other->trace->nevents)
		put_divergence(in->trace, in->other->trace, out);
	text_char(out, '}');
}

void render_html(const struct render_input *in, struct text *out)
{
	static const char hole[] = "@DATA@";
	const char *at = strstr(render_page, hole);
	struct places *own = in->places ? NULL : places_create();

	BUG_ON(!at);
	text_bytes(out, render_page, (size_t)(at - render_page));
	if (in->places || own)
		put_data(in, in->places ? in->places : own, out);
	else
		out->failed = true;
	at += sizeof(hole) - 1;
	text_bytes(out, at, (size_t)(render_page_end - at));
	places_free(own);
}
