/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of events under the lanes, around the chosen one. */
#include "view/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check/describe.h"

#define TEXT_SIZE 256
/* Columns of numbers, counts and fork paths. */
#define NUMBER 7
#define COUNT 14
#define PATH 12
/* In pixels. */
#define SQUARE 8

/* What kind of an event it is, in the colours of the lanes. */
static unsigned colour_of(const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_FORK:
		return palette_link(TIMELINE_FORK);
	case TRACE_WAIT_ENTER:
	case TRACE_WAIT_BLOCK:
	case TRACE_WAIT_RETURN:
		return palette_link(TIMELINE_WAIT);
	case TRACE_EXEC:
		return PALETTE_EXEC;
	case TRACE_EXIT:
		return DRAW_INK;
	case TRACE_KILL:
	case TRACE_FAULT:
	case TRACE_PANIC:
	case TRACE_ORPHAN:
	case TRACE_REPARENT:
		return PALETTE_ALARM;
	default:
		return DRAW_RULE;
	}
}

static void draw_event(struct canvas *c, const struct view *v, int pane, size_t event,
                       int y)
{
	const struct view_pane *p = &v->panes[pane];
	const struct trace_event *e = &p->model->trace->events[event];
	const SDL_Rect *area = &v->layout.panes[pane].events;
	int cell = font_width(c->font), x = area->x + LAYOUT_MARGIN;
	bool aside = v->only && p->model->event_row[event] != p->row;
	unsigned ink = aside ? DRAW_PALE : DRAW_INK;
	size_t length = strlen(e->proc);
	struct text what = {0};
	char text[TEXT_SIZE], count[32];

	snprintf(text, sizeof(text), "%*" PRIu64 "%*s", NUMBER, e->seq, COUNT,
	         draw_count(e->icount, count));
	canvas_text(c, x, y, FONT_PLAIN, aside ? DRAW_PALE : DRAW_FAINT, text);
	x += (NUMBER + COUNT + 2) * cell;
	canvas_text(c, x, y, FONT_PLAIN, ink,
	            strcmp(e->proc, TRACE_KERNEL_PROC) == 0
	                    ? "kernel"
	                    : e->proc + (length > PATH ? length - PATH : 0));
	x += (PATH + 1) * cell;
	canvas_fill(c, x - cell - 4, y + (font_height(c->font) - SQUARE) / 2, SQUARE,
	            SQUARE, colour_of(e));
	describe_event(&what, e);
	canvas_text_cut(c, x + cell / 2, y, FONT_PLAIN,
	                model_violation(p->model, event) ? PALETTE_ALARM : ink,
	                what.data ? what.data : "",
	                (area->x + area->w - LAYOUT_MARGIN - x) / cell - 1);
	text_free(&what);
}

void draw_events(struct canvas *c, const struct view *v, int pane)
{
	const struct view_pane *p = &v->panes[pane];
	const SDL_Rect *area = &v->layout.panes[pane].events;
	size_t first = view_first(v, pane), n = p->model->trace->nevents;
	int lines = layout_lines(&v->layout, pane);

	canvas_clip(c, area);
	canvas_fill(c, area->x, area->y, area->w, area->h, DRAW_PAPER);
	for (int i = 0; i < lines && first + (size_t)i < n; i++) {
		int y = area->y + LAYOUT_MARGIN / 2 + i * v->layout.line;

		if (first + (size_t)i == p->event)
			canvas_fill(c, area->x, y - 1, area->w, v->layout.line,
			            pane == v->active ? DRAW_HERE : DRAW_GRID);
		draw_event(c, v, pane, first + (size_t)i, y);
	}
	canvas_fill(c, area->x, area->y, area->w, 1, DRAW_RULE);
	canvas_clip(c, NULL);
}
