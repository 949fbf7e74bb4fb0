/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slices, arrows and marks, and the pictures that are made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "build_trace.h"
#include "render/palette.h"
#include "render/places.h"
#include "render/render.h"
#include "render/timeline.h"

static struct build b;
static struct forest *forest;

static struct timeline *made(void)
{
	assert_int_equal(forest_build(&forest, &b.trace), 0);
	struct timeline *t = timeline_create(&b.trace, forest);

	assert_non_null(t);
	return t;
}

static void done(struct timeline *t)
{
	timeline_free(t);
	forest_free(forest);
}

/* The slices of a process as "running 100-300, ready 300-400". */
static void expect_slices(const struct timeline *t, const char *path, const char *want)
{
	struct text got = {0};

	for (size_t i = 0; i < t->nslices; i++) {
		const struct timeline_slice *s = &t->slices[i];

		if (strcmp(forest->processes[s->process].path, path) != 0)
			continue;
		text_printf(&got, "%s%s %llu-%llu", got.length ? ", " : "",
		            timeline_state_name(s->state), (unsigned long long)s->start,
		            (unsigned long long)s->end);
	}
	assert_string_equal(got.data ? got.data : "", want);
	text_free(&got);
}

static void expect_arrow(const struct timeline *t, enum timeline_link link,
                         const char *from, uint64_t start, const char *to, uint64_t end)
{
	for (size_t i = 0; i < t->narrows; i++) {
		const struct timeline_arrow *a = &t->arrows[i];

		if (a->link == link && a->start == start && a->end == end &&
		    strcmp(forest->processes[a->from].path, from) == 0 &&
		    strcmp(forest->processes[a->to].path, to) == 0)
			return;
	}
	fail_msg("no arrow from %s to %s", from, to);
}

static size_t count_marks(const struct timeline *t, enum timeline_mark_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nmarks; i++)
		n += t->marks[i].kind == kind;
	return n;
}

static void waits_before(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 0);
	struct timeline *t = made();

	expect_slices(t, "1", "running 100-400, waiting 400-800, running 800-2100");
	expect_slices(t, "1.1", "ready 100-400, running 400-800, zombie 800-1000");
	assert_int_equal(t->narrows, 2);
	expect_arrow(t, TIMELINE_FORK, "1", 100, "1.1", 400);
	expect_arrow(t, TIMELINE_WAIT, "1.1", 500, "1", 1100);
	assert_int_equal(count_marks(t, TIMELINE_EXIT), 1);
	assert_int_equal(count_marks(t, TIMELINE_PREEMPT), 0);
	assert_int_equal(t->start, 100);
	assert_int_equal(t->end, 2100);
	done(t);
}

static void preempted(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_after(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 0);
	struct timeline *t = made();

	expect_slices(t, "1", "running 100-200, ready 200-600, running 600-2000");
	assert_int_equal(count_marks(t, TIMELINE_PREEMPT), 1);
	done(t);
}

static void orphaned(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	struct timeline *t = made();

	expect_arrow(t, TIMELINE_ADOPT, "1.1.1", 800, "1", 800);
	expect_arrow(t, TIMELINE_WAIT, "1.1.1", 1800, "1", 2400);
	assert_int_equal(count_marks(t, TIMELINE_ORPHAN), 1);
	done(t);
}

static void asleep_but_not_in_wait(void **state)
{
	(void)state;
	build_start(&b);
	build_switch(&b, "1", "0", "block");
	build_switch(&b, "0", "1", "block");
	build_switch(&b, "1", "0", "yield");
	struct timeline *t = made();

	expect_slices(t, "1",
	              "running 100-100, asleep 100-200, running 200-300, ready 300-300");
	done(t);
}

/* A zombie ends where it is reaped, also when it has reaped itself before it left. */
static void reaped_before_the_last_switch(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_exit(&b, "1.1", 0);
	build_reap(&b, "1.1", "1.1");
	build_switch(&b, "1.1", "1", "exit");
	build_block(&b, "1");
	struct timeline *t = made();

	expect_slices(t, "1.1", "ready 100-200, running 200-500");
	done(t);
}

