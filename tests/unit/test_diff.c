/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes two traces differ, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "build_trace.h"
#include "diff/diff.h"

static struct build a, b;
static char dir[] = "/tmp/forkscope-test-XXXXXX";
static char paths[2][64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(paths[0], sizeof(paths[0]), "%s/a.fst.jsonl", dir);
	snprintf(paths[1], sizeof(paths[1]), "%s/b.fst.jsonl.zst", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(paths[0]);
	unlink(paths[1]);
	return rmdir(dir);
}

static int start(void **state)
{
	(void)state;
	build_start(&a);
	build_start(&b);
	return 0;
}

static void write_both(void)
{
	assert_int_equal(build_write(&a, paths[0]), 0);
	assert_int_equal(build_write(&b, paths[1]), 0);
}

static struct diff_report *compared(enum diff_mode mode)
{
	struct diff_report *r;

	write_both();
	if (diff_traces(&r, paths[0], paths[1], mode) != 0)
		fail_msg("%s", error_message());
	assert_int_equal(r->equal, r->count == 0);
	return r;
}

static void expect_equal(enum diff_mode mode)
{
	struct diff_report *r = compared(mode);

	if (!r->equal)
		fail_msg("%s: '%s' and '%s'", r->differences[0].proc,
		         r->differences[0].shown[0][r->differences[0].before].text,
		         r->differences[0].shown[1][r->differences[0].before].text);
	diff_report_free(r);
}

/* One difference, of this kind and process, with these two sides. */
static void expect_one(enum diff_mode mode, enum diff_kind kind, const char *proc,
                       const char *left, const char *right)
{
	struct diff_report *r = compared(mode);
	const struct diff_difference *d = &r->differences[0];

	assert_int_equal(r->count, 1);
	assert_int_equal(d->kind, kind);
	if (proc)
		assert_string_equal(d->proc, proc);
	else
		assert_null(d->proc);
	assert_string_equal(d->shown[0][d->before].text, left);
	assert_string_equal(d->shown[1][d->before].text, right);
	diff_report_free(r);
}

static void print_text(struct build *t, const char *proc, const char *text)
{
	struct trace_event *e = build_event(t, proc, TRACE_CONSOLE);

	e->console.text = text;
	e->console.length = strlen(text);
}

/* --- equal --- */

static void the_same(void **state)
{
	(void)state;
	build_orphan_run(&a);
	build_orphan_run(&b);
	expect_equal(DIFF_TREE);
	expect_equal(DIFF_SEMANTIC);
	expect_equal(DIFF_STRICT);
}

/* The parent waits before the child exits, or after: only the interleaving. */
static void another_ordering(void **state)
{
	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_after(&b, "1", "1.1", 2, 3);
	build_end(&a, TRACE_POWEROFF, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_equal(DIFF_TREE);
	expect_equal(DIFF_SEMANTIC);
	expect_one(DIFF_STRICT, DIFF_RECORDS, NULL, "200 1 wait for 2",
	           "200 1 switch to 1.1, preempt");
}

/* Two children that run in one order and in the other, with other pids, counts, output.
 */
static void children_interleaved(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct build *t = side ? &b : &a;
		const char *first = side ? "1.2" : "1.1", *second = side ? "1.1" : "1.2";

		t->icount = side ? 5000 : 0;
		build_fork(t, "1", "1.1", side ? 20 : 2);
		build_fork(t, "1", "1.2", side ? 30 : 3);
		build_switch(t, "1", first, "preempt");
		print_text(t, first, "hel");
		build_switch(t, first, second, "preempt");
		print_text(t, second, "hello\n");
		build_die(t, second, 0, first);
		print_text(t, first, "lo\n");
		build_die(t, first, 0, "1");
		build_enter(t, "1", side ? 20 : 2, 0);
		build_take(t, "1", "1.1", 0);
		build_enter(t, "1", side ? 30 : 3, 0);
		build_take(t, "1", "1.2", 0);
		build_end(t, TRACE_POWEROFF, 0);
	}
	expect_equal(DIFF_SEMANTIC);
	expect_equal(DIFF_TREE);
}

/* An orphan handed to init, or freeing itself: the kernel's own affair. */
static void another_way_with_orphans(void **state)
{
	(void)state;
	build_orphan_run(&a);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_fork(&b, "1.1", "1.1.1", 3);
	build_exit(&b, "1.1", 0);
	build_switch(&b, "1.1", "1.1.1", "exit");
	build_exit(&b, "1.1.1", 5);
	build_reap(&b, "1.1.1", "1.1.1");
	build_switch(&b, "1.1.1", "1", "exit");
	build_enter(&b, "1", -1, 0);
	build_take(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_equal(DIFF_SEMANTIC);
}

static void polling_more_often(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct build *t = side ? &b : &a;

		build_fork(t, "1", "1.1", 2);
		for (int i = 0; i <= side * 3; i++) {
			build_enter(t, "1", 2, 1);
			build_return(t, "1", NULL, 0);
		}
		build_switch(t, "1", "1.1", "preempt");
		build_die(t, "1.1", 0, "1");
		build_enter(t, "1", 2, 1);
		build_take(t, "1", "1.1", 0);
		build_end(t, TRACE_POWEROFF, 0);
	}
	expect_equal(DIFF_SEMANTIC);
}

/* --- different --- */

static void another_status(void **state)
{
	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_before(&b, "1", "1.1", 2, 4);
	build_end(&a, TRACE_POWEROFF, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_one(DIFF_TREE, DIFF_STATUS, "1.1", "exit 3", "exit 4");
	struct diff_report *r = compared(DIFF_SEMANTIC);

	assert_int_equal(r->count, 2);
	assert_string_equal(r->differences[0].proc, "1");
	assert_string_equal(r->differences[0].shown[0][1].text,
	                    "wait returns 1.1, exit 3");
	assert_string_equal(r->differences[0].shown[1][1].text,
	                    "wait returns 1.1, exit 4");
	assert_int_equal(r->differences[0].index, 1);
	assert_string_equal(r->differences[1].proc, "1.1");
	diff_report_free(r);
}

static void killed_or_exited(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		build_fork(side ? &b : &a, "1", "1.1", 2);
		build_exit(side ? &b : &a, "1.1", 9);
	}
	b.events[1].exit.status.signaled = true;
	expect_one(DIFF_TREE, DIFF_STATUS, "1.1", "exit 9", "SIGKILL");
	expect_one(DIFF_SEMANTIC, DIFF_DEEDS, "1.1", "exit 9", "exit by SIGKILL");
}

static void other_arguments(void **state)
{
	static const char *const other[] = {"program", "on", "e", NULL};

	(void)state;
	build_exec(&a, "1", "/bin/sh");
	build_exec(&b, "1", "/bin/sh");
	b.events[0].exec.argv = other;
	b.events[0].exec.argc = 3;
	expect_one(DIFF_SEMANTIC, DIFF_DEEDS, "1", "exec /bin/sh one",
	           "exec /bin/sh on e");
	expect_equal(DIFF_TREE);
}

static void other_output(void **state)
{
	(void)state;
	print_text(&a, "1", "one\ntwo\nthree\n");
	print_text(&b, "1", "one\ntw");
	print_text(&b, "1", "o\nthree!\n");
	expect_one(DIFF_SEMANTIC, DIFF_OUTPUT, "1", "prints \"one\\ntwo\\nthree\\n\"",
	           "prints \"o\\nthree!\\n\"");
	struct diff_report *r = compared(DIFF_SEMANTIC);

	assert_int_equal(r->differences[0].index, 2);
	diff_report_free(r);
}

static void another_child_first(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct build *t = side ? &b : &a;
		const char *first = side ? "1.2" : "1.1", *second = side ? "1.1" : "1.2";

		build_fork(t, "1", "1.1", 2);
		build_fork(t, "1", "1.2", 3);
		build_exit(t, "1.1", 0);
		build_exit(t, "1.2", 0);
		build_enter(t, "1", -1, 0);
		build_return(t, "1", first, 0);
		build_enter(t, "1", -1, 0);
		build_return(t, "1", second, 0);
	}
	expect_one(DIFF_SEMANTIC, DIFF_DEEDS, "1", "wait returns 1.1, exit 0",
	           "wait returns 1.2, exit 0");
}

