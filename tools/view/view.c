/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shortest stretch of time shown, in instructions. */
#define SPAN_MIN 20
#define RATE 8
/* What is brought into sight comes so far into it, as a part of it. */
#define INTO_SIGHT 0.2
/* Room beside the first and last event, as a part of the run. */
#define ROOM 0.015

static void choose_rows(struct view *v);

/* --- the time in sight --- */

static double first_time(const struct view *v)
{
	double start = INFINITY;

	for (int i = 0; i < v->npanes; i++)
		start = fmin(start, (double)v->panes[i].model->timeline->start);
	return start;
}

static double last_time(const struct view *v)
{
	double end = 0;

	for (int i = 0; i < v->npanes; i++)
		end = fmax(end, (double)v->panes[i].model->timeline->end);
	return fmax(end, first_time(v) + SPAN_MIN);
}

void view_show(struct view *v, double start, double end)
{
	double room = (last_time(v) - first_time(v)) * ROOM;
	double least = first_time(v) - room, most = last_time(v) + room;
	double span = fmin(fmax(end - start, SPAN_MIN), most - least);

	if (end - start < SPAN_MIN)
		start = (start + end - span) / 2;
	start = fmax(fmin(start, most - span), least);
	v->start = start;
	v->end = start + span;
	if (v->hide)
		choose_rows(v);
}

void view_all(struct view *v)
{
	view_show(v, 0, (double)UINT64_MAX);
}

double view_focus(const struct view *v)
{
	const struct view_pane *p = &v->panes[v->active];

	if (p->event == MODEL_NONE)
		return (v->start + v->end) / 2;
	return (double)p->model->trace->events[p->event].icount;
}

void view_zoom(struct view *v, double factor, double time)
{
	double span = fmax((v->end - v->start) * factor, SPAN_MIN);
	double part = (time - v->start) / (v->end - v->start);

	view_show(v, time - span * part, time - span * part + span);
}

void view_pan(struct view *v, double part)
{
	double by = (v->end - v->start) * part;

	view_show(v, v->start + by, v->end + by);
}

struct layout_axis view_axis(const struct view *v)
{
	const SDL_Rect *lanes = &v->layout.panes[0].lanes;

	return (struct layout_axis){v->start, v->end, lanes->x, lanes->w};
}

struct layout_axis view_slider(const struct view *v)
{
	const SDL_Rect *slider = &v->layout.slider;

	return (struct layout_axis){first_time(v), last_time(v),
	                            slider->x + LAYOUT_MARGIN,
	                            slider->w - 2 * LAYOUT_MARGIN};
}

/* --- rows --- */

void view_scroll(struct view *v, int pane, long places)
{
	struct view_pane *p = &v->panes[pane];
	size_t fit = (size_t)layout_rows(&v->layout, pane);
	size_t most = p->nshown > fit ? p->nshown - fit : 0;

	if (places < 0)
		p->top -= p->top < (size_t)-places ? p->top : (size_t)-places;
	else
		p->top += (size_t)places;
	if (p->top > most)
		p->top = most;
}

size_t view_place(const struct view *v, int pane, size_t row)
{
	return row == MODEL_NONE ? MODEL_NONE : v->panes[pane].place[row];
}

static void show_row(struct view *v)
{
	struct view_pane *p = view_pane(v);
	size_t fit = (size_t)layout_rows(&v->layout, v->active);

	size_t place = view_place(v, v->active, p->row);

	if (place == MODEL_NONE)
		return;
	if (place < p->top)
		p->top = place;
	else if (place >= p->top + fit)
		p->top = place - fit + 1;
}

static bool lives(const struct view *v, const struct lane *lane)
{
	return lane->nslices > 0 && (double)lane->slices[0].start <= v->end &&
	       (double)lane->slices[lane->nslices - 1].end >= v->start;
}

static void choose_rows(struct view *v)
{
	for (int i = 0; i < v->npanes; i++) {
		struct view_pane *p = &v->panes[i];
		const struct model *m = p->model;

		p->nshown = 0;
		for (size_t row = 0; row < m->rows.count; row++) {
			p->place[row] = MODEL_NONE;
			if (v->hide && !lives(v, model_lane(m, row)))
				continue;
			p->place[row] = p->nshown;
			p->shown[p->nshown++] = row;
		}
		view_scroll(v, i, 0);
	}
	show_row(v);
}

void view_hide(struct view *v, bool on)
{
	v->hide = on;
	choose_rows(v);
}

void view_select(struct view *v, size_t row)
{
	struct view_pane *p = view_pane(v);

	if (row >= p->model->rows.count)
		return;
	p->row = row;
	show_row(v);
}

void view_move(struct view *v, long places)
{
	const struct view_pane *p = view_pane(v);
	size_t place = view_place(v, v->active, p->row);

	place = place == MODEL_NONE ? 0 : place + (size_t)places;
	if (place < p->nshown)
		view_select(v, p->shown[place]);
}

/* --- events --- */

void view_choose(struct view *v, size_t event)
{
	struct view_pane *p = view_pane(v);
	double time, span = v->end - v->start;

	if (event >= p->model->trace->nevents)
		return;
	p->event = event;
	v->message[0] = '\0';
	if (p->model->event_row[event] != MODEL_NONE)
		view_select(v, p->model->event_row[event]);
	time = (double)p->model->trace->events[event].icount;
	if (time < v->start)
		view_show(v, time - span * INTO_SIGHT, time + span * (1 - INTO_SIGHT));
	else if (time > v->end)
		view_show(v, time - span * (1 - INTO_SIGHT), time + span * INTO_SIGHT);
}

static const char *goal_name(enum model_goal goal)
{
	static const char *const names[] = {"event", "fork, wait or exit", "fork", "wait",
	                                    "exit",  "violation"};

	return names[goal];
}

