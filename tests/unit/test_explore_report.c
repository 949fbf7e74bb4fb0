/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explore/explore.h"

/* What was not seen may hold anything. */
static void what_was_cut_is_not_complete(void **state)
{
	const struct explore_report r = {
		.strategy = EXPLORE_DPOR,
		.end = EXPLORE_CUT,
		.runs = 1234,
		.cut = 2,
		.preemptions = -1,
	};
	struct text text = {0}, json = {0};

	(void)state;
	explore_report_text(&r, &text, false);
	explore_report_json(&r, &json);
	assert_ptr_equal(strstr(text.data, "incomplete: 1,234 interleavings, "),
	                 text.data);
	assert_non_null(strstr(text.data, "\n2 too long to be seen to the end\n"));
	assert_non_null(strstr(json.data, "\"end\":\"cut\",\"complete\":false"));
	assert_non_null(strstr(json.data, "\"cut\":2,"));
	text_free(&text);
	text_free(&json);
}

/* Interrupted before it was: that is not none, and nothing is proved. */
static void what_was_not_counted_is_not_told(void **state)
{
	struct explore_violation v = {
		.check = EXPLORE_PANIC,
		.reason = (char[]){"the kernel panics"},
		.preemptions = EXPLORE_UNCOUNTED,
	};
	const struct explore_report r = {
		.strategy = EXPLORE_DPOR,
		.end = EXPLORE_INTERRUPTED,
		.preemptions = -1,
		.violations = &v,
		.nviolations = 1,
	};
	struct text text = {0}, json = {0};

	(void)state;
	explore_report_text(&r, &text, false);
	explore_report_json(&r, &json);
	assert_non_null(strstr(text.data, "the kernel panics"));
	assert_null(strstr(text.data, "preemption"));
	assert_null(strstr(json.data, "\"preemptions\""));
	assert_null(strstr(json.data, "\"proved\""));
	text_free(&text);
	text_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_cut_is_not_complete),
		cmocka_unit_test(what_was_not_counted_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
