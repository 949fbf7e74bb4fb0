/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree at the left: a process a row, as it stands at the chosen event. */
#include "view/draw.h"

#include <stdio.h>
#include <string.h>

#include "render/render.h"

#define INDENT 14
/* Deeper levels are drawn at this one. */
#define DEPTH_MAX 9
#define DOT 9

static int left_of(const struct view_pane *p, const SDL_Rect *area, size_t row)
{
	size_t depth = p->model->rows.depth[row];

	return area->x + LAYOUT_MARGIN +
	       (int)(depth < DEPTH_MAX ? depth : DEPTH_MAX) * INDENT;
}

/* The state at the chosen event as its colour, hollow where there is none. */
static void draw_state(struct canvas *c, const struct view_pane *p, size_t row, int x,
                       int y)
{
	const struct lane *lane = model_lane(p->model, row);
	enum model_life life = model_life(p->model, row, p->event);
	uint64_t now =
		p->event == MODEL_NONE ? 0 : p->model->trace->events[p->event].icount;
	size_t i = lane_slice(lane, now);

	if (life == MODEL_UNBORN || life == MODEL_GONE || i == lane->nslices ||
	    lane->slices[i].start > now) {
		canvas_frame(c, x, y - DOT / 2, DOT, DOT, DRAW_RULE);
		return;
	}
	if (lane->slices[i].state == TIMELINE_ZOMBIE)
		canvas_hatch(c, x, y - DOT / 2, DOT, DOT, palette_state(TIMELINE_ZOMBIE),
		             DRAW_PAPER);
	else
		canvas_fill(c, x, y - DOT / 2, DOT, DOT,
		            palette_state(lane->slices[i].state));
}

/* Where a process hangs: from its parent's dot down and to its own. */
static void draw_branch(struct canvas *c, const struct view *v, int pane, size_t row)
{
	const struct view_pane *p = &v->panes[pane];
	const SDL_Rect *area = &v->layout.panes[pane].tree;
	size_t parent = model_process(p->model, row)->parent;
	size_t above;
	int x, y = draw_place(v, pane, view_place(v, pane, row)), top;

	if (parent == FOREST_NONE || p->model->rows.depth[row] > DEPTH_MAX)
		return;
	above = p->model->rows.of[parent];
	x = left_of(p, area, above) + DOT / 2;
	above = view_place(v, pane, above);
	top = above == MODEL_NONE ? y
	      : above < p->top    ? area->y
	                          : draw_place(v, pane, above) + DOT / 2 + 2;
	canvas_fill(c, x, top, 1, y - top + 1, PALETTE_BRANCH);
	canvas_fill(c, x, y, left_of(p, area, row) - x - 2, 1, PALETTE_BRANCH);
}

/* How it stands at the chosen event, and what is special about how it ends. */
static void describe(const struct view_pane *p, size_t row, char *status, size_t size,
                     const char **special)
{
	const struct forest_process *f = model_process(p->model, row);
	enum model_life life = model_life(p->model, row, p->event);
	uint64_t seq = p->event == MODEL_NONE ? 0 : p->model->trace->events[p->event].seq;

	*special = "";
	status[0] = '\0';
	if (life == MODEL_UNBORN || life == MODEL_ALIVE) {
		if (f->orphaned <= seq)
			*special = "orphan";
		return;
	}
	forest_status_text(f->status, status, size);
	if (f->orphaned <= seq)
		*special = "orphan";
	else if (f->abandoned <= seq ||
	         (life == MODEL_DEAD && render_fate(f) == FATE_ZOMBIE))
		*special = "zombie";
}

static void draw_process(struct canvas *c, const struct view *v, int pane, size_t row)
{
	const struct view_pane *p = &v->panes[pane];
	const SDL_Rect *area = &v->layout.panes[pane].tree;
	const struct forest_process *f = model_process(p->model, row);
	enum model_life life = model_life(p->model, row, p->event);
	bool there = life == MODEL_ALIVE || life == MODEL_DEAD;
	int x = left_of(p, area, row), y = draw_place(v, pane, view_place(v, pane, row));
	int cell = font_width(c->font), top = y - font_height(c->font) / 2;
	int right = area->x + area->w - LAYOUT_MARGIN, columns;
	size_t length = strlen(f->path);
	const char *path = length > 14 ? f->path + length - 14 : f->path, *special;
	char status[32], name[64];

	draw_branch(c, v, pane, row);
	draw_state(c, p, row, x, y);
	describe(p, row, status, sizeof(status), &special);
	/* In a narrow tree the name counts for more than how it ends. */
	if ((int)strlen(path) > (right - x - DOT - 7) / cell - 1 - (int)strlen(status))
		status[0] = '\0';
	right -= (int)strlen(special) * cell;
	canvas_text(c, right, top, FONT_PLAIN, there ? PALETTE_ALARM : DRAW_PALE,
	            special);
	right -= (int)(strlen(status) + (*special && *status)) * cell;
	canvas_text(c, right, top, FONT_PLAIN, there ? DRAW_FAINT : DRAW_PALE, status);
	x += DOT + 7;
	columns = (right - x) / cell - 1;
	canvas_text_cut(c, x, top, FONT_BOLD, there ? DRAW_INK : DRAW_PALE, path,
	                columns);
	snprintf(name, sizeof(name), "%s", render_program(f));
	columns -= (int)strlen(path) + 1;
	if (columns >= 3)
		canvas_text_cut(c, x + (int)(strlen(path) + 1) * cell, top, FONT_PLAIN,
		                there ? DRAW_INK : DRAW_PALE, name, columns);
}

void draw_tree(struct canvas *c, const struct view *v, int pane)
{
	const struct view_pane *p = &v->panes[pane];
	const struct layout_pane *l = &v->layout.panes[pane];
	SDL_Rect whole = {l->tree.x, l->tree.y, l->tree.w + l->lanes.w, l->tree.h};
	size_t rows = (size_t)layout_rows(&v->layout, pane) + 1;

	canvas_clip(c, &whole);
	canvas_fill(c, l->tree.x, l->tree.y, l->tree.w, l->tree.h, DRAW_PANEL);
	for (size_t at = p->top; at < p->nshown && at < p->top + rows; at++) {
		int y = l->tree.y + (int)(at - p->top) * v->layout.lane;

		if (p->shown[at] == p->row)
			canvas_fill(c, whole.x, y, whole.w, v->layout.lane, DRAW_CHOSEN);
		canvas_fill(c, whole.x, y + v->layout.lane - 1, whole.w, 1, DRAW_GRID);
	}
	canvas_clip(c, &l->tree);
	for (size_t at = p->top; at < p->nshown && at < p->top + rows; at++)
		draw_process(c, v, pane, p->shown[at]);
	canvas_clip(c, NULL);
	canvas_fill(c, l->tree.x + l->tree.w - 1, l->head.y, 1, l->head.h + l->tree.h,
	            DRAW_RULE);
}