static void an_empty_trace(void **state)
{
	(void)state;
	build_start(&b);
	struct timeline *t = made();

	assert_int_equal(t->nslices, 0);
	done(t);
}

/* --- pictures --- */

static struct text rendered(const char *format)
{
	struct text out = {0};

	assert_int_equal(forest_build(&forest, &b.trace), 0);
	struct render_input in = {.trace = &b.trace, .forest = forest};

	render_find(format)->render(&in, &out);
	forest_free(forest);
	assert_false(out.failed);
	return out;
}

static void svg_has_what_the_timeline_has(void **state)
{
	(void)state;
	build_start(&b);
	build_exec(&b, "1", "/bin/<init>&\"");
	build_orphan_run(&b);
	struct text out = rendered("svg");

	assert_non_null(strstr(out.data, "&lt;init&gt;&amp;\""));
	assert_null(strstr(out.data, "<init>"));
	assert_non_null(strstr(out.data, "<title>1.1.1 zombie, "));
	assert_non_null(strstr(out.data, "<path class=\"adopt\" d=\"M"));
	assert_non_null(strstr(out.data, "exit 5, orphan</tspan>"));
	struct text again = rendered("svg");

	assert_string_equal(out.data, again.data);
	text_free(&out);
	text_free(&again);
}

static void svg_of_strange_counts(void **state)
{
	(void)state;
	build_start(&b);
	b.icount = UINT64_MAX - 300;
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	b.events[0].icount = 0;
	b.trace.header.cpus = 2;
	b.events[1].cpu = 1;
	struct text out = rendered("svg");

	assert_non_null(strstr(out.data, "</svg>"));
	text_free(&out);
	b.events[0].icount = b.events[1].icount;
	out = rendered("svg");
	assert_non_null(strstr(out.data, "</svg>"));
	text_free(&out);
}

static void perfetto_events(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	struct text out = rendered("perfetto");

	assert_non_null(strstr(out.data,
	                       "{\"ph\":\"X\",\"name\":\"running\",\"cat\":\"state\","
	                       "\"pid\":2,\"tid\":1,\"ts\":400,\"dur\":400,"));
	assert_non_null(strstr(out.data, "\"ph\":\"b\",\"name\":\"zombie\""));
	assert_non_null(strstr(out.data, "\"ph\":\"s\",\"name\":\"fork\""));
	assert_non_null(strstr(out.data, "\"args\":{\"name\":\"1.1  (pid 2)\"}"));
	text_free(&out);
}

static void html_is_one_page(void **state)
{
	(void)state;
	build_start(&b);
	build_exec(&b, "1", "/bin/</script><b>");
	build_waits_before(&b, "1", "1.1", 2, 3);
	struct text out = rendered("html");

	assert_null(strstr(out.data, "@DATA@"));
	assert_non_null(strstr(out.data, "\"program\":\"script>\\u003cb>\""));
	assert_non_null(
		strstr(out.data, "[0,100,0,\"exec /bin/\\u003c/script>\\u003cb> one\"]"));
	assert_null(strstr(out.data, "<b>"));
	/* Nothing that a browser would fetch. */
	assert_null(strstr(out.data, " src="));
	assert_null(strstr(out.data, " href="));
	assert_null(strstr(out.data, "url("));
	assert_string_equal(out.data + out.length - 8, "</html>\n");
	text_free(&out);
}