static void waiting_for_any_or_for_one(void **state)
{
	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_before(&b, "1", "1.1", 2, 3);
	b.events[1].wait_enter.target = -1;
	expect_one(DIFF_SEMANTIC, DIFF_DEEDS, "1",
	           "wait returns 1.1, exit 3 (called otherwise)",
	           "wait returns 1.1, exit 3 (called otherwise)");
}

static void never_comes_back(void **state)
{
	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_fork(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 3);
	build_enter(&b, "1", 2, 0);
	expect_one(DIFF_SEMANTIC, DIFF_DEEDS, "1", "wait returns 1.1, exit 3",
	           "wait for 2");
}

static void more_processes(void **state)
{
	(void)state;
	build_fork(&a, "1", "1.1", 2);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1.1", "1.1.1", 3);
	build_exec(&b, "1.1.1", "/bin/true");
	build_fork(&b, "1.1.1", "1.1.1.1", 4);
	expect_one(DIFF_TREE, DIFF_ONLY_B, "1.1.1", "", "/bin/true, runs");
	struct diff_report *r = compared(DIFF_SEMANTIC);

	assert_int_equal(r->count, 2);
	assert_int_equal(r->differences[0].kind, DIFF_DEEDS);
	assert_string_equal(r->differences[0].proc, "1.1");
	assert_string_equal(r->differences[0].shown[0][0].text, "");
	assert_string_equal(r->differences[0].shown[1][0].text, "fork 1.1.1");
	assert_int_equal(r->differences[1].kind, DIFF_ONLY_B);
	diff_report_free(r);
}

