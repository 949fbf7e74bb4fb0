/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the viewer knows and does, without a picture of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "../unit/build_trace.h"
#include "view/input.h"
#include "view/view.h"

#define GOLDEN TEST_SOURCE_DIR "/traces/golden/"

static struct view v;
static struct input in;

static struct model *load(const char *path)
{
	struct trace *trace;
	struct model *model;

	assert_int_equal(trace_load(&trace, path), 0);
	assert_int_equal(model_create(&model, trace, path), 0);
	return model;
}

static void add(const char *path)
{
	struct model *model = load(path);
	struct guest *guest;

	assert_int_equal(guest_open(&guest, NULL, "no images", model->trace, NULL, NULL),
	                 0);
	assert_int_equal(view_add(&v, model, guest), 0);
	view_layout(&v, LAYOUT_WIDTH, LAYOUT_HEIGHT, 8, 16);
}

static int open_orphan(void **state)
{
	(void)state;
	memset(&v, 0, sizeof(v));
	memset(&in, 0, sizeof(in));
	add(GOLDEN "orphan.fst.jsonl");
	return 0;
}

static int close_view(void **state)
{
	(void)state;
	view_free(&v);
	return 0;
}

static size_t event(void)
{
	return view_pane(&v)->event;
}

/* --- lanes --- */

/* A process that is running from 100, ready from 200, waiting from 250 to 400. */
static void make_lanes(struct lanes *lanes)
{
	struct timeline_slice slices[] = {
		{0, TIMELINE_WAITING, 250, 400, 3},
		{1, TIMELINE_RUNNING, 0, 1000, 0},
		{0, TIMELINE_RUNNING, 100, 200, 1},
		{0, TIMELINE_READY, 200, 250, 2},
	};
	struct timeline_mark marks[] = {{TIMELINE_EXIT, 0, 390, 5},
	                                {TIMELINE_EXEC, 0, 110, 4}};
	struct timeline t = {.slices = slices, .nslices = 4, .marks = marks, .nmarks = 2};

	assert_int_equal(lanes_create(lanes, &t, 3), 0);
}

static void finds_the_slice_at_a_time(void **state)
{
	struct lanes lanes;

	(void)state;
	make_lanes(&lanes);
	assert_int_equal(lanes.lane[0].nslices, 3);
	assert_int_equal(lane_slice(&lanes.lane[0], 0), 0);
	assert_int_equal(lane_slice(&lanes.lane[0], 199), 0);
	assert_int_equal(lane_slice(&lanes.lane[0], 200), 1);
	assert_int_equal(lane_slice(&lanes.lane[0], 399), 2);
	assert_int_equal(lane_slice(&lanes.lane[0], 400), 3);
	assert_int_equal(lane_slice(&lanes.lane[2], 10), 0);
	assert_int_equal(lane_mark(&lanes.lane[0], 110), 0);
	assert_int_equal(lane_mark(&lanes.lane[0], 111), 1);
	assert_int_equal(lane_mark(&lanes.lane[0], 391), 2);
	lanes_free(&lanes);
}

static void adds_up_what_was_spent(void **state)
{
	uint64_t spent[TIMELINE_STATES];
	struct lanes lanes;

	(void)state;
	make_lanes(&lanes);
	lane_spent(&lanes.lane[0], 0, 1000, spent);
	assert_int_equal(spent[TIMELINE_RUNNING], 100);
	assert_int_equal(spent[TIMELINE_READY], 50);
	assert_int_equal(spent[TIMELINE_WAITING], 150);
	lane_spent(&lanes.lane[0], 150, 260, spent);
	assert_int_equal(spent[TIMELINE_RUNNING], 50);
	assert_int_equal(spent[TIMELINE_READY], 50);
	assert_int_equal(spent[TIMELINE_WAITING], 10);
	lane_spent(&lanes.lane[0], 500, 600, spent);
	assert_int_equal(spent[TIMELINE_WAITING], 0);
	lane_spent(&lanes.lane[2], 0, 600, spent);
	assert_int_equal(spent[TIMELINE_RUNNING], 0);
	lanes_free(&lanes);
}

/* --- the time axis --- */

