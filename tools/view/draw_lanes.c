/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lanes: what each process was doing when.  The work is in proportion to the pixels,
 * whatever the trace.  A slice of a pixel and more is drawn as it is.  Where slices are
 * narrower, the pixel's column shows what part of its time went into each state, one
 * above the other, the busier the lower.  Of arrows and marks that would cover each
 * other, one is drawn.
 */
#include "view/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Slices of fewer pixels are drawn as shares of a column. */
#define WIDE 2
/* Marks nearer than this to the last one of their kind are left out. */
#define MARK_APART 7
/* With more than one in so many pixels, preemptions are ticks. */
#define MARK_MANY 14
/* Arrows are told apart by where they start and end, in pixels of this size. */
#define ARROW_CELL 6
#define ARROW_BUCKETS 16384
/* As many as a picture can hold. */
#define ARROWS_MAX 1000
/* What is drawn of an arrow that leads out of sight, in pixels. */
#define STUB 12
/* From one line of the grid to the next, in characters. */
#define GRID_APART 14

int draw_place(const struct view *v, int pane, size_t place)
{
	long below = (long)place - (long)v->panes[pane].top;

	return v->layout.panes[pane].lanes.y + (int)below * v->layout.lane +
	       v->layout.lane / 2;
}

/* Half the height of the tallest slice. */
static int half_of(const struct view *v)
{
	return palette_height(TIMELINE_RUNNING) * v->layout.lane / LAYOUT_LANE_MIN / 2;
}

/* Of a moment, in whole pixels, a little outside of what can be seen at most. */
static int pixel(const struct layout_axis *axis, uint64_t time)
{
	double x = layout_x(axis, time);

	return (int)lround(fmax(fmin(x, axis->x + axis->width + 50), axis->x - 50));
}

void draw_slice(struct canvas *c, enum timeline_state state, int x, int y, int w,
                int lane)
{
	int h = palette_height(state) * lane / LAYOUT_LANE_MIN;

	if (state == TIMELINE_ZOMBIE) {
		canvas_hatch(c, x, y - h / 2, w, h, palette_state(state), DRAW_PAPER);
		canvas_fill(c, x, y - h / 2, w, 1, palette_state(state));
		canvas_fill(c, x, y - h / 2 + h - 1, w, 1, palette_state(state));
	} else {
		canvas_fill(c, x, y - h / 2, w, h, palette_state(state));
	}
}

/* `state` is that of the first slice there. */
static void draw_shares(struct canvas *c, const struct lane *lane,
                        enum timeline_state state, uint64_t from, uint64_t to, int x,
                        int y, int height)
{
	uint64_t spent[TIMELINE_STATES];
	uint64_t all = to > from ? to - from : 1, sum = 0;
	int low = y + height / 2, drawn = 0;

	lane_spent(lane, from, to, spent);
	for (int i = 0; i < TIMELINE_STATES; i++) {
		sum += spent[i];
		int high = (int)((double)sum / (double)all * height);

		/* However little ran, that it did is what one looks for. */
		if (i == TIMELINE_RUNNING && sum && high < 2)
			high = 2;
		if (high > drawn)
			canvas_fill(c, x, low - high, 1, high - drawn,
			            palette_state((enum timeline_state)i));
		drawn = high > drawn ? high : drawn;
	}
	/* What has been there at all leaves a trace. */
	if (drawn == 0)
		canvas_fill(c, x, y, 1, 1, palette_state(state));
}

static void draw_slices(struct canvas *c, const struct lane *lane,
                        const struct layout_axis *axis, int y, int pitch)
{
	int height = palette_height(TIMELINE_RUNNING) * pitch / LAYOUT_LANE_MIN;
	uint64_t from = layout_count(axis->start);
	size_t i = lane_slice(lane, from);

	while (i < lane->nslices && (double)lane->slices[i].start <= axis->end) {
		const struct timeline_slice *s = &lane->slices[i];
		int x = pixel(axis, s->start), end = pixel(axis, s->end);

		if (end - x >= WIDE) {
			draw_slice(c, s->state, x, y, end - x, pitch);
			i++;
			continue;
		}
		uint64_t left = layout_time(axis, x), right = layout_time(axis, x + 1);
		size_t next = lane_slice(lane, right);

		draw_shares(c, lane, s->state, left, right, x, y, height);
		i = next > i ? next : i + 1;
	}
}