static void another_outcome(void **state)
{
	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&a, TRACE_POWEROFF, 0);
	expect_one(DIFF_SEMANTIC, DIFF_OUTCOME, NULL, "poweroff, status 0",
	           "no end record: a prefix");
	expect_one(DIFF_STRICT, DIFF_RECORDS, NULL,
	           "2100 poweroff, status 0, digest dddddddddddddddddddddddddddddddd",
	           "");
	build_end(&b, TRACE_LIMIT, 0);
	expect_one(DIFF_SEMANTIC, DIFF_OUTCOME, NULL, "poweroff, status 0",
	           "limit, status 0");
}

static void another_count(void **state)
{
	(void)state;
	build_orphan_run(&a);
	build_orphan_run(&b);
	for (size_t i = 10; i < b.trace.nevents; i++)
		b.events[i].icount++;
	expect_equal(DIFF_SEMANTIC);
	expect_one(DIFF_STRICT, DIFF_RECORDS, NULL, "1100 1.1 switch to 1, exit",
	           "1101 1.1 switch to 1, exit");
	struct diff_report *r = compared(DIFF_STRICT);

	assert_int_equal(r->compared, 10);
	assert_int_equal(r->differences[0].before, 2);
	assert_string_equal(r->differences[0].shown[0][1].text,
	                    "1000 1.1 frees files of 1.1");
	diff_report_free(r);
}

/* --- what cannot be compared, and how it is shown --- */

static void no_trace(void **state)
{
	static const enum diff_mode modes[] = {DIFF_TREE, DIFF_SEMANTIC, DIFF_STRICT};
	struct diff_report *r;

	(void)state;
	write_both();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(diff_traces(&r, paths[0], "/nonexistent", modes[i]),
		                 ERR_FILE);
		assert_null(r);
		assert_int_equal(diff_traces(&r, "/dev/null", paths[1], modes[i]),
		                 ERR_FILE);
		assert_non_null(strstr(error_message(), "/dev/null"));
	}
}

static void shown_side_by_side(void **state)
{
	static const char *const names[2] = {"a", "b"};
	struct text out = {0};

	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_before(&b, "1", "1.1", 2, 4);
	struct diff_report *r = compared(DIFF_SEMANTIC);

	diff_report_text(r, &out, names, 80, false);
	assert_non_null(strstr(
		out.data,
		"process 1, deed 2:\n"
		"       2 fork 1.1                       |      2 fork 1.1\n"
		">     12 wait returns 1.1, exit 3       |     12 wait returns 1.1, exit 4\n"));
	assert_null(strchr(out.data, '\033'));
	for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 80);
	text_clear(&out);
	diff_report_text(r, &out, names, 80, true);
	assert_non_null(strchr(out.data, '\033'));
	text_clear(&out);
	diff_report_json(r, &out, names);
	assert_non_null(strstr(out.data,
	                       "{\"kind\":\"deeds\",\"proc\":\"1.1\",\"index\":0,"
	                       "\"a\":[{\"text\":\"exit 3\",\"line\":6,"
	                       "\"differs\":true}]"));
	text_free(&out);
	diff_report_free(r);
}

static void modes_by_name(void **state)
{
	(void)state;
	assert_int_equal(diff_mode_from_name("tree"), DIFF_TREE);
	assert_int_equal(diff_mode_from_name("strict"), DIFF_STRICT);
	assert_int_equal(diff_mode_from_name("loose"), -1);
}

/* Wherever the difference is, the end says which of them is a prefix. */
static void tells_which_is_a_prefix(void **state)
{
	struct diff_report *r;

	(void)state;
	build_waits_before(&a, "1", "1.1", 2, 3);
	build_waits_after(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 3);
	for (int mode = DIFF_TREE; mode <= DIFF_STRICT; mode++) {
		r = compared((enum diff_mode)mode);
		assert_false(r->complete[0]);
		assert_true(r->complete[1]);
		diff_report_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_same, start),
		cmocka_unit_test_setup(another_ordering, start),
		cmocka_unit_test_setup(children_interleaved, start),
		cmocka_unit_test_setup(another_way_with_orphans, start),
		cmocka_unit_test_setup(polling_more_often, start),
		cmocka_unit_test_setup(another_status, start),
		cmocka_unit_test_setup(killed_or_exited, start),
		cmocka_unit_test_setup(other_arguments, start),
		cmocka_unit_test_setup(other_output, start),
		cmocka_unit_test_setup(another_child_first, start),
		cmocka_unit_test_setup(waiting_for_any_or_for_one, start),
		cmocka_unit_test_setup(never_comes_back, start),
		cmocka_unit_test_setup(more_processes, start),
		cmocka_unit_test_setup(another_outcome, start),
		cmocka_unit_test_setup(another_count, start),
		cmocka_unit_test_setup(no_trace, start),
		cmocka_unit_test_setup(shown_side_by_side, start),
		cmocka_unit_test_setup(modes_by_name, start),
		cmocka_unit_test_setup(tells_which_is_a_prefix, start),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