static void axis_and_back(void **state)
{
	struct layout_axis axis = {1000, 2000, 100, 500};

	(void)state;
	assert_int_equal(layout_x(&axis, 1000), 100);
	assert_int_equal(layout_x(&axis, 1500), 350);
	assert_int_equal(layout_time(&axis, 350), 1500);
	assert_int_equal(layout_time(&axis, -10000), 0);
	assert_int_equal(layout_step(&axis, 50), 100);
	assert_int_equal(layout_step(&axis, 51), 200);
	assert_int_equal(layout_step(&axis, 120), 500);
}

static void parts_do_not_overlap(void **state)
{
	const size_t rows[] = {3, 4000};
	struct layout l;

	(void)state;
	for (int n = 1; n <= 2; n++)
		for (int width = 100; width < 3000; width += 333) {
			layout_make(&l, width, width / 2, 8, 16, n, rows);
			for (int i = 0; i < n; i++) {
				const struct layout_pane *p = &l.panes[i];

				assert_true(p->tree.w > 0 && p->lanes.w > 100);
				assert_int_equal(p->tree.x + p->tree.w, p->lanes.x);
				assert_int_equal(p->lanes.x + p->lanes.w, l.inspector.x);
				assert_int_equal(p->lanes.y + p->lanes.h, p->events.y);
				assert_true(p->events.h >= 0);
				assert_true(p->events.y + p->events.h <= l.slider.y);
			}
			assert_int_equal(l.slider.y + l.slider.h, l.status.y);
			assert_int_equal(l.status.y + l.status.h, l.height);
		}
}

/* --- the model --- */

static void rows_are_in_preorder(void **state)
{
	const struct model *m = view_pane(&v)->model;

	(void)state;
	assert_int_equal(m->rows.count, 3);
	assert_int_equal(model_row(m, "1"), 0);
	assert_int_equal(model_row(m, "1.1"), 1);
	assert_int_equal(model_row(m, "1.1.1"), 2);
	assert_int_equal(model_row(m, "0"), MODEL_NONE);
	assert_int_equal(m->rows.depth[2], 2);
	assert_int_equal(m->event_row[17], 2);
}

static void lives_and_dies(void **state)
{
	const struct model *m = view_pane(&v)->model;

	(void)state;
	assert_int_equal(model_life(m, 2, 3), MODEL_UNBORN);
	assert_int_equal(model_life(m, 2, 4), MODEL_ALIVE);
	assert_int_equal(model_life(m, 2, 17), MODEL_DEAD);
	assert_int_equal(model_life(m, 2, 22), MODEL_GONE);
	assert_int_equal(model_life(m, 0, 0), MODEL_ALIVE);
}

static void finds_events(void **state)
{
	const struct model *m = view_pane(&v)->model;

	(void)state;
	assert_int_equal(model_seek(m, MODEL_NONE, 1, MODEL_EXIT, MODEL_NONE), 5);
	assert_int_equal(model_seek(m, 5, 1, MODEL_EXIT, MODEL_NONE), 17);
	assert_int_equal(model_seek(m, 17, 1, MODEL_EXIT, MODEL_NONE), MODEL_NONE);
	assert_int_equal(model_seek(m, 17, -1, MODEL_FORK, MODEL_NONE), 4);
	assert_int_equal(model_seek(m, 0, -1, MODEL_ANY, MODEL_NONE), MODEL_NONE);
	assert_int_equal(model_seek(m, MODEL_NONE, -1, MODEL_ANY, 1), 10);
	assert_int_equal(model_nearest(m, 1790, MODEL_NONE), 17);
	assert_int_equal(model_nearest(m, 1790, 1), 10);
	assert_int_equal(model_event_at(m, 1799), 16);
	assert_int_equal(model_event_at(m, 1800), 17);
	assert_int_equal(model_event_at(m, 0), 0);
	assert_int_equal(model_event_at(m, UINT64_MAX), 23);
}

static void arrows_in_sight(void **state)
{
	const struct model *m = view_pane(&v)->model;
	const struct timeline *t = m->timeline;

	(void)state;
	for (size_t i = 1; i < t->narrows; i++)
		assert_true(t->arrows[i - 1].start <= t->arrows[i].start);
	/* None before it reaches so far. */
	for (uint64_t time = 0; time < 3000; time += 50)
		for (size_t i = 0; i < model_arrow(m, time); i++)
			assert_true(t->arrows[i].end < time);
}

