/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search, against every interleaving of small programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_program.h"

enum { BATCH = 64 };

/* What came of a whole search. */
struct found {
	struct fake_classes classes;
	struct search_counts counts;
	uint64_t over_bound; /* runs with more preemptions than allowed */
};

static struct fake_classes all_classes(const struct fake_program *program)
{
	struct fake fake = {.program = program};
	struct fake_classes classes = {0};

	fake_start(program, &fake.state);
	assert_true(fake_all(&fake, &classes, 2000000));
	fake_free(&fake);
	return classes;
}

static void take(struct fake *fake, struct found *found, int bound)
{
	assert_string_equal(fake->wrong, "");
	if (fake->result.outcome == SEARCH_RAN)
		fake_class_add(&found->classes, fake->result.hash,
		               fake->state.preemptions);
	if (bound >= 0 && (int)fake->state.preemptions > bound)
		found->over_bound++;
}

static struct found search_all(const struct fake_program *program,
                               enum explore_strategy strategy, int preemptions,
                               size_t max)
{
	struct explore_config config = {.strategy = strategy, .preemptions = preemptions};
	struct fake fake = {.program = program};
	struct found found = {0};
	const struct search_item *items[BATCH];
	struct search *search;

	assert_int_equal(search_create(&search, &config), 0);
	for (size_t n; (n = search_next(search, items, max)) != 0;) {
		for (size_t i = 0; i < n; i++) {
			fake_execute(&fake, items[i]);
			take(&fake, &found,
			     strategy == EXPLORE_BOUNDED ? preemptions : -1);
			assert_int_equal(search_report(search, items[i], &fake.result),
			                 0);
		}
	}
	search_counts(search, &found.counts);
	assert_null(search_next(search, items, max));
	search_free(search);
	fake_free(&fake);
	return found;
}

/* Each class of `want` once, and nothing else. */
static void expect_each_once(const struct found *found, const struct fake_classes *want)
{
	assert_int_equal(found->counts.runs, want->n);
	assert_int_equal(found->counts.classes, want->n);
	assert_int_equal(found->counts.pending, 0);
	assert_true(found->counts.complete);
	assert_int_equal(found->classes.n, want->n);
	for (size_t i = 0; i < want->n; i++)
		assert_non_null(fake_class((struct fake_classes *)&found->classes,
		                           want->list[i].hash));
}

/* Just those that come about with at most `bound` preemptions. */
static void expect_bounded(const struct found *found, const struct fake_classes *want,
                           unsigned int bound)
{
	size_t n = 0;

	assert_int_equal(found->over_bound, 0);
	for (size_t i = 0; i < want->n; i++) {
		if (want->list[i].preemptions > bound)
			continue;
		n++;
		assert_non_null(fake_class((struct fake_classes *)&found->classes,
		                           want->list[i].hash));
	}
	assert_int_equal(found->classes.n, n);
	assert_int_equal(found->counts.classes, n);
	assert_true(found->counts.complete);
	assert_int_equal(found->counts.preemptions, bound);
	assert_int_equal(found->counts.below, bound + 1);
}

/* dpor and bounded by 0 to 3 against all interleavings; the number of classes. */
static size_t compare(const char *name, const struct fake_program *program)
{
	struct fake_classes want = all_classes(program);
	struct found found = search_all(program, EXPLORE_DPOR, -1, BATCH);
	struct found one = search_all(program, EXPLORE_DPOR, -1, 1);
	size_t n = want.n;

	if (name)
		print_message(
			"%s: %llu interleavings, %zu classes; dpor: %llu redundant, "
			"%llu one by one; bounded:",
			name, (unsigned long long)want.interleavings, n,
			(unsigned long long)found.counts.redundant,
			(unsigned long long)one.counts.redundant);
	expect_each_once(&found, &want);
	expect_each_once(&one, &want);
	free(found.classes.list);
	free(one.classes.list);
	for (int bound = 0; bound <= 3; bound++) {
		found = search_all(program, EXPLORE_BOUNDED, bound, BATCH);
		if (name)
			print_message(" %llu/%llu", (unsigned long long)found.counts.runs,
			              (unsigned long long)found.counts.classes);
		expect_bounded(&found, &want, (unsigned int)bound);
		free(found.classes.list);
	}
	if (name)
		print_message("\n");
	free(want.list);
	return n;
}