/* --- arrows --- */

void draw_arrow(struct canvas *c, enum timeline_link link, struct canvas_point a,
                struct canvas_point b)
{
	double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);
	double head = fmin(7, length * 0.6), side = head * 0.45;

	if (length < 1)
		return;
	dx /= length;
	dy /= length;
	struct canvas_point neck = {b.x - dx * head, b.y - dy * head};
	const struct canvas_point tip[] = {{b.x, b.y},
	                                   {neck.x - dy * side, neck.y + dx * side},
	                                   {neck.x + dy * side, neck.y - dx * side}};

	canvas_line(c, a, neck, 1.4, link == TIMELINE_ADOPT ? 4 : 0, palette_link(link));
	canvas_polygon(c, tip, 3, palette_link(link));
}

/* From the edge of one lane to the edge of the other, so that the slices stay visible. */
static double edge(double y, double towards, int half)
{
	return towards > y ? y + half : y - half;
}

struct arrows {
	uint8_t *taken; /* a bit for each bucket of places */
	int drawn;
};

/* An arrow in pixels, its ends in the middle of their lanes. */
struct flight {
	int x, y, x2, y2;
};

static bool take_place(struct arrows *seen, const struct flight *f)
{
	uint32_t h = (uint32_t)(f->x / ARROW_CELL) * 2654435761u ^
	             (uint32_t)(f->x2 / ARROW_CELL) * 40503u ^
	             (uint32_t)f->y * 2246822519u ^ (uint32_t)f->y2 * 3266489917u;

	h ^= h >> 15;
	h %= ARROW_BUCKETS;
	if (seen->taken[h / 8] & 1u << h % 8)
		return false;
	seen->taken[h / 8] |= (uint8_t)(1u << h % 8);
	return seen->drawn++ < ARROWS_MAX;
}

/*
 * An arrow with one end out of sight becomes a stub at the other: where it leads can only
 * be told by going there, and hundreds that cross the picture hide it.
 */
static void cut_short(struct flight *f, bool start_seen, bool end_seen, int reach)
{
	if (!end_seen) {
		f->y2 = f->y + reach;
		f->x2 = f->x;
	} else if (!start_seen) {
		f->y = f->y2 - reach;
		f->x = f->x2;
	}
}

static void draw_arrows(struct canvas *c, const struct view *v, int pane,
                        const struct layout_axis *axis)
{
	const struct view_pane *p = &v->panes[pane];
	const struct timeline *t = p->model->timeline;
	int half = half_of(v);
	size_t last = p->top + (size_t)layout_rows(&v->layout, pane);
	uint8_t taken[ARROW_BUCKETS / 8] = {0};
	struct arrows seen = {taken, 0};
	uint64_t from = layout_count(axis->start);

	for (size_t i = model_arrow(p->model, from);
	     i < t->narrows && (double)t->arrows[i].start <= axis->end; i++) {
		const struct timeline_arrow *a = &t->arrows[i];
		size_t row = p->model->rows.of[a->from], row2 = p->model->rows.of[a->to];
		size_t place = view_place(v, pane, row),
		       place2 = view_place(v, pane, row2);
		bool start_seen = place >= p->top && place <= last;
		bool end_seen = place2 >= p->top && place2 <= last;

		if ((double)a->end < axis->start || (!start_seen && !end_seen))
			continue;
		struct flight f = {pixel(axis, a->start), draw_place(v, pane, place),
		                   pixel(axis, a->end), draw_place(v, pane, place2)};

		cut_short(&f, start_seen, end_seen,
		          (row < row2 ? 1 : -1) * (2 * half + STUB));
		if (take_place(&seen, &f))
			draw_arrow(c, a->link,
			           (struct canvas_point){f.x, edge(f.y, f.y2, half)},
			           (struct canvas_point){f.x2, edge(f.y2, f.y, half)});
	}
}

/* --- marks --- */

