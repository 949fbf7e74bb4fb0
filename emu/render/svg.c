/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tree and timeline in one picture: at the left the forest, at the right a lane for each
 * process.  States differ by height and pattern as well as by colour, and the colours are
 * those of Okabe and Ito, which the colour-blind tell apart.
 */
#include "render/palette.h"
#include "render/render.h"
#include "render/timeline.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 1200
#define TREE_WIDTH 300
#define LANE_WIDTH (WIDTH - TREE_WIDTH - 20)
#define TOP 64
#define LANE 22
#define INDENT 12
#define INDENT_MAX 12
/* In hundredths of a pixel: a slice narrower than this is not drawn by itself. */
#define VISIBLE 20

struct svg {
	const struct forest *forest;
	const struct timeline *t;
	struct text *out;
	struct render_rows rows;
};

/* Hundredths of a pixel, so that no floating point decides over a byte of the picture. */
static uint64_t x_of(const struct svg *s, uint64_t time)
{
	uint64_t span = s->t->end - s->t->start;
	uint64_t at = time - s->t->start;

	if (span == 0)
		return TREE_WIDTH * 100;
	/* Without overflow: spans of more than 2^47 instructions lose some low bits. */
	while (span >> 47) {
		span >>= 1;
		at >>= 1;
	}
	return TREE_WIDTH * 100 + at * (LANE_WIDTH * UINT64_C(100)) / span;
}

static unsigned long long y_of(const struct svg *s, size_t process)
{
	return TOP + (unsigned long long)s->rows.of[process] * LANE;
}

static void put_x(struct text *out, uint64_t hundredths)
{
	text_printf(out, "%llu.%02llu", (unsigned long long)(hundredths / 100),
	            (unsigned long long)(hundredths % 100));
}

/* Text of the guest's, safe inside XML. */
static void put_escaped(struct text *out, const char *text, size_t width)
{
	struct text plain = {0};

	text_printable(&plain, text, width);
	for (size_t i = 0; i < plain.length; i++) {
		char c = plain.data[i];

		if (c == '&')
			text_string(out, "&amp;");
		else if (c == '<')
			text_string(out, "&lt;");
		else if (c == '>')
			text_string(out, "&gt;");
		else
			text_char(out, c);
	}
	out->failed |= plain.failed;
	text_free(&plain);
}

static void put_style(struct text *out)
{
	text_printf(out,
	            "<style>\n"
	            "text{font:12px monospace;fill:#%06x}\n"
	            ".small{font-size:10px;fill:#%06x}\n",
	            PALETTE_INK, PALETTE_FAINT_INK);
	for (int i = 0; i < TIMELINE_ZOMBIE; i++)
		text_printf(out, ".%s{fill:#%06x}",
		            timeline_state_name((enum timeline_state)i),
		            palette_state((enum timeline_state)i));
	text_string(out, ".zombie{fill:url(#hatch)}\n");
	for (int i = 0; i < TIMELINE_LINKS; i++)
		text_printf(out, ".%s{stroke:#%06x}",
		            timeline_link_name((enum timeline_link)i),
		            palette_link((enum timeline_link)i));
	text_printf(
		out,
		"\n.adopt{stroke-dasharray:4 2}\n"
		".fork,.wait,.adopt{fill:none;stroke-width:1.2;marker-end:url(#head)}\n"
		".branch{stroke:#%06x;fill:none}.lane{stroke:#%06x}\n",
		PALETTE_BRANCH, PALETTE_GRID);
	text_printf(out,
	            ".preempt{fill:#%06x}.kill{fill:#%06x}.exit{fill:#%06x;stroke:#%06x}"
	            ".exec{fill:#%06x;stroke:#%06x}"
	            ".orphan{fill:none;stroke:#%06x;stroke-width:2}\n"
	            "</style>\n",
	            palette_mark(TIMELINE_PREEMPT), palette_mark(TIMELINE_KILL),
	            palette_mark(TIMELINE_EXIT), PALETTE_INK, palette_mark(TIMELINE_EXEC),
	            PALETTE_INK, palette_mark(TIMELINE_ORPHAN));
}

