/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the check expect of the report on the trace they have built, `b`. */
#ifndef FORKSCOPE_TESTS_EXPECT_CHECK_H
#define FORKSCOPE_TESTS_EXPECT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "build_trace.h"
#include "check/check.h"

/* Begun anew for each test. */
static struct build b;

static inline int begin(void **state)
{
	(void)state;
	build_start(&b);
	return 0;
}

#define check_test(test) cmocka_unit_test_setup(test, begin)

static inline struct check_report *checked(void)
{
	struct check_report *report;

	assert_int_equal(check_trace(&b.trace, &report), 0);
	return report;
}

static inline const struct check_pair *find_pair(const struct check_report *r,
                                                 const char *child)
{
	for (size_t i = 0; i < r->npairs; i++)
		if (strcmp(r->forest->processes[r->pairs[i].child].path, child) == 0)
			return &r->pairs[i];
	fail_msg("no pair with child %s", child);
	return NULL;
}

/* Everything holds. */
static inline void expect_good(void)
{
	struct check_report *r = checked();

	for (int i = 0; i < CHECK_INVARIANTS; i++)
		if (r->results[i].verdict != CHECK_HOLDS)
			fail_msg("%s: %s", check_invariant_name((enum check_invariant)i),
			         r->results[i].reason);
	assert_int_equal(r->verdict, CHECK_HOLDS);
	check_report_free(r);
}

/* `which` is violated, with a reason that contains `reason`. */
static inline void expect_violated(enum check_invariant which, const char *reason)
{
	struct check_report *r = checked();
	const struct check_result *result = &r->results[which];

	assert_int_equal(r->verdict, CHECK_VIOLATED);
	assert_int_equal(result->verdict, CHECK_VIOLATED);
	assert_true(result->violations > 0);
	if (!strstr(result->reason, reason))
		fail_msg("'%s' is not in '%s'", reason, result->reason);
	check_report_free(r);
}

/* `which` is violated and nothing else. */
static inline void expect_only(enum check_invariant which, const char *reason)
{
	struct check_report *r = checked();

	for (int i = 0; i < CHECK_INVARIANTS; i++)
		if (i != (int)which && r->results[i].verdict == CHECK_VIOLATED)
			fail_msg("%s: %s", check_invariant_name((enum check_invariant)i),
			         r->results[i].reason);
	check_report_free(r);
	expect_violated(which, reason);
}

static inline void expect_ordering(const char *child, enum forest_ordering ordering)
{
	struct check_report *r = checked();

	assert_int_equal(find_pair(r, child)->ordering, ordering);
	check_report_free(r);
}

#endif