static void draw_diamond(struct canvas *c, double x, double y, unsigned rgb)
{
	const struct canvas_point outer[] = {{x, y - 5.5},
	                                     {x + 5.5, y},
	                                     {x, y + 5.5},
	                                     {x - 5.5, y}};
	const struct canvas_point inner[] = {{x, y - 3.8},
	                                     {x + 3.8, y},
	                                     {x, y + 3.8},
	                                     {x - 3.8, y}};

	canvas_polygon(c, outer, 4, DRAW_INK);
	canvas_polygon(c, inner, 4, rgb);
}

void draw_mark(struct canvas *c, enum timeline_mark_kind kind, double x, double y,
               int half)
{
	unsigned rgb = palette_mark(kind);
	double top = y - half;
	const struct canvas_point notch[] = {{x, top + 0.5},
	                                     {x - 3.5, top - 4.5},
	                                     {x + 3.5, top - 4.5}};

	switch (kind) {
	case TIMELINE_PREEMPT:
		canvas_polygon(c, notch, 3, rgb);
		break;
	case TIMELINE_ORPHAN:
		canvas_fill(c, (int)x - 1, (int)y - half - 3, 2, 2 * half + 6, rgb);
		break;
	default:
		draw_diamond(c, x, y, rgb);
		break;
	}
}

void draw_violation(struct canvas *c, double x, double y)
{
	const struct canvas_point sign[] = {{x, y - 11}, {x + 8, y + 3}, {x - 8, y + 3}};

	canvas_polygon(c, sign, 3, PALETTE_ALARM);
	canvas_fill(c, (int)x - 1, (int)y - 6, 2, 5, DRAW_PAPER);
	canvas_fill(c, (int)x - 1, (int)y, 2, 2, DRAW_PAPER);
}

/* A mark, or where preemptions are many, a tick. */
static void draw_one(struct canvas *c, enum timeline_mark_kind kind, double x, int y,
                     int half, bool many)
{
	if (kind == TIMELINE_PREEMPT && many)
		canvas_fill(c, (int)x, y - half - 4, 1, 3, DRAW_PALE);
	else
		draw_mark(c, kind, x, y, half);
}

static void draw_marks(struct canvas *c, const struct lane *lane,
                       const struct layout_axis *axis, int y, int half)
{
	double last[TIMELINE_MARKS];
	uint64_t from = layout_time(axis, axis->x - MARK_APART);
	uint64_t to = layout_time(axis, axis->x + axis->width);
	size_t n = lane_mark(lane, to) - lane_mark(lane, from);
	bool many = n > (size_t)axis->width / MARK_MANY;

	for (int i = 0; i < TIMELINE_MARKS; i++)
		last[i] = -INFINITY;
	for (size_t i = lane_mark(lane, from);
	     i < lane->nmarks && (double)lane->marks[i].time <= axis->end;) {
		const struct timeline_mark *m = &lane->marks[i];
		double x = layout_x(axis, m->time);

		if (x - last[m->kind] >= (many ? MARK_APART / 2 : MARK_APART)) {
			last[m->kind] = x;
			draw_one(c, m->kind, x, y, half, many);
			i++;
			continue;
		}
		/* As many again as lie in this pixel are passed at once. */
		size_t next = lane_mark(lane, layout_time(axis, floor(x) + 1));

		i = next > i + 8 ? next : i + 1;
	}
}

/* --- around them --- */

static void draw_grid_line(struct canvas *c, const SDL_Rect *area, int x, int y,
                           uint64_t time)
{
	char text[32];
	int w = (int)strlen(draw_count(time, text)) * font_width(c->font);

	canvas_fill(c, x, area->y, 1, area->h, DRAW_GRID);
	canvas_fill(c, x, area->y - 4, 1, 4, DRAW_PALE);
	if (x + w / 2 < area->x + area->w && x - w / 2 > area->x)
		canvas_text(c, x - w / 2, y, FONT_PLAIN, DRAW_FAINT, text);
}

static void draw_grid(struct canvas *c, const SDL_Rect *area, const SDL_Rect *head,
                      const struct layout_axis *axis)
{
	uint64_t step = layout_step(axis, GRID_APART * font_width(c->font));
	uint64_t time = layout_count(axis->start) / step * step;
	int y = draw_middle(c, head);

	while ((double)time <= axis->end) {
		int x = pixel(axis, time);

		if (x >= area->x)
			draw_grid_line(c, area, x, y, time);
		if (time > UINT64_MAX - step)
			break;
		time += step;
	}
}