void view_seek(struct view *v, int by, enum model_goal goal)
{
	struct view_pane *p = view_pane(v);
	size_t row = v->only ? p->row : MODEL_NONE;
	size_t to = model_seek(p->model, p->event, by, goal, row);

	if (to != MODEL_NONE) {
		view_choose(v, to);
		return;
	}
	v->playing = false;
	snprintf(v->message, sizeof(v->message), "no %s %s%s", goal_name(goal),
	         by > 0 ? "after this" : "before this",
	         v->only ? " in this process" : "");
}

void view_difference(struct view *v)
{
	size_t here = view_pane(v)->event;
	int active = v->active;

	if (v->npanes < 2)
		return;
	/* The next after the chosen event, or the first again. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < v->compare.count; i++) {
			const struct compare_place *place = &v->compare.places[i];

			if (place->event[active] == MODEL_NONE ||
			    (round == 0 && place->event[active] <= here))
				continue;
			v->active = 1 - active;
			view_choose(v, place->event[v->active]);
			v->active = active;
			view_choose(v, place->event[active]);
			snprintf(v->message, sizeof(v->message),
			         "difference %zu of %zu: %s", i + 1, v->compare.count,
			         place->what);
			return;
		}
	snprintf(v->message, sizeof(v->message), "%s", v->compare.summary);
}

/* --- play --- */

void view_play(struct view *v, bool on)
{
	v->playing = on;
	v->owing = 0;
	v->message[0] = '\0';
}

bool view_tick(struct view *v)
{
	if (!v->playing)
		return false;
	v->owing += v->rate;
	if (v->owing < VIEW_TICKS)
		return false;
	for (; v->owing >= VIEW_TICKS && v->playing; v->owing -= VIEW_TICKS)
		view_seek(v, 1, MODEL_ANY);
	return true;
}

/* --- the whole --- */

int view_add(struct view *v, struct model *model, struct guest *guest)
{
	struct view_pane *p = &v->panes[v->npanes];

	if (v->npanes == LAYOUT_PANES) {
		model_free(model);
		guest_close(guest);
		return error_set(ERR_USAGE, "two traces are open already");
	}
	if (v->npanes == 0) {
		v->rate = RATE;
		v->pointer_x = v->pointer_y = -1;
	}
	*p = (struct view_pane){.model = model, .guest = guest, .row = MODEL_NONE};
	p->event = model->trace->nevents ? 0 : MODEL_NONE;
	if (model->rows.count)
		p->row = 0;
	p->shown = calloc(model->rows.count + 1, sizeof(*p->shown));
	p->place = calloc(model->rows.count + 1, sizeof(*p->place));
	v->npanes++;
	if (!p->shown || !p->place)
		return error_set(ERR_MEMORY, "out of memory");
	view_all(v);
	choose_rows(v);
	return 0;
}

void view_free(struct view *v)
{
	for (int i = 0; i < v->npanes; i++) {
		guest_close(v->panes[i].guest);
		model_free(v->panes[i].model);
		free(v->panes[i].shown);
		free(v->panes[i].place);
	}
	compare_free(&v->compare);
	v->npanes = 0;
}

void view_layout(struct view *v, int width, int height, int cell, int line)
{
	size_t rows[LAYOUT_PANES] = {0};

	for (int i = 0; i < v->npanes; i++)
		rows[i] = v->panes[i].model->rows.count;
	layout_make(&v->layout, width, height, cell, line, v->npanes, rows);
	for (int i = 0; i < v->npanes; i++)
		view_scroll(v, i, 0);
	show_row(v);
}

static bool is_in(const SDL_Rect *r, int x, int y)
{
	return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

size_t view_first(const struct view *v, int pane)
{
	const struct view_pane *p = &v->panes[pane];
	size_t n = p->model->trace->nevents;
	size_t fit = (size_t)layout_lines(&v->layout, pane), half = fit / 2;

	if (p->event == MODEL_NONE || n <= fit || p->event < half)
		return 0;
	return p->event - half < n - fit ? p->event - half : n - fit;
}

struct view_hit view_at(const struct view *v, int x, int y)
{
	for (int i = 0; i < v->npanes; i++) {
		const struct layout_pane *l = &v->layout.panes[i];
		const struct view_pane *p = &v->panes[i];

		struct view_hit hit = {VIEW_TREE, i, MODEL_NONE, MODEL_NONE};

		if (is_in(&l->events, x, y)) {
			int down = y - l->events.y - LAYOUT_MARGIN / 2;
			size_t line = down > 0 ? (size_t)(down / v->layout.line) : 0;

			hit.part = VIEW_EVENTS;
			if (line < (size_t)layout_lines(&v->layout, i) &&
			    view_first(v, i) + line < p->model->trace->nevents)
				hit.event = view_first(v, i) + line;
			return hit;
		}
		if (!is_in(&l->tree, x, y) && !is_in(&l->lanes, x, y))
			continue;
		size_t place = p->top + (size_t)((y - l->lanes.y) / v->layout.lane);

		if (place < p->nshown)
			hit.row = p->shown[place];
		if (x >= l->lanes.x)
			hit.part = VIEW_LANES;
		return hit;
	}
	return (struct view_hit){VIEW_NOWHERE, 0, MODEL_NONE, MODEL_NONE};
}

void view_guest(struct view *v, bool wait, struct guest_state *state)
{
	struct view_pane *p = view_pane(v);

	if (p->event == MODEL_NONE)
		*state = (struct guest_state){.status = GUEST_UNAVAILABLE,
		                              .why = "the trace has no events"};
	else if (wait)
		guest_wait(p->guest, p->event, state);
	else
		guest_ask(p->guest, p->event, state);
}
