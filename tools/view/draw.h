/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of a view: draw.c puts together what the other draw_NAME.c draw. */
#ifndef FORKSCOPE_TOOLS_VIEW_DRAW_H
#define FORKSCOPE_TOOLS_VIEW_DRAW_H

#include "render/palette.h"
#include "view/canvas.h"
#include "view/view.h"

/* What the window has beyond a timeline's own colours. */
enum draw_colour {
	DRAW_PAPER = PALETTE_PAPER,
	DRAW_INK = PALETTE_INK,
	DRAW_FAINT = PALETTE_FAINT_INK,
	DRAW_PALE = 0x9a9ea6, /* what is not there yet, or no more */
	DRAW_PANEL = 0xf6f7f9,
	DRAW_RULE = PALETTE_RULE,
	DRAW_GRID = PALETTE_GRID,
	DRAW_DENSITY = 0xaeb9c4,
	DRAW_CHOSEN = PALETTE_CHOSEN,
	DRAW_ACCENT = PALETTE_ACCENT,
	DRAW_HERE = PALETTE_HERE,
};

/* All of it, for the state `guest` of the chosen event. */
void draw_view(struct canvas *canvas, const struct view *view,
               const struct guest_state *guest);

void draw_tree(struct canvas *canvas, const struct view *view, int pane);
void draw_lanes(struct canvas *canvas, const struct view *view, int pane);
void draw_events(struct canvas *canvas, const struct view *view, int pane);
void draw_inspector(struct canvas *canvas, const struct view *view,
                    const struct guest_state *guest);
void draw_help(struct canvas *canvas, const struct view *view);
/* What lies under the pointer. */
void draw_tip(struct canvas *canvas, const struct view *view);

/* --- what they share --- */

/* The middle of a place among tree and lanes, also of one out of sight. */
int draw_place(const struct view *view, int pane, size_t place);
/* A slice of a state, from `x` and `w` wide, around the middle `y` of so tall a lane. */
void draw_slice(struct canvas *canvas, enum timeline_state state, int x, int y, int w,
                int lane);
void draw_arrow(struct canvas *canvas, enum timeline_link link, struct canvas_point from,
                struct canvas_point to);
/* On a lane whose slices reach `half` above and below its middle `y`. */
void draw_mark(struct canvas *canvas, enum timeline_mark_kind kind, double x, double y,
               int half);
/* Where the contract of wait is violated. */
void draw_violation(struct canvas *canvas, double x, double y);
/* The upper edge of text in the middle of a rectangle. */
int draw_middle(const struct canvas *canvas, const SDL_Rect *rect);
/* 1234567 as "1,234,567". */
const char *draw_count(uint64_t count, char text[32]);

#endif