static void draw_differences(struct canvas *c, const struct view *v, int pane,
                             const SDL_Rect *area, const struct layout_axis *axis)
{
	const struct model *m = v->panes[pane].model;
	int last = -1;

	for (size_t i = 0; i < v->compare.count; i++) {
		size_t event = v->compare.places[i].event[pane];

		if (event == MODEL_NONE)
			continue;
		int x = pixel(axis, m->trace->events[event].icount);

		if (x == last)
			continue;
		canvas_line(c, (struct canvas_point){x + 0.5, area->y},
		            (struct canvas_point){x + 0.5, area->y + area->h}, 1.6, 5,
		            PALETTE_ALARM);
		if (last < 0)
			canvas_text(c, x + 6,
			            area->y + area->h - font_height(c->font) - 2,
			            FONT_PLAIN, PALETTE_ALARM, v->compare.places[i].what);
		last = x;
	}
}

static void draw_cursor(struct canvas *c, const struct view *v, int pane,
                        const SDL_Rect *area, const struct layout_axis *axis)
{
	const struct view_pane *p = &v->panes[pane];

	if (p->event == MODEL_NONE)
		return;
	int x = pixel(axis, p->model->trace->events[p->event].icount);
	size_t place = view_place(v, pane, p->model->event_row[p->event]);

	if (x < area->x || x >= area->x + area->w)
		return;
	unsigned rgb = pane == v->active ? DRAW_INK : DRAW_PALE;
	const struct canvas_point head[] = {{x + 0.5, area->y + 6},
	                                    {x - 5.5, area->y - 4},
	                                    {x + 6.5, area->y - 4}};

	canvas_fill(c, x, area->y, 1, area->h, rgb);
	if (place != MODEL_NONE && place >= p->top) {
		int y = draw_place(v, pane, place), half = v->layout.lane * 3 / 8;

		canvas_frame(c, x - 7, y - half, 15, 2 * half + 1, rgb);
	}
	canvas_clip(c, NULL);
	canvas_polygon(c, head, 3, rgb);
}

static void draw_violations(struct canvas *c, const struct view *v, int pane,
                            const struct layout_axis *axis)
{
	const struct view_pane *p = &v->panes[pane];

	for (size_t i = 0; i < p->model->nviolations; i++) {
		size_t event = p->model->violations[i].event;
		size_t row = p->model->event_row[event], place = view_place(v, pane, row);
		int y = row == MODEL_NONE ? v->layout.panes[pane].lanes.y + 14
		                          : draw_place(v, pane, place);

		if (row == MODEL_NONE || (place != MODEL_NONE && place >= p->top))
			draw_violation(c,
			               layout_x(axis,
			                        p->model->trace->events[event].icount),
			               y);
	}
}

void draw_lanes(struct canvas *c, const struct view *v, int pane)
{
	const struct view_pane *p = &v->panes[pane];
	const struct layout_pane *l = &v->layout.panes[pane];
	struct layout_axis axis = view_axis(v);
	size_t rows = (size_t)layout_rows(&v->layout, pane) + 1;

	canvas_clip(c, NULL);
	draw_grid(c, &l->lanes, &l->head, &axis);
	canvas_clip(c, &l->lanes);
	for (size_t at = p->top; at < p->nshown && at < p->top + rows; at++)
		draw_slices(c, model_lane(p->model, p->shown[at]), &axis,
		            draw_place(v, pane, at), v->layout.lane);
	draw_arrows(c, v, pane, &axis);
	for (size_t at = p->top; at < p->nshown && at < p->top + rows; at++)
		draw_marks(c, model_lane(p->model, p->shown[at]), &axis,
		           draw_place(v, pane, at), half_of(v));
	draw_violations(c, v, pane, &axis);
	draw_differences(c, v, pane, &l->lanes, &axis);
	draw_cursor(c, v, pane, &l->lanes, &axis);
	canvas_clip(c, NULL);
}
