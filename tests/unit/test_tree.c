/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures of the process forest, and the forest's order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "build_trace.h"
#include "render/render.h"

static struct build b;

static struct text rendered(const char *format, bool colour)
{
	const struct renderer *r = render_find(format);
	struct text out = {0};
	struct forest *forest;

	assert_non_null(r);
	assert_int_equal(forest_build(&forest, &b.trace), 0);
	struct render_input in = {.trace = &b.trace, .forest = forest, .colour = colour};

	r->render(&in, &out);
	forest_free(forest);
	assert_false(out.failed);
	return out;
}

static void expect_text(const char *want)
{
	struct text out = rendered("text", false);

	assert_string_equal(out.data, want);
	text_free(&out);
}

static void expect_contains(const char *format, const char *want)
{
	struct text out = rendered(format, false);

	if (!strstr(out.data, want))
		fail_msg("'%s' is not in\n%s", want, out.data);
	text_free(&out);
}

/* Columns of a line of UTF-8 without combining or wide characters. */
static size_t columns(const char *line)
{
	size_t n = 0;

	for (; *line && *line != '\n'; line++)
		n += ((unsigned char)*line & 0xc0) != 0x80;
	return n;
}

static void expect_narrow(const struct text *out)
{
	for (const char *line = out->data; line && *line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (columns(line) > 80)
			fail_msg("%zu columns: %s", columns(line), line);
}

#define HEAD "PROCESS                            PID  STATUS      HOW IT ENDED\n"

static void an_orphan(void **state)
{
	(void)state;
	build_start(&b);
	build_exec(&b, "1", "/bin/init");
	build_orphan_run(&b);
	expect_text(
		HEAD
		"1 init                               1  runs\n"
		"└─1.1 init                           2  exit 0      waits-before\n"
		"  └─1.1.1 init                       3  exit 5      ORPHAN, reaped by 1\n"
		"outcome: poweroff, status 0\n");
}

static void a_zombie_that_stays(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.2", 3);
	build_exec(&b, "1.1", "/bin/sh");
	build_event(&b, "1.1", TRACE_EXIT)->exit.status = (struct trace_status){true, 11};
	expect_text(HEAD "1                                    1  runs\n"
	                 "├─1.1 sh                             2  SIGSEGV     ZOMBIE\n"
	                 "└─1.2                                3  runs\n"
	                 "outcome: unknown, the trace is a prefix\n");
	struct text out = rendered("text", true);

	assert_non_null(strstr(out.data, "\033[1;31mZOMBIE\033[0m"));
	text_free(&out);
}

static void branches_go_on_past_grandchildren(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1.1", "1.1.1", 3);
	build_fork(&b, "1", "1.2", 4);
	build_fork(&b, "1.2", "1.2.1", 5);
	expect_contains("text", "├─1.1 ");
	expect_contains("text", "│ └─1.1.1 ");
	expect_contains("text", "└─1.2 ");
	expect_contains("text", "  └─1.2.1 ");
}

static void nothing_at_all(void **state)
{
	(void)state;
	build_start(&b);
	expect_text(HEAD "outcome: unknown, the trace is a prefix\n");
	expect_contains("dot", "digraph processes {");
	expect_contains("json", "\"processes\":[]");
}

/* A chain 120 deep, with names that are long or want to do harm. */
static void deep_and_hostile(void **state)
{
	static char paths[120][400];

	(void)state;
	build_start(&b);
	build_exec(&b, "1",
	           "/bin/\033[2J\"\\\n\xff-a-name-that-goes-on-and-on-and-on-and-on");
	for (int i = 0; i < 120; i++) {
		struct text path = {0};

		text_char(&path, '1');
		for (int k = 0; k < i; k++)
			text_string(&path, ".12");
		strncpy(paths[i], path.data, sizeof(paths[i]) - 1);
		text_free(&path);
		if (i > 0)
			build_fork(&b, paths[i - 1], paths[i], 1000000000 + i);
	}
	struct text out = rendered("text", false);

	expect_narrow(&out);
	assert_null(strchr(out.data, '\033'));
	text_free(&out);
	out = rendered("dot", false);
	assert_null(strchr(out.data, '\033'));
	assert_non_null(strstr(out.data, "\\\\x1b[2J\\\"\\\\"));
	text_free(&out);
	out = rendered("json", false);
	assert_non_null(strstr(out.data, "\\u001b[2J\\\"\\\\\\n\\uefff-a-name"));
	text_free(&out);
}

static void every_line_is_narrow(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	for (size_t i = 0; i < b.trace.nevents; i++) {
		b.events[i].pid = 2147483647;
		if (b.events[i].kind == TRACE_FORK)
			b.events[i].fork.child = 2147483647 - (int)i;
	}
	struct text out = rendered("text", false);

	expect_narrow(&out);
	text_free(&out);
}

static void json_says_who_took_it(void **state)
{
	(void)state;
	build_start(&b);
	build_zombie_run(&b);
	expect_contains("json", "{\"proc\":\"1.1.1\",\"pid\":3,\"parent\":\"1.1\","
	                        "\"status\":{\"exit\":5},\"fate\":\"waited\","
	                        "\"ordering\":\"no-wait/zombie\",\"adopted_by\":\"1\","
	                        "\"waited_by\":\"1\",\"reaped_by\":\"1\",\"forked\":4,"
	                        "\"abandoned\":10,\"reparented\":11,\"exited\":6,"
	                        "\"wait_entered\":1,\"wait_returned\":17,\"reaped\":16}");
	expect_contains("json", "\"outcome\":\"poweroff\"");
}

static void dot_marks_what_text_marks(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	expect_contains("dot",
	                "\"1.1.1\" [label=\"1.1.1\\npid 3, exit 5\\norphan\", style=");
	expect_contains("dot", "\"1.1\" -> \"1.1.1\" [label=\"no-wait/orphan\"];");
	expect_contains("dot", "\"1\" -> \"1.1.1\" [style=dashed, label=\"adopts\"");
}

static void preorder(void **state)
{
	static const char *const want[] = {"1",   "1.1", "1.1.1", "1.1.2",
	                                   "1.2", "2",   NULL};
	static const size_t depths[] = {0, 1, 2, 2, 1, 0};
	struct forest *f;
	size_t depth, n = 0;

	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.2", 3);
	build_fork(&b, "1.1", "1.1.1", 4);
	build_fork(&b, "1.1", "1.1.2", 5);
	build_fork(&b, "0", "2", 6);
	assert_int_equal(forest_build(&f, &b.trace), 0);
	for (size_t at = forest_next(f, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(f, at, &depth)) {
		assert_non_null(want[n]);
		assert_string_equal(f->processes[at].path, want[n]);
		assert_int_equal(depth, depths[n]);
		n++;
	}
	assert_null(want[n]);
	forest_free(f);
}

static void formats(void **state)
{
	(void)state;
	assert_null(render_find("tapestry"));
	assert_null(render_find(""));
	for (const struct renderer *r = render_list(); r->name; r++)
		assert_ptr_equal(render_find(r->name), r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_orphan),
		cmocka_unit_test(a_zombie_that_stays),
		cmocka_unit_test(branches_go_on_past_grandchildren),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(deep_and_hostile),
		cmocka_unit_test(every_line_is_narrow),
		cmocka_unit_test(json_says_who_took_it),
		cmocka_unit_test(dot_marks_what_text_marks),
		cmocka_unit_test(preorder),
		cmocka_unit_test(formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
