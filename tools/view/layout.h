/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where everything lies in the window, in pixels, and where moments lie on the time axis.
 *
 *	+--------------------------------------------------+
 *	| title: traces, outcome, legend                   |
 *	+------+-----------------------------+-------------+
 *	| axis |                             |             |
 *	+------+-----------------------------+  inspector  |
 *	| tree | lanes                       |             |
 *	+------+-----------------------------+             |
 *	| events                             |             |
 *	+------------------------------------+             |
 *	| the same of a second trace         |             |
 *	+------+-----------------------------+-------------+
 *	| slider: the whole of the run                     |
 *	+--------------------------------------------------+
 *	| status                                           |
 *	+--------------------------------------------------+
 */
#ifndef FORKSCOPE_TOOLS_VIEW_LAYOUT_H
#define FORKSCOPE_TOOLS_VIEW_LAYOUT_H

#include <SDL_rect.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_PANES 2
/* Smaller windows are drawn as if they were so large, and none is larger. */
#define LAYOUT_WIDTH_MIN 800
#define LAYOUT_HEIGHT_MIN 480
#define LAYOUT_MAX 16384
#define LAYOUT_WIDTH 1440
#define LAYOUT_HEIGHT 900

/* From one lane to the next: where there are many, and at most. */
#define LAYOUT_LANE_MIN 24
#define LAYOUT_LANE_MAX 44
/* Around what stands in a part of the window. */
#define LAYOUT_MARGIN 10

struct layout_pane {
	SDL_Rect head; /* its name and the axis */
	SDL_Rect tree;
	SDL_Rect lanes;
	SDL_Rect events; /* the list */
};

struct layout {
	int width, height;
	SDL_Rect title, inspector, slider, status;
	struct layout_pane panes[LAYOUT_PANES];
	int npanes;
	int lane; /* from one lane to the next */
	int line; /* from one line of a list to the next */
};

/* For characters of `cell` pixels by `line`, and a pane for each trace of `rows[i]`. */
void layout_make(struct layout *layout, int width, int height, int cell, int line,
                 int npanes, const size_t *rows);

/* A stretch of time over the pixels of a part of the window. */
struct layout_axis {
	double start, end; /* instructions */
	int x, width;
};

double layout_x(const struct layout_axis *axis, uint64_t time);
uint64_t layout_time(const struct layout_axis *axis, double x);
/* The count nearest to a time that may lie outside of what counts can be. */
uint64_t layout_count(double time);
/* The round number of instructions between two lines of a grid, `apart` pixels or more.
 */
uint64_t layout_step(const struct layout_axis *axis, int apart);

/*
 * Lanes, and lines of the list of events, that fit into a pane, whole ones; also of a
 * layout that is all zeros.
 */
int layout_rows(const struct layout *layout, int pane);
int layout_lines(const struct layout *layout, int pane);

#endif