static void violations_by_event(void **state)
{
	struct model *m = load(GOLDEN "every-kind.fst.jsonl");

	(void)state;
	assert_true(m->nviolations >= 2);
	for (size_t i = 1; i < m->nviolations; i++)
		assert_true(m->violations[i - 1].event <= m->violations[i].event);
	assert_non_null(model_violation(m, 9));
	assert_int_equal(model_violation(m, 9)->invariant, CHECK_WAIT_STATUS);
	assert_null(model_violation(m, 1));
	assert_int_equal(model_seek(m, 0, 1, MODEL_VIOLATION, MODEL_NONE),
	                 m->violations[0].event);
	model_free(m);
}

/* --- what keys and mouse do --- */

static void keys_step(void **state)
{
	(void)state;
	assert_int_equal(event(), 0);
	assert_true(input_key(&v, "Right"));
	assert_int_equal(event(), 1);
	input_key(&v, "e");
	assert_int_equal(event(), 5);
	assert_int_equal(view_pane(&v)->row, 1);
	input_key(&v, "e");
	input_key(&v, "e");
	assert_int_equal(event(), 17);
	assert_string_equal(v.message, "no exit after this");
	input_key(&v, "F");
	assert_int_equal(event(), 4);
	input_key(&v, "]");
	assert_int_equal(event(), 5);
	input_key(&v, "End");
	assert_int_equal(event(), 23);
	input_key(&v, "Left");
	input_key(&v, "Home");
	assert_int_equal(event(), 0);
	assert_false(input_key(&v, "x"));
	assert_false(input_key(&v, "F5"));
	assert_false(input_key(&v, ""));
}

static void steps_in_one_process(void **state)
{
	(void)state;
	view_select(&v, 2);
	input_key(&v, "p");
	input_key(&v, "Right");
	assert_int_equal(event(), 17);
	input_key(&v, "Right");
	assert_int_equal(event(), 18);
	input_key(&v, "Home");
	input_key(&v, "f");
	assert_int_equal(event(), 0);
	assert_int_equal(view_pane(&v)->row, 0);
}

static void zooms_within_the_run(void **state)
{
	double start = v.start, end = v.end;

	(void)state;
	input_key(&v, "+");
	assert_true(v.end - v.start < 0.51 * (end - start));
	for (int i = 0; i < 40; i++)
		input_key(&v, "+");
	assert_true(v.end - v.start >= 20);
	input_key(&v, "End");
	assert_true(v.start <= 2400 && 2400 <= v.end);
	for (int i = 0; i < 40; i++)
		input_key(&v, "s");
	assert_true(v.end <= end);
	input_key(&v, "0");
	assert_true(v.start == start && v.end == end);
	view_show(&v, 500, 900);
	assert_true(v.start == 500 && v.end == 900);
	view_pan(&v, 0.5);
	assert_true(v.start == 700 && v.end == 1100);
}

static void mouse_chooses(void **state)
{
	const SDL_Rect *lanes = &v.layout.panes[0].lanes,
		       *list = &v.layout.panes[0].events;
	struct layout_axis axis = view_axis(&v);
	int y = lanes->y + v.layout.lane * 5 / 2;

	(void)state;
	input_press(&in, &v, (int)layout_x(&axis, 1810), y);
	input_release(&in, &v, (int)layout_x(&axis, 1810), y);
	assert_int_equal(event(), 17);
	assert_int_equal(view_pane(&v)->row, 2);
	/* The tree: the process, not the event. */
	input_press(&in, &v, 40, lanes->y + 5);
	input_release(&in, &v, 40, lanes->y + 5);
	assert_int_equal(event(), 17);
	assert_int_equal(view_pane(&v)->row, 0);
	/* The list. */
	y = list->y + LAYOUT_MARGIN / 2 + v.layout.line / 2;
	input_press(&in, &v, 40, y);
	input_release(&in, &v, 40, y);
	assert_int_equal(event(), view_first(&v, 0) == 0 ? 0 : event());
	input_wheel(&v, 40, y, -2, false);
	assert_int_equal(event(), 2);
	/* The slider's ends. */
	input_press(&in, &v, v.layout.slider.w - 1, v.layout.slider.y + 5);
	input_move(&in, &v, 0, v.layout.slider.y + 5);
	input_release(&in, &v, 0, v.layout.slider.y + 5);
	assert_int_equal(event(), 0);
}