static void html_of_two_finds_where_they_part(void **state)
{
	static struct build other;
	struct forest *f[2];
	struct text out = {0};

	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_start(&other);
	build_waits_after(&other, "1", "1.1", 2, 3);
	assert_int_equal(forest_build(&f[0], &b.trace), 0);
	assert_int_equal(forest_build(&f[1], &other.trace), 0);
	struct render_input second = {.trace = &other.trace, .forest = f[1], .name = "b"};
	struct render_input first = {.trace = &b.trace,
	                             .forest = f[0],
	                             .name = "a",
	                             .other = &second};

	render_html(&first, &out);
	assert_non_null(strstr(out.data, "\"divergence\":[1,1]"));
	assert_non_null(strstr(out.data, "{\"name\":\"b\""));
	text_free(&out);
	first.other = &first;
	render_html(&first, &out);
	assert_null(strstr(out.data, "\"divergence\":["));
	text_free(&out);
	forest_free(f[0]);
	forest_free(f[1]);
}

/* --- places --- */

static void a_place_is_kept_once(void **state)
{
	struct places *places = places_create();
	struct place place = {"kernel", "f+0x1", "f.c", 3, "x = y;", "> 0000  nop"};
	char again[] = "f+0x1";

	(void)state;
	assert_non_null(places);
	assert_int_equal(places_put(places, &place), 0);
	place.function = again;
	assert_int_equal(places_put(places, &place), 0);
	place.line = 4;
	assert_int_equal(places_put(places, &place), 1);
	place.code = "";
	assert_int_equal(places_put(places, &place), 2);
	assert_int_equal(places_count(places), 3);
	memset(again, 'x', sizeof(again) - 1);
	assert_string_equal(places_get(places, 1)->function, "f+0x1");
	assert_int_equal(places_get(places, 1)->line, 4);
	places_free(places);
}

static void places_have_an_end(void **state)
{
	struct places *places = places_create();
	struct place place = {"kernel", "f", "f.c", 0, "", ""};

	(void)state;
	assert_non_null(places);
	for (place.line = 0; place.line < PLACES_MAX; place.line++)
		assert_int_equal(places_put(places, &place), place.line);
	assert_false(places_lost(places));
	assert_int_equal(places_put(places, &place), PLACE_NONE);
	assert_true(places_lost(places));
	place.line = 7;
	assert_int_equal(places_put(places, &place), 7);
	places_free(places);
}

static void html_has_of_a_fault_what_the_trace_has(void **state)
{
	(void)state;
	build_start(&b);
	struct trace_event *e = build_event(&b, "1", TRACE_FAULT);

	e->fault.rip = 0x400035;
	e->fault.symbol = "main+0x5";
	e->fault.insn = "mov esi, dword ptr [rax]";
	struct text out = rendered("html");

	assert_non_null(strstr(out.data, "[\"\",\"main+0x5\",\"\",\"\","
	                                 "\"> 00400035  mov esi, dword ptr [rax]\"]"));
	assert_non_null(strstr(out.data, "\",0,-1]"));
	text_free(&out);
}

static void html_has_the_colours_of_the_palette(void **state)
{
	struct text want = {0};

	(void)state;
	build_start(&b);
	struct text out = rendered("html");

	for (int i = 0; i < TIMELINE_STATES; i++) {
		enum timeline_state s = (enum timeline_state)i;

		text_clear(&want);
		text_printf(&want, "[\"%s\",\"#%06x\",%d]", timeline_state_name(s),
		            palette_state(s), palette_height(s));
		assert_non_null(strstr(out.data, want.data));
	}
	text_free(&want);
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_before),
		cmocka_unit_test(preempted),
		cmocka_unit_test(orphaned),
		cmocka_unit_test(asleep_but_not_in_wait),
		cmocka_unit_test(reaped_before_the_last_switch),
		cmocka_unit_test(an_empty_trace),
		cmocka_unit_test(svg_has_what_the_timeline_has),
		cmocka_unit_test(svg_of_strange_counts),
		cmocka_unit_test(perfetto_events),
		cmocka_unit_test(html_is_one_page),
		cmocka_unit_test(html_of_two_finds_where_they_part),
		cmocka_unit_test(a_place_is_kept_once),
		cmocka_unit_test(places_have_an_end),
		cmocka_unit_test(html_has_of_a_fault_what_the_trace_has),
		cmocka_unit_test(html_has_the_colours_of_the_palette),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
