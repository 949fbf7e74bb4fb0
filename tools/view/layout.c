/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/layout.h"

#include <math.h>

/* In characters. */
#define TREE_COLUMNS 34
#define INSPECTOR_COLUMNS 54
/* In pixels. */
#define SLIDER 46
/* The list of events gets this part of a pane at least, in percent; of two panes half. */
#define LIST 40

static int max(int a, int b)
{
	return a > b ? a : b;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

/* The lanes as tall as they need, and the list of events what they leave. */
static void share_out(struct layout *l, int pane, size_t rows)
{
	struct layout_pane *p = &l->panes[pane];
	int height = p->tree.h, least = height * LIST / (100 * l->npanes);
	int need = rows < (size_t)height ? (int)rows * l->lane + l->lane / 3 : height;

	p->lanes.h = p->tree.h = min(need, height - least);
	p->events = (SDL_Rect){p->head.x, p->tree.y + p->tree.h, p->head.w,
	                       height - p->tree.h};
}

void layout_make(struct layout *l, int width, int height, int cell, int line, int npanes,
                 const size_t *rows)
{
	int tree, inspector, top, bottom;

	l->width = width = min(max(width, LAYOUT_WIDTH_MIN), LAYOUT_MAX);
	l->height = height = min(max(height, LAYOUT_HEIGHT_MIN), LAYOUT_MAX);
	l->npanes = npanes;
	l->line = line + 2;
	l->lane = LAYOUT_LANE_MAX;
	inspector = INSPECTOR_COLUMNS * cell + 2 * LAYOUT_MARGIN;
	tree = TREE_COLUMNS * cell;
	/* The lanes keep a third of a small window. */
	if (width - inspector - tree < width / 3)
		tree = max(width - inspector - width / 3, 16 * cell);
	if (width - inspector - tree < width / 3)
		inspector = width - tree - width / 3;
	l->title = (SDL_Rect){0, 0, width, line + 14};
	l->status = (SDL_Rect){0, height - line - 8, width, line + 8};
	l->slider = (SDL_Rect){0, l->status.y - SLIDER, width, SLIDER};
	top = l->title.h;
	bottom = l->slider.y;
	l->inspector = (SDL_Rect){width - inspector, top, inspector, bottom - top};
	for (int i = 0; i < npanes; i++) {
		int y = top + (bottom - top) * i / npanes;
		int end = top + (bottom - top) * (i + 1) / npanes;
		struct layout_pane *p = &l->panes[i];

		p->head = (SDL_Rect){0, y, width - inspector, line + 10};
		p->tree = (SDL_Rect){0, y + p->head.h, tree, end - y - p->head.h};
		p->lanes =
			(SDL_Rect){tree, p->tree.y, width - inspector - tree, p->tree.h};
		if (rows[i] > (size_t)(p->tree.h / 2 / LAYOUT_LANE_MAX))
			l->lane = min(l->lane,
			              p->tree.h / 2 /
			                      (int)(rows[i] < 1000 ? rows[i] : 1000));
	}
	l->lane = max(l->lane, LAYOUT_LANE_MIN);
	for (int i = 0; i < npanes; i++)
		share_out(l, i, rows[i]);
}

double layout_x(const struct layout_axis *a, uint64_t time)
{
	return a->x + ((double)time - a->start) / (a->end - a->start) * a->width;
}

uint64_t layout_time(const struct layout_axis *a, double x)
{
	return layout_count(a->start + (x - a->x) / a->width * (a->end - a->start));
}

uint64_t layout_count(double time)
{
	/* The greatest double below 2^64 is 2^11 less. */
	if (time >= 18446744073709551615.0)
		return UINT64_MAX;
	return time > 0 ? (uint64_t)time : 0;
}

uint64_t layout_step(const struct layout_axis *a, int apart)
{
	double least = (a->end - a->start) * apart / a->width;
	double step = pow(10, floor(log10(fmax(least, 1))));

	if (step < least)
		step *= step * 2 >= least ? 2 : step * 5 >= least ? 5 : 10;
	return (uint64_t)fmax(step, 1);
}

int layout_rows(const struct layout *l, int pane)
{
	return l->lane ? max(l->panes[pane].lanes.h / l->lane, 1) : 1;
}

int layout_lines(const struct layout *l, int pane)
{
	return l->line ? max((l->panes[pane].events.h - LAYOUT_MARGIN) / l->line, 0) : 0;
}