static void drag_pans(void **state)
{
	const SDL_Rect *lanes = &v.layout.panes[0].lanes;

	(void)state;
	view_show(&v, 1000, 1500);
	input_press(&in, &v, lanes->x + 200, lanes->y + 5);
	input_move(&in, &v, lanes->x + 200 - lanes->w / 2, lanes->y + 5);
	input_release(&in, &v, lanes->x + 200 - lanes->w / 2, lanes->y + 5);
	assert_true(v.start > 1240 && v.start < 1260);
	assert_int_equal(event(), 0);
}

static void hides_who_is_not_there(void **state)
{
	(void)state;
	view_show(&v, 1350, 2400);
	assert_int_equal(view_pane(&v)->nshown, 3);
	input_key(&v, "h");
	assert_int_equal(view_pane(&v)->nshown, 2);
	assert_int_equal(view_place(&v, 0, 1), MODEL_NONE);
	assert_int_equal(view_place(&v, 0, 2), 1);
	view_pan(&v, -1);
	assert_int_equal(view_place(&v, 0, 1), 1);
	input_key(&v, "h");
	assert_int_equal(view_pane(&v)->nshown, 3);
}

static void plays_by_ticks(void **state)
{
	(void)state;
	input_key(&v, "Space");
	for (int i = 0; i < VIEW_TICKS; i++)
		view_tick(&v);
	assert_int_equal(event(), 8);
	for (int i = 0; i < 5 * VIEW_TICKS; i++)
		view_tick(&v);
	assert_int_equal(event(), 23);
	assert_false(v.playing);
}

static void says_why_there_is_no_guest(void **state)
{
	struct guest_state guest;

	(void)state;
	view_guest(&v, true, &guest);
	assert_int_equal(guest.status, GUEST_UNAVAILABLE);
	assert_string_equal(guest.why, "no images");
}

/* --- two traces --- */

static void compare(void)
{
	assert_int_equal(compare_make(&v.compare, v.panes[0].model, v.panes[1].model), 0);
}

static void same_traces_are_the_same(void **state)
{
	(void)state;
	add(GOLDEN "orphan.fst.jsonl");
	compare();
	assert_int_equal(v.compare.count, 0);
	assert_string_equal(v.compare.summary, "the traces are the same");
	input_key(&v, "d");
	assert_string_equal(v.message, "the traces are the same");
}

static void finds_where_traces_part(void **state)
{
	char path[] = "/tmp/forkscope-test-XXXXXX";
	int fd = mkstemp(path);
	struct build b;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	build_start(&b);
	build_orphan_run(&b);
	b.events[17].exit.status.value = 6;
	assert_int_equal(build_write(&b, path), 0);
	add(path);
	unlink(path);
	assert_int_equal(build_write(&b, path), 0);
	compare();
	unlink(path);
	assert_false(v.compare.same_deeds);
	assert_true(v.compare.count >= 2);
	input_key(&v, "d");
	assert_int_equal(event(), 17);
	input_key(&v, "Tab");
	assert_int_equal(v.active, 1);
	assert_int_equal(event(), 17);
}

static void two_at_most(void **state)
{
	struct model *model;
	struct guest *guest;

	(void)state;
	add(GOLDEN "zombie.fst.jsonl");
	model = load(GOLDEN "zombie.fst.jsonl");
	assert_int_equal(guest_open(&guest, NULL, "", model->trace, NULL, NULL), 0);
	assert_int_equal(view_add(&v, model, guest), ERR_USAGE);
}

#define VIEW_TEST(name) cmocka_unit_test_setup_teardown(name, open_orphan, close_view)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_slice_at_a_time),
		cmocka_unit_test(adds_up_what_was_spent),
		cmocka_unit_test(axis_and_back),
		cmocka_unit_test(parts_do_not_overlap),
		VIEW_TEST(rows_are_in_preorder),
		VIEW_TEST(lives_and_dies),
		VIEW_TEST(finds_events),
		VIEW_TEST(arrows_in_sight),
		cmocka_unit_test(violations_by_event),
		VIEW_TEST(keys_step),
		VIEW_TEST(steps_in_one_process),
		VIEW_TEST(zooms_within_the_run),
		VIEW_TEST(mouse_chooses),
		VIEW_TEST(drag_pans),
		VIEW_TEST(hides_who_is_not_there),
		VIEW_TEST(plays_by_ticks),
		VIEW_TEST(says_why_there_is_no_guest),
		VIEW_TEST(same_traces_are_the_same),
		VIEW_TEST(finds_where_traces_part),
		VIEW_TEST(two_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