static void put_definitions(struct text *out)
{
	text_printf(out,
	            "<defs>\n"
	            "<pattern id=\"hatch\" width=\"5\" height=\"5\" "
	            "patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" "
	            "fill=\"#%06x\"/><path d=\"M0 5L5 0\" stroke=\"#%06x\" "
	            "stroke-width=\"1.5\"/></pattern>\n"
	            "<marker id=\"head\" viewBox=\"0 0 6 6\" refX=\"6\" refY=\"3\" "
	            "markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\">"
	            "<path d=\"M0 0L6 3L0 6z\" fill=\"#%06x\"/></marker>\n"
	            "</defs>\n",
	            PALETTE_PAPER, palette_state(TIMELINE_ZOMBIE), PALETTE_FAINT_INK);
}

static void put_legend(struct svg *s)
{
	int x = TREE_WIDTH;

	for (int i = 0; i < TIMELINE_STATES; i++) {
		enum timeline_state state = (enum timeline_state)i;
		int h = palette_height(state);

		text_printf(
			s->out,
			"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"24\" height=\"%d\"/>"
			"<text x=\"%d\" y=\"20\">%s</text>\n",
			timeline_state_name(state), x, 16 - h / 2, h, x + 30,
			timeline_state_name(state));
		x += 100;
	}
	for (int i = 0; i < TIMELINE_LINKS; i++) {
		const char *name = timeline_link_name((enum timeline_link)i);

		text_printf(
			s->out,
			"<path class=\"%s\" d=\"M%d 16H%d\"/><text x=\"%d\" y=\"20\">%s</text>\n",
			name, x, x + 24, x + 30, name);
		x += 90;
	}
}

/* Round counts, at most ten of them. */
static void put_axis(struct svg *s, uint64_t bottom)
{
	uint64_t span = s->t->end - s->t->start, step = 1;

	while (span / step > 10)
		step *= 10;
	if (span / step < 4 && step >= 10)
		step /= 5;
	for (uint64_t time = (s->t->start + step - 1) / step * step; time <= s->t->end;
	     time += step) {
		uint64_t x = x_of(s, time);

		text_string(s->out, "<path class=\"lane\" d=\"M");
		put_x(s->out, x);
		text_printf(s->out, " %dV%llu\"/><text class=\"small\" x=\"", TOP - 12,
		            (unsigned long long)bottom);
		put_x(s->out, x);
		text_printf(s->out, "\" y=\"%d\">%llu</text>\n", TOP - 16,
		            (unsigned long long)time);
		if (time > UINT64_MAX - step)
			break;
	}
}

static void put_tree(struct svg *s, size_t at, size_t depth)
{
	const struct forest_process *p = &s->forest->processes[at];
	size_t indent = (depth < INDENT_MAX ? depth : INDENT_MAX) * INDENT;
	unsigned long long y = y_of(s, at);
	char status[RENDER_STATUS_SIZE];

	if (p->parent != FOREST_NONE && depth <= INDENT_MAX)
		text_printf(s->out, "<path class=\"branch\" d=\"M%zu %lluV%lluh6\"/>\n",
		            indent - 2, y_of(s, p->parent) + 16, y + 10);
	render_status(p, status);
	text_printf(s->out, "<text x=\"%zu\" y=\"%llu\"><title>", indent + 6, y + 14);
	text_printf(s->out, "%s, pid %d, %s, %s%s", p->path, p->pid, status,
	            forest_ordering_name(forest_ordering(s->forest, at)), "</title>");
	put_escaped(s->out, p->path + (strlen(p->path) > 16 ? strlen(p->path) - 16 : 0),
	            16);
	text_char(s->out, ' ');
	put_escaped(s->out, render_program(p), 14);
	text_printf(s->out, " <tspan class=\"small\">%s%s%s</tspan></text>\n", status,
	            p->orphaned != FOREST_NEVER ? ", orphan" : "",
	            render_fate(p) == FATE_ZOMBIE ? ", zombie" : "");
}

