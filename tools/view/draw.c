/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/draw.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/describe.h"
#include "render/render.h"

#define TEXT_SIZE 256

int draw_middle(const struct canvas *c, const SDL_Rect *rect)
{
	return rect->y + (rect->h - font_height(c->font)) / 2;
}

const char *draw_count(uint64_t count, char text[32])
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count), at = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}

/* --- title --- */

/* From the right edge, as much of it as there is room for. */
static void draw_legend(struct canvas *c, const struct view *v, int left)
{
	const SDL_Rect *area = &v->layout.title;
	int cell = font_width(c->font), x = area->x + area->w - LAYOUT_MARGIN;
	int y = area->y + area->h / 2, top = draw_middle(c, area);

	for (int i = TIMELINE_LINKS - 1; i >= 0; i--) {
		const char *name = timeline_link_name((enum timeline_link)i);
		int w = (int)strlen(name) * cell + 28;

		if (x - w < left)
			return;
		x -= w;
		draw_arrow(c, (enum timeline_link)i, (struct canvas_point){x, y},
		           (struct canvas_point){x + 22, y});
		canvas_text(c, x + 27, top, FONT_PLAIN, DRAW_FAINT, name);
		x -= 14;
	}
	for (int i = TIMELINE_STATES - 1; i >= 0; i--) {
		const char *name = timeline_state_name((enum timeline_state)i);
		int w = (int)strlen(name) * cell + 26;

		if (x - w < left)
			return;
		x -= w;
		draw_slice(c, (enum timeline_state)i, x, y, 20, LAYOUT_LANE_MIN);
		canvas_text(c, x + 25, top, FONT_PLAIN, DRAW_FAINT, name);
		x -= 14;
	}
}

static void draw_title(struct canvas *c, const struct view *v)
{
	const SDL_Rect *area = &v->layout.title;
	const struct model *m = v->panes[v->active].model;
	const struct trace *t = m->trace;
	int cell = font_width(c->font), x = LAYOUT_MARGIN, y = draw_middle(c, area);
	char text[TEXT_SIZE], count[32];

	canvas_fill(c, area->x, area->y, area->w, area->h, DRAW_PAPER);
	canvas_text_cut(c, x, y, FONT_BOLD, DRAW_INK, m->name, 28);
	x += ((int)(strlen(m->name) < 28 ? strlen(m->name) : 28) + 2) * cell;
	snprintf(text, sizeof(text), "%s events, %s", draw_count(t->nevents, count),
	         t->complete ? trace_outcome_name(t->end.outcome) : "no end: a prefix");
	canvas_text(c, x, y, FONT_PLAIN, DRAW_FAINT, text);
	x += ((int)strlen(text) + 2) * cell;
	if (m->nviolations) {
		snprintf(text, sizeof(text), "%zu violation%s", m->nviolations,
		         m->nviolations > 1 ? "s" : "");
		canvas_text(c, x, y, FONT_BOLD, PALETTE_ALARM, text);
		x += ((int)strlen(text) + 2) * cell;
	}
	draw_legend(c, v, x);
	canvas_fill(c, area->x, area->y + area->h - 1, area->w, 1, DRAW_RULE);
}

/* --- the name of a trace over its tree --- */

static void draw_head(struct canvas *c, const struct view *v, int pane)
{
	const struct layout_pane *l = &v->layout.panes[pane];
	const struct model *m = v->panes[pane].model;
	int cell = font_width(c->font), x = l->head.x + LAYOUT_MARGIN;
	int columns = (l->tree.w - 2 * LAYOUT_MARGIN) / cell;
	char name[4] = "", text[TEXT_SIZE];

	canvas_fill(c, l->head.x, l->head.y, l->head.w, l->head.h, DRAW_PANEL);
	if (v->npanes > 1) {
		SDL_Rect box = {x - 3, l->head.y + 3, cell + 6, l->head.h - 6};

		name[0] = (char)('A' + pane);
		canvas_fill(c, box.x, box.y, box.w, box.h,
		            pane == v->active ? DRAW_ACCENT : DRAW_PALE);
		canvas_text(c, x, draw_middle(c, &l->head), FONT_BOLD, DRAW_PAPER, name);
		x += 2 * cell + 2;
		columns -= 2;
		canvas_text_cut(c, x, draw_middle(c, &l->head), FONT_BOLD, DRAW_INK,
		                m->name, columns);
	} else {
		snprintf(text, sizeof(text), "%zu process%s", m->rows.count,
		         m->rows.count == 1 ? "" : "es");
		if (v->hide)
			snprintf(text, sizeof(text), "%zu of %zu processes",
			         v->panes[pane].nshown, m->rows.count);
		canvas_text_cut(c, x, draw_middle(c, &l->head), FONT_PLAIN, DRAW_FAINT,
		                text, columns);
	}
	canvas_fill(c, l->head.x, l->head.y, l->head.w, 1, DRAW_RULE);
	canvas_fill(c, l->head.x, l->head.y + l->head.h - 1, l->head.w, 1, DRAW_RULE);
}

/* --- slider --- */

