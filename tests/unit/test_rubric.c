/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rubrics read, and refused with file and place; and runs judged by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "build_trace.h"
#include "grade/judge.h"
#include "grade/report.h"

static char path[] = "/tmp/forkscope-rubric-XXXXXX";
static struct rubric *rubric; /* that was loaded last */

static int drop_rubric(void **state)
{
	(void)state;
	rubric_free(rubric);
	rubric = NULL;
	return 0;
}

static int load(const char *text)
{
	FILE *file;
	int err;

	drop_rubric(NULL);
	strcpy(strrchr(path, '-') + 1, "XXXXXX");
	file = fdopen(mkstemp(path), "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	err = rubric_load(&rubric, path);
	unlink(path);
	return err;
}

#define HEAD "{\"format\":\"forkscope-rubric\",\"version\":1,\"name\":\"r\",\"tests\":["
#define TAIL "]}"
/* A test of two points, with what follows its program. */
#define TEST "{\"name\":\"t\",\"points\":2,\"program\":[\"forktest\",\"-v\"]%s}"

static int load_rubric_of(const char *more)
{
	struct text text = {0};
	int err;

	text_printf(&text, HEAD TEST TAIL, more);
	err = load(text.data);
	text_free(&text);
	return err;
}

static void load_test(const char *more)
{
	if (load_rubric_of(more) != 0)
		fail_msg("%s", error_message());
}

static void expect_message(int err, const char *why)
{
	char message[512];

	assert_int_equal(err, ERR_FILE);
	snprintf(message, sizeof(message), "%s%s", path, why);
	assert_string_equal(error_message(), message);
}

static void expect_refused(const char *text, const char *why)
{
	expect_message(load(text), why);
}

static void expect_test_refused(const char *more, const char *why)
{
	expect_message(load_rubric_of(more), why);
}

/* --- reading --- */

static void reads_every_field(void **state)
{
	const struct rubric_test *t;

	(void)state;
	assert_int_equal(
		load("{\"$schema\":\"s\",\"format\":\"forkscope-rubric\",\"version\":1,"
	             "\"name\":\"all\",\"description\":\"d\",\"timeout\":1000,\"tests\":["
	             "{\"name\":\"first\",\"points\":0.25,\"program\":[\"a\"]},"
	             "{\"name\":\"second\",\"description\":\"x\",\"points\":12.5,"
	             "\"visibility\":\"after_due_date\",\"tags\":[\"u\",\"v\"],"
	             "\"needs\":[\"first\"],\"program\":[\"b\",\"c d\",\"\"],"
	             "\"status\":139,\"lifetimes\":[\"mailbox\"],"
	             "\"timeslices\":[1000,50000],\"timeout\":7,\"memory\":32,"
	             "\"console\":{\"pattern\":\"^a+$\"},"
	             "\"reference\":{\"trace\":\"t.fst\",\"mode\":\"tree\"},"
	             "\"orderings\":[\"waits-after\",\"no-wait/zombie\"],"
	             "\"explore\":{\"runs\":9,\"strategy\":\"pct\",\"preemptions\":2,"
	             "\"seed\":5},"
	             "\"subtests\":[{\"name\":\"s\",\"pattern\":\"ok\",\"count\":3},"
	             "{\"name\":\"w\",\"pattern\":\"no\",\"count\":2,\"weight\":4}]}]}"),
		0);
	assert_string_equal(rubric->name, "all");
	assert_int_equal(rubric->ntests, 2);
	assert_int_equal(rubric->points, 1275);
	assert_int_equal(rubric->nsubtests, 2);
	assert_int_equal(rubric->tests[0].timeout, 1000);
	assert_int_equal(rubric->tests[0].status, 0);
	assert_int_equal(rubric->tests[0].memory, 64 << 20);
	assert_int_equal(rubric->tests[0].explore.runs, 0);
	t = &rubric->tests[1];
	assert_int_equal(t->visibility, RUBRIC_AFTER_DUE_DATE);
	assert_int_equal(t->ntags, 2);
	assert_string_equal(t->tags[1], "v");
	assert_int_equal(t->nneeds, 1);
	assert_int_equal(t->needs[0], 0);
	assert_int_equal(t->argc, 3);
	assert_string_equal(t->argv[1], "c d");
	assert_null(t->argv[3]);
	assert_int_equal(t->status, 139);
	assert_string_equal(t->lifetimes[0], "mailbox");
	assert_int_equal(t->ntimeslices, 2);
	assert_int_equal(t->timeslices[1], 50000);
	assert_int_equal(t->timeout, 7);
	assert_int_equal(t->memory, 32 << 20);
	assert_int_equal(t->console, RUBRIC_PATTERN);
	assert_string_equal(t->reference, "/tmp/t.fst");
	assert_int_equal(t->reference_mode, DIFF_TREE);
	assert_int_equal(t->orderings, 2 | 8);
	assert_int_equal(t->explore.runs, 9);
	assert_int_equal(t->explore.preemptions, 2);
	assert_int_equal(t->explore.seed, 5);
	assert_int_equal(t->nsubtests, 2);
	assert_int_equal(t->subtests[0].weight, 3);
	assert_int_equal(t->subtests[1].weight, 4);
}

static void names_a_source_in_c(void **state)
{
	(void)state;
	assert_int_equal(load(HEAD
	                      "{\"name\":\"t\",\"points\":1,\"program\":"
	                      "[\"tests/mine.c\",\"x\"],\"personality\":\"osv\"}" TAIL),
	                 0);
	assert_string_equal(rubric->tests[0].source, "/tmp/tests/mine.c");
	assert_string_equal(rubric->tests[0].argv[0], "mine");
	assert_string_equal(rubric->tests[0].personality, "osv");
}

static void refuses_with_file_and_place(void **state)
{
	(void)state;
	expect_refused("", ":1:1: no JSON");
	expect_refused("{\n\t\"format\" 1\n}", ":2:11: no JSON");
	expect_refused("{} {}", ":1:4: no JSON");
	expect_refused("[]", ": $: must be an object");
	expect_refused(HEAD TAIL, ": $.tests: must be a list of 1 to 1000 objects");
	expect_refused(HEAD "1" TAIL, ": $.tests[0]: must be an object");
	expect_test_refused("},"
	                    "{\"name\":\"t\",\"points\":1,\"program\":[\"p\"]",
	                    ": $.tests[1].name: another test has this name");
	expect_test_refused(",\"points\":3", ": $.tests[0].points: is there twice");
	expect_test_refused(",\"timeout\":0",
	                    ": $.tests[0].timeout: must be a whole number from 1 to "
	                    "1000000000000");
	expect_test_refused(",\"timeout\":1.5",
	                    ": $.tests[0].timeout: must be a whole number from 1 to "
	                    "1000000000000");
	expect_test_refused(",\"console\":{\"pattern\":\"(\"}",
	                    ": $.tests[0].console.pattern: no regular expression: "
	                    "Unmatched ( or \\(");
	expect_test_refused(",\"subtests\":[{\"name\":\"a\",\"pattern\":\"a\"},"
	                    "{\"name\":\"b\",\"pattern\":\"a{2\"}]",
	                    ": $.tests[0].subtests[1].pattern: no regular expression: "
	                    "Unmatched \\{");
	expect_test_refused(",\"explore\":{\"runs\":9,\"strategy\":\"pct\","
	                    "\"preemptions\":17}",
	                    ": $.tests[0].explore.preemptions: must be a whole number "
	                    "from 0 to 16");
	expect_test_refused(",\"personality\":\"osv\"",
	                    ": $.tests[0].personality: is for a program in C");
	expect_refused(HEAD "{\"name\":\"t\",\"points\":0.125,\"program\":[\"p\"]}" TAIL,
	               ": $.tests[0].points: has more than two decimals");
	expect_refused(HEAD "{\"name\":\"t\",\"points\":1,\"program\":[\"p\"],"
	                    "\"needs\":[\"t\"]}" TAIL,
	               ": $.tests[0].needs: no test before this one is named \"t\"");
}

/* --- judging --- */

static struct build b;

static void run_of(const char *console, int status)
{
	struct trace_event *e;

	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_exec(&b, "1.1", "/testbin/forktest");
	e = build_event(&b, "1.1", TRACE_CONSOLE);
	e->console.text = console;
	e->console.length = strlen(console);
	build_enter(&b, "1", -1, 0);
	build_block(&b, "1");
	build_die(&b, "1.1", status, "1");
	build_take(&b, "1", "1.1", status);
	build_end(&b, TRACE_POWEROFF, status);
}

static struct judgement judged(uint32_t *matches)
{
	struct judge_notes notes = {.matches = matches};
	struct judgement j;

	assert_int_equal(judge_trace(&rubric->tests[0], &b.trace, "", &j, &notes), 0);
	return j;
}

static void expect_judged(enum grade_outcome outcome, int64_t score, const char *reason)
{
	struct judgement j = judged(NULL);

	assert_string_equal(j.reason, reason);
	assert_int_equal(j.outcome, outcome);
	assert_int_equal(j.score, score);
}

/* Such a run earns all, or nothing. */
static void expect_run(const char *console, int status, enum grade_outcome outcome,
                       const char *reason)
{
	run_of(console, status);
	expect_judged(outcome, outcome == GRADE_PASSED ? 200 : 0, reason);
}

static void passes_what_is_right(void **state)
{
	(void)state;
	load_test(",\"console\":{\"exact\":\"a\\nb\\n\"}");
	expect_run("a\r\nb\n", 0, GRADE_PASSED, "");
}

static void tells_how_the_console_differs(void **state)
{
	(void)state;
	load_test(",\"console\":{\"exact\":\"a\\nb\\n\"}");
	expect_run("a\nc\n", 0, GRADE_WRONG,
	           "Line 2 of the console is \"c\", not \"b\".");
	expect_run("a\n", 0, GRADE_WRONG, "The console ends before line 2, \"b\".");
	expect_run("a\nb", 0, GRADE_WRONG,
	           "Line 2 of the console, \"b\", lacks its newline.");
	expect_run("a\nb\nc\n", 0, GRADE_WRONG,
	           "The console goes on where it should end, with line 3, \"c\".");
	load_test(",\"console\":{\"lines\":\"a\\nb\\n\"}");
	expect_run("b\na\n", 0, GRADE_PASSED, "");
	expect_run("b\nb\na\n", 0, GRADE_WRONG, "The console has a line \"b\" too many.");
	expect_run("b\n", 0, GRADE_WRONG, "The console lacks a line \"a\".");
	load_test(",\"console\":{\"pattern\":\"^b$\"}");
	expect_run("a\nb\n", 0, GRADE_PASSED, "");
	expect_run("a\nbb\n", 0, GRADE_WRONG, "The console has no match of \"^b$\".");
}

static void demands_the_status(void **state)
{
	(void)state;
	load_test(",\"status\":3");
	expect_run("", 4, GRADE_WRONG, "The program ended with status 4, not 3.");
	expect_run("", 3, GRADE_PASSED, "");
	load_test(",\"status\":\"any\"");
	expect_run("", 77, GRADE_PASSED, "");
}

static void subtests_make_the_score(void **state)
{
	uint32_t matches[2] = {0};
	struct judgement j;

	(void)state;
	load_test(",\"subtests\":[{\"name\":\"x\",\"pattern\":\"^x: ok$\",\"count\":3},"
	          "{\"name\":\"y\",\"pattern\":\"^y: ok$\"}]");
	run_of("x: ok\nx: failed\nx: ok\ny: ok\ny: ok\n", 1);
	j = judged(matches);
	assert_int_equal(j.outcome, GRADE_WRONG);
	assert_int_equal(j.score, 150);
	assert_int_equal(matches[0], 2);
	assert_int_equal(matches[1], 1);
	assert_string_equal(j.reason,
	                    "3 of 4 subtests passed; the first lost is x, 2 of 3.");
	/* What was shown before a crash counts. */
	build_end(&b, TRACE_DEADLOCK, 0);
	j = judged(matches);
	assert_int_equal(j.outcome, GRADE_DEADLOCKED);
	assert_int_equal(j.score, 150);
}

static void outcomes_differ(void **state)
{
	struct trace_event *e;

	(void)state;
	load_test("");
	run_of("", 0);
	build_end(&b, TRACE_LIMIT, 0);
	assert_int_equal(judged(NULL).outcome, GRADE_TIMED_OUT);
	build_end(&b, TRACE_DEADLOCK, 0);
	assert_int_equal(judged(NULL).outcome, GRADE_DEADLOCKED);
	build_end(&b, TRACE_FAULTED, 0);
	assert_int_equal(judged(NULL).outcome, GRADE_CRASHED);
	e = build_event(&b, "1.1", TRACE_PANIC);
	e->panic.text = "no\n";
	build_end(&b, TRACE_PANICKED, 0);
	expect_judged(GRADE_CRASHED, 0, "The kernel panicked: \"no\\n\".");
	b.trace.complete = false;
	expect_judged(GRADE_WRONG, 0, "The trace has no end.");
}

static void demands_that_the_program_ran(void **state)
{
	(void)state;
	load_test("");
	build_start(&b);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_judged(GRADE_WRONG, 0, "The program forktest was never run.");
}

/* --- points --- */

static void points_are_exact(void **state)
{
	struct text out = {0};

	(void)state;
	report_points(&out, 1500);
	text_char(&out, ' ');
	report_points(&out, 750);
	text_char(&out, ' ');
	report_points(&out, 25);
	text_char(&out, ' ');
	report_points(&out, 5);
	assert_string_equal(out.data, "15 7.5 0.25 0.05");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_field),
		cmocka_unit_test(names_a_source_in_c),
		cmocka_unit_test(refuses_with_file_and_place),
		cmocka_unit_test(passes_what_is_right),
		cmocka_unit_test(tells_how_the_console_differs),
		cmocka_unit_test(demands_the_status),
		cmocka_unit_test(subtests_make_the_score),
		cmocka_unit_test(outcomes_differ),
		cmocka_unit_test(demands_that_the_program_ran),
		cmocka_unit_test(points_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, drop_rubric);
}