static void threads_that_write_one_variable_have_n_factorial(void **state)
{
	static const size_t factorial[] = {1, 1, 2, 6, 24, 120};

	(void)state;
	for (int n = 2; n <= 5; n++) {
		struct fake_program p = {.nthreads = n};

		for (int t = 0; t < n; t++)
			p.ops[t][0] = (struct fake_op){FAKE_WRITE, 0, 0};
		assert_int_equal(compare("writers", &p), factorial[n]);
	}
}

static void independent_threads_have_one(void **state)
{
	struct fake_program p = {.nthreads = 4};

	(void)state;
	for (int t = 0; t < 4; t++)
		for (int i = 0; i < 2; i++)
			p.ops[t][i] = (struct fake_op){FAKE_WRITE, t, 0};
	assert_int_equal(compare("independent", &p), 1);
}

static void one_writer_and_n_readers(void **state)
{
	(void)state;
	for (int readers = 1; readers <= 4; readers++) {
		struct fake_program p = {.nthreads = readers + 1};

		p.ops[0][0] = (struct fake_op){FAKE_WRITE, 0, 0};
		for (int t = 1; t <= readers; t++)
			p.ops[t][0] = (struct fake_op){FAKE_READ, 0, 0};
		/* Each reader before or after. */
		assert_int_equal(compare("readers", &p), 1 << readers);
	}
}

static void two_writers_and_two_readers(void **state)
{
	struct fake_program p = {.nthreads = 4,
	                         .ops = {{{FAKE_WRITE, 0, 0}},
	                                 {{FAKE_WRITE, 0, 0}},
	                                 {{FAKE_READ, 0, 0}},
	                                 {{FAKE_READ, 0, 0}}}};

	(void)state;
	/* Two orders of the writers; each reader in one of three places. */
	assert_int_equal(compare("readers and writers", &p), 18);
}

static void counters_behind_a_lock(void **state)
{
	struct fake_program p = {.nthreads = 3};

	(void)state;
	for (int t = 0; t < 3; t++) {
		p.ops[t][0] = (struct fake_op){FAKE_LOCK, 0, 0};
		p.ops[t][1] = (struct fake_op){FAKE_READ, 0, 0};
		p.ops[t][2] = (struct fake_op){FAKE_WRITE, 0, 0};
		p.ops[t][3] = (struct fake_op){FAKE_UNLOCK, 0, 0};
	}
	assert_true(compare("lock", &p) > 6);
}

static void a_lost_wakeup(void **state)
{
	struct fake_program p = {.nthreads = 3,
	                         .created = 2,
	                         .ops = {{{FAKE_CREATE, 1, 0},
	                                  {FAKE_SKIP, 0, 1},
	                                  {FAKE_WAIT, 0, 0},
	                                  {FAKE_READ, 0, 0}},
	                                 {{FAKE_WRITE, 0, 0}, {FAKE_SIGNAL, 0, 0}},
	                                 {{FAKE_WRITE, 1, 0}}}};

	(void)state;
	compare("lost wakeup", &p);
}

static void children_of_children(void **state)
{
	struct fake_program p = {
		.nthreads = 4,
		.created = 14,
		.ops = {{{FAKE_CREATE, 1, 0}, {FAKE_CREATE, 2, 0}, {FAKE_WRITE, 0, 0}},
	                {{FAKE_READ, 0, 0}, {FAKE_CREATE, 3, 0}, {FAKE_WRITE, 1, 0}},
	                {{FAKE_WRITE, 0, 0}, {FAKE_READ, 1, 0}},
	                {{FAKE_READ, 1, 0}, {FAKE_WRITE, 0, 0}}}};

	(void)state;
	compare("children", &p);
}

/*
 * Where thread 0 comes after the write of thread 1 it no longer touches what thread 2
 * reads: that run shows no race between the two.
 */