/* How much happens when: a bar for each pixel, by the events that fall into it. */
static void draw_density(struct canvas *c, const struct model *m,
                         const struct layout_axis *axis, int bottom, int height)
{
	int width = axis->width < LAYOUT_MAX ? axis->width : LAYOUT_MAX;
	uint32_t counts[LAYOUT_MAX], most = 1;
	size_t before = 0;

	if (m->trace->nevents == 0)
		return;
	for (int x = 0; x < width; x++) {
		uint64_t time = layout_time(axis, axis->x + x + 1);
		size_t until = time ? model_event_at(m, time - 1) + 1 : 0;

		counts[x] = until > before ? (uint32_t)(until - before) : 0;
		most = counts[x] > most ? counts[x] : most;
		before = until > before ? until : before;
	}
	for (int x = 0; x < width; x++) {
		int h = (int)(sqrt((double)counts[x] / most) * (height - 1));

		if (counts[x])
			canvas_fill(c, axis->x + x, bottom - h - 1, 1, h + 1,
			            DRAW_DENSITY);
	}
}

static void draw_slider(struct canvas *c, const struct view *v)
{
	const SDL_Rect *area = &v->layout.slider;
	const struct view_pane *p = &v->panes[v->active];
	struct layout_axis axis = view_slider(v);
	int from = (int)fmax(axis.x + (v->start - axis.start) / (axis.end - axis.start) *
	                                      axis.width,
	                     area->x + 2);
	int to = (int)fmin(axis.x + (v->end - axis.start) / (axis.end - axis.start) *
	                                    axis.width,
	                   area->x + area->w - 2);

	canvas_fill(c, area->x, area->y, area->w, area->h, DRAW_PANEL);
	canvas_fill(c, area->x, area->y, area->w, 1, DRAW_RULE);
	canvas_fill(c, from, area->y + 6, to > from ? to - from : 1, area->h - 12,
	            DRAW_PAPER);
	draw_density(c, p->model, &axis, area->y + area->h - 8, area->h - 20);
	for (size_t i = 0; i < p->model->nviolations; i++)
		draw_violation(c,
		               layout_x(&axis,
		                        p->model->trace
		                                ->events[p->model->violations[i].event]
		                                .icount),
		               area->y + 18);
	canvas_frame(c, from, area->y + 6, to > from ? to - from : 1, area->h - 12,
	             DRAW_ACCENT);
	if (p->event != MODEL_NONE) {
		int x = (int)layout_x(&axis, p->model->trace->events[p->event].icount);
		const struct canvas_point knob[] = {{x + 0.5, area->y + 12},
		                                    {x - 5.5, area->y + 2},
		                                    {x + 6.5, area->y + 2}};

		canvas_fill(c, x, area->y + 4, 1, area->h - 8, DRAW_INK);
		canvas_polygon(c, knob, 3, DRAW_INK);
	}
}

/* --- status --- */

static void put_status(const struct view *v, char *text, size_t size)
{
	const struct view_pane *p = &v->panes[v->active];
	struct text what = {0};

	text[0] = '\0';
	if (v->message[0]) {
		snprintf(text, size, "%s", v->message);
		return;
	}
	if (p->event == MODEL_NONE)
		return;
	describe_event(&what, &p->model->trace->events[p->event]);
	if (v->playing)
		snprintf(text, size, "playing %u events a second   %s", v->rate,
		         what.data ? what.data : "");
	else
		snprintf(text, size, "%s", what.data ? what.data : "");
	text_free(&what);
}

static void draw_status(struct canvas *c, const struct view *v)
{
	const SDL_Rect *area = &v->layout.status;
	int cell = font_width(c->font), y = draw_middle(c, area);
	static const char help[] = "? help";
	int right = area->w - LAYOUT_MARGIN - (int)strlen(help) * cell;
	char text[TEXT_SIZE];

	canvas_fill(c, area->x, area->y, area->w, area->h, DRAW_PAPER);
	canvas_fill(c, area->x, area->y, area->w, 1, DRAW_RULE);
	canvas_text(c, right, y, FONT_PLAIN, DRAW_FAINT, help);
	if (v->only && v->panes[v->active].row != MODEL_NONE) {
		const struct model *m = v->panes[v->active].model;

		snprintf(text, sizeof(text), "stepping in %s only",
		         model_process(m, v->panes[v->active].row)->path);
		right -= ((int)strlen(text) + 3) * cell;
		canvas_text(c, right, y, FONT_PLAIN, DRAW_ACCENT, text);
	}
	if (v->npanes > 1) {
		snprintf(text, sizeof(text), "A and B: %s", v->compare.summary);
		right -= ((int)strlen(text) + 3) * cell;
		canvas_text(c, right, y, FONT_PLAIN,
		            v->compare.same_deeds ? DRAW_FAINT : PALETTE_ALARM, text);
	}
	put_status(v, text, sizeof(text));
	canvas_text_cut(c, LAYOUT_MARGIN, y, FONT_PLAIN, DRAW_INK, text,
	                (right - LAYOUT_MARGIN) / cell - 2);
}

void draw_view(struct canvas *c, const struct view *v, const struct guest_state *guest)
{
	canvas_clip(c, NULL);
	canvas_fill(c, 0, 0, c->surface->w, c->surface->h, DRAW_PAPER);
	draw_title(c, v);
	for (int i = 0; i < v->npanes; i++) {
		draw_head(c, v, i);
		draw_tree(c, v, i);
		draw_lanes(c, v, i);
		draw_events(c, v, i);
	}
	draw_inspector(c, v, guest);
	draw_slider(c, v);
	draw_status(c, v);
	if (v->help)
		draw_help(c, v);
	else
		draw_tip(c, v);
}
