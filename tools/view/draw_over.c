/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies over the rest: the help, and what is under the pointer. */
#include "view/draw.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/describe.h"
#include "render/render.h"

#define TIP_LINES 4
#define TIP_COLUMNS 64
/* How near a mark has to be to the pointer, in pixels. */
#define NEAR 6

static const char *const help[][2] = {
	{"Right  Left", "next, previous event"},
	{"]  [", "next, previous fork, wait or exit"},
	{"f w e  F W E", "next, previous fork, wait, exit"},
	{"v  V", "next, previous violation"},
	{"Home  End", "first, last event"},
	{"Space", "play, stop;  < > slower, faster"},
	{"Down  Up", "next, previous process"},
	{"p", "step in that process only, or in all"},
	{"h", "hide who does not live in the time in sight, or not"},
	{"", ""},
	{"+  -  0", "zoom in, out, show all;  wheel"},
	{"a  s", "pan;  drag, Shift and wheel"},
	{"PgDn  PgUp", "scroll processes;  wheel over the tree"},
	{"click", "an event of the list, of a lane; a process"},
	{"slider", "click or drag: the event at that time"},
	{"", ""},
	{"Tab  t", "the other trace"},
	{"d", "next difference of two traces"},
	{"drop a file", "opens it as the second trace"},
	{"?  q", "this help;  quit"},
};

static const char *const signs[] = {"preempted", "exec", "exit", "killed",
                                    "its parent exits"};

static void draw_signs(struct canvas *c, int x, int y, int line)
{
	for (int i = 0; i < TIMELINE_MARKS; i++) {
		draw_mark(c, (enum timeline_mark_kind)i, x + 6, y + line / 2.0,
		          i == TIMELINE_PREEMPT ? -2 : 7);
		canvas_text(c, x + 20, y, FONT_PLAIN, DRAW_INK, signs[i]);
		x += 20 + ((int)strlen(signs[i]) + 2) * font_width(c->font);
	}
}

void draw_help(struct canvas *c, const struct view *v)
{
	int cell = font_width(c->font), line = font_height(c->font) + 3;
	int rows = (int)(sizeof(help) / sizeof(*help)) + 3;
	SDL_Rect box = {0, 0, 66 * cell + 40, rows * line + 40};
	int x, y;

	box.x = (v->layout.width - box.w) / 2;
	box.y = (v->layout.height - box.h) / 2;
	x = box.x + 20;
	y = box.y + 18;
	canvas_tint(c, 0, 0, v->layout.width, v->layout.height, DRAW_INK, 90);
	canvas_fill(c, box.x, box.y, box.w, box.h, DRAW_PAPER);
	canvas_frame(c, box.x, box.y, box.w, box.h, DRAW_PALE);
	canvas_text(c, x, y, FONT_BOLD, DRAW_ACCENT, "forkscope-view");
	y += line + line / 2;
	for (size_t i = 0; i < sizeof(help) / sizeof(*help); i++) {
		canvas_text(c, x, y, FONT_BOLD, DRAW_INK, help[i][0]);
		canvas_text(c, x + 15 * cell, y, FONT_PLAIN, DRAW_INK, help[i][1]);
		y += *help[i][0] ? line : line / 2;
	}
	y += line / 2;
	draw_signs(c, x, y, line);
	y += line + line / 2;
	canvas_text(c, x, y, FONT_PLAIN, DRAW_FAINT,
	            "A column of mixed colours: more changes than pixels, by shares.");
}

/* --- under the pointer --- */

struct tip {
	char lines[TIP_LINES][TIP_COLUMNS + 1];
	int n;
};

static void tip_process(struct tip *tip, const struct model *m, size_t row)
{
	size_t at = m->rows.process[row];
	const struct forest_process *f = &m->forest->processes[at];
	char status[32] = "never exits";

	if (f->exit != FOREST_NEVER)
		forest_status_text(f->status, status, sizeof(status));
	snprintf(tip->lines[tip->n++], sizeof(*tip->lines), "%s %s, pid %d, %s%s%s",
	         f->path, render_program(f), f->pid, status,
	         f->parent != FOREST_NONE ? ", " : "",
	         f->parent != FOREST_NONE
	                 ? forest_ordering_name(forest_ordering(m->forest, at))
	                 : "");
}

static void tip_slice(struct tip *tip, const struct lane *lane, uint64_t time)
{
	size_t i = lane_slice(lane, time);
	char start[32], end[32];

	if (i == lane->nslices || lane->slices[i].start > time)
		return;
	snprintf(tip->lines[tip->n++], sizeof(*tip->lines), "%s, %s to %s",
	         timeline_state_name(lane->slices[i].state),
	         draw_count(lane->slices[i].start, start),
	         draw_count(lane->slices[i].end, end));
}

static void tip_mark(struct tip *tip, const struct model *m, const struct lane *lane,
                     const struct layout_axis *axis, int x)
{
	size_t i = lane_mark(lane, layout_time(axis, x - NEAR));
	const struct timeline_mark *mark = &lane->marks[i];
	struct text what = {0};
	char count[32];

	if (i == lane->nmarks || fabs(layout_x(axis, mark->time) - x) > NEAR)
		return;
	describe_event(&what, &m->trace->events[model_event(m, mark->seq)]);
	snprintf(tip->lines[tip->n++], sizeof(*tip->lines), "%s at %s: %s",
	         timeline_mark_name(mark->kind), draw_count(mark->time, count),
	         what.data ? what.data : "");
	text_free(&what);
}

void draw_tip(struct canvas *c, const struct view *v)
{
	struct view_hit hit = view_at(v, v->pointer_x, v->pointer_y);
	struct layout_axis axis = view_axis(v);
	int cell = font_width(c->font), line = font_height(c->font) + 2, width = 0;
	struct tip tip = {0};

	if (hit.row == MODEL_NONE || v->pointer_x < 0)
		return;
	const struct model *m = v->panes[hit.pane].model;
	const struct lane *lane = model_lane(m, hit.row);

	tip_process(&tip, m, hit.row);
	if (hit.part == VIEW_LANES) {
		tip_slice(&tip, lane, layout_time(&axis, v->pointer_x));
		tip_mark(&tip, m, lane, &axis, v->pointer_x);
	}
	for (int i = 0; i < tip.n; i++)
		if ((int)strlen(tip.lines[i]) > width)
			width = (int)strlen(tip.lines[i]);
	SDL_Rect box = {v->pointer_x + 14, v->pointer_y + 16, width * cell + 16,
	                tip.n * line + 10};

	if (box.x + box.w > v->layout.width)
		box.x = v->layout.width - box.w;
	if (box.y + box.h > v->layout.height)
		box.y = v->pointer_y - box.h - 8;
	canvas_fill(c, box.x, box.y, box.w, box.h, DRAW_PAPER);
	canvas_frame(c, box.x, box.y, box.w, box.h, DRAW_PALE);
	for (int i = 0; i < tip.n; i++)
		canvas_text(c, box.x + 8, box.y + 5 + i * line, FONT_PLAIN,
		            i ? DRAW_FAINT : DRAW_INK, tip.lines[i]);
}