static void a_step_that_goes_another_way(void **state)
{
	struct fake_program p = {.nthreads = 3,
	                         .glued = {1 << 1},
	                         .ops = {{{FAKE_SKIP, 2, 1}, {FAKE_WRITE, 1, 0}},
	                                 {{FAKE_WRITE, 0, 0}, {FAKE_WRITE, 2, 0}},
	                                 {{FAKE_READ, 1, 0}}}};

	(void)state;
	assert_int_equal(compare("a step that goes another way", &p), 3);
}

static uint64_t next_random(uint64_t *x)
{
	*x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *x >> 33;
}

static struct fake_program random_program(uint64_t seed)
{
	static const enum fake_kind kinds[] = {FAKE_READ, FAKE_WRITE,  FAKE_MOVE,
	                                       FAKE_ADD,  FAKE_SKIP,   FAKE_WRITE,
	                                       FAKE_LOCK, FAKE_LOCK,   FAKE_UNLOCK,
	                                       FAKE_WAIT, FAKE_SIGNAL, FAKE_SIGNAL};
	uint64_t x = seed * 7919 + 1;
	struct fake_program p = {.nthreads = 2 + (int)(next_random(&x) % 3)};
	int most = p.nthreads == 2 ? 6 : p.nthreads == 3 ? 4 : 2;

	/* Some without anything that sleeps. */
	size_t nkinds = seed % 3 ? sizeof(kinds) / sizeof(kinds[0]) : 5;

	for (int t = 0; t < p.nthreads; t++) {
		int n = 1 + (int)(next_random(&x) % (uint64_t)most), i = 0;

		if (t && next_random(&x) % 4 == 0) {
			p.created |= UINT64_C(1) << t;
			for (; p.ops[t - 1][i].kind != FAKE_END;)
				i++;
			p.ops[t - 1][i] = (struct fake_op){FAKE_CREATE, t, 0};
		}
		for (i = 0; i < n; i++)
			p.ops[t][i] = (struct fake_op){kinds[next_random(&x) % nkinds],
			                               (int)(next_random(&x) % 3),
			                               1 + (int)(next_random(&x) % 2)};
		for (int j = 1; j < n; j++)
			if (seed % 2 && next_random(&x) % 4 == 0)
				p.glued[t] |= UINT64_C(1) << j;
		/* A skip stays within the list. */
		for (int j = 0; j < n; j++)
			if (j + p.ops[t][j].b >= n)
				p.ops[t][j].b = n - j - 1;
	}
	return p;
}

static void random_programs(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 600; seed++) {
		struct fake_program p = random_program(seed);

		compare(NULL, &p);
	}
}

static void the_default_is_bounded_then_dpor(void **state)
{
	struct fake_classes want = all_classes(&fake_lock_and_flag);
	struct found both = search_all(&fake_lock_and_flag, EXPLORE_DEFAULT, -1, BATCH);
	struct found bounded = search_all(&fake_lock_and_flag, EXPLORE_BOUNDED, 2, BATCH);
	struct found dpor = search_all(&fake_lock_and_flag, EXPLORE_DPOR, -1, BATCH);

	(void)state;
	assert_int_equal(both.counts.runs, bounded.counts.runs + dpor.counts.runs);
	assert_int_equal(both.counts.classes, want.n);
	assert_int_equal(both.counts.strategy, EXPLORE_DPOR);
	assert_int_equal(both.counts.preemptions, 2);
	assert_int_equal(dpor.counts.preemptions, -1);
	assert_true(both.counts.complete && both.counts.share == 1);
	free(want.list);
	free(both.classes.list);
	free(bounded.classes.list);
	free(dpor.classes.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_that_write_one_variable_have_n_factorial),
		cmocka_unit_test(independent_threads_have_one),
		cmocka_unit_test(one_writer_and_n_readers),
		cmocka_unit_test(two_writers_and_two_readers),
		cmocka_unit_test(counters_behind_a_lock),
		cmocka_unit_test(a_lost_wakeup),
		cmocka_unit_test(children_of_children),
		cmocka_unit_test(a_step_that_goes_another_way),
		cmocka_unit_test(random_programs),
		cmocka_unit_test(the_default_is_bounded_then_dpor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