static void put_slices(struct svg *s, uint64_t *drawn)
{
	for (size_t i = 0; i < s->t->nslices; i++) {
		const struct timeline_slice *slice = &s->t->slices[i];
		uint64_t from = x_of(s, slice->start), to = x_of(s, slice->end);
		int h = palette_height(slice->state);

		/* What is too narrow to see waits until its lane has moved on far enough.
		 */
		if (to < drawn[slice->process] + VISIBLE)
			continue;
		drawn[slice->process] = to;
		text_printf(s->out, "<rect class=\"%s\" x=\"",
		            timeline_state_name(slice->state));
		put_x(s->out, from);
		text_printf(s->out, "\" y=\"%llu\" width=\"",
		            y_of(s, slice->process) + 10 - (unsigned long long)h / 2);
		put_x(s->out, to - from < VISIBLE ? VISIBLE : to - from);
		text_printf(
			s->out,
			"\" height=\"%d\"><title>%s %s, %llu to %llu</title></rect>\n", h,
			s->forest->processes[slice->process].path,
			timeline_state_name(slice->state),
			(unsigned long long)slice->start, (unsigned long long)slice->end);
	}
}

static void put_arrows(struct svg *s)
{
	for (size_t i = 0; i < s->t->narrows; i++) {
		const struct timeline_arrow *a = &s->t->arrows[i];

		text_printf(s->out, "<path class=\"%s\" d=\"M",
		            timeline_link_name(a->link));
		put_x(s->out, x_of(s, a->start));
		text_printf(s->out, " %lluL", y_of(s, a->from) + 10);
		put_x(s->out, x_of(s, a->end));
		text_printf(s->out, " %llu\"/>\n", y_of(s, a->to) + 10);
	}
}

/* A notch above the lane, a bar across it, or a diamond on it. */
static void put_marks(struct svg *s)
{
	for (size_t i = 0; i < s->t->nmarks; i++) {
		const struct timeline_mark *m = &s->t->marks[i];
		unsigned long long y = y_of(s, m->process) + 10;

		text_printf(s->out, "<path class=\"%s\" d=\"M",
		            timeline_mark_name(m->kind));
		put_x(s->out, x_of(s, m->time));
		switch (m->kind) {
		case TIMELINE_PREEMPT:
			text_printf(s->out, " %llul-3 -5h6z\"", y - 6);
			break;
		case TIMELINE_ORPHAN:
			text_printf(s->out, " %lluv20\"", y - 10);
			break;
		default:
			text_printf(s->out, " %llul3 3l-3 3l-3 -3z\"", y - 3);
			break;
		}
		text_printf(s->out,
		            "><title>%s: %s, event %llu, at %llu</title></path>\n",
		            s->forest->processes[m->process].path,
		            timeline_mark_name(m->kind), (unsigned long long)m->seq,
		            (unsigned long long)m->time);
	}
}

static void put_picture(struct svg *s, uint64_t *drawn)
{
	unsigned long long bottom = TOP + s->rows.count * LANE;

	text_printf(
		s->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%llu\" "
		"viewBox=\"0 0 %d %llu\">\n<title>Processes by instructions retired</title>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#%06x\"/>\n",
		WIDTH, bottom + 12, WIDTH, bottom + 12, PALETTE_PAPER);
	put_style(s->out);
	put_definitions(s->out);
	put_legend(s);
	put_axis(s, bottom);
	for (size_t row = 0; row < s->rows.count; row++)
		put_tree(s, s->rows.process[row], s->rows.depth[row]);
	put_slices(s, drawn);
	put_arrows(s);
	put_marks(s);
	text_string(s->out, "</svg>\n");
}

void render_svg(const struct render_input *in, struct text *out)
{
	struct timeline *t = timeline_create(in->trace, in->forest);
	struct svg s = {.forest = in->forest, .t = t, .out = out};
	uint64_t *drawn = calloc(in->forest->count + 1, sizeof(*drawn));

	if (render_rows_make(&s.rows, in->forest) && t && drawn)
		put_picture(&s, drawn);
	else
		out->failed = true;
	free(drawn);
	render_rows_free(&s.rows);
	timeline_free(t);
}
