/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sequence of what a search hands out, and the search as bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "explore/search_private.h"
#include "fake_program.h"

enum { BATCH = 64 };

enum { LOG = 1000 };

/* Hashes of the pieces in the order of handing out. */
struct log {
	uint64_t items[LOG];
	size_t n;
};

static uint64_t hash_on(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001b3) ^ hash >> 29;
}

static uint64_t hash_item(const struct search_item *item)
{
	uint64_t hash = hash_on(item->number + 1, item->strategy);

	for (size_t i = 0; i < item->nswitches; i++) {
		hash = hash_on(hash, item->switches[i].at);
		hash = hash_on(hash, item->switches[i].thread);
	}
	for (size_t i = 0; i < item->nsleepers; i++) {
		hash = hash_on(hash, item->sleepers[i].thread);
		for (size_t j = 0; j < item->sleepers[i].naccesses; j++)
			hash = hash_on(hash, item->sleepers[i].accesses[j].pa);
	}
	return hash_on(hash_on(hash_on(hash, item->seed), item->depth), item->length);
}

/* Goes on with a search until it is over or `stop` results were reported. */
static void go_on(struct search *search, struct log *log, size_t stop)
{
	struct fake fake = {.program = &fake_lock_and_flag};
	const struct search_item *items[BATCH];
	size_t reported = 0;

	for (size_t n; (n = search_next(search, items, 8)) != 0;)
		for (size_t i = 0; i < n; i++) {
			if (reported++ == stop) {
				fake_free(&fake);
				return;
			}
			log->items[log->n++ % LOG] = hash_item(items[i]);
			fake_execute(&fake, items[i]);
			assert_int_equal(search_report(search, items[i], &fake.result),
			                 0);
		}
	fake_free(&fake);
}

static void expect_same_log(const struct log *a, const struct log *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->items, b->items, sizeof(a->items));
}

static void expect_same_counts(const struct search *a, const struct search *b)
{
	struct search_counts x, y;

	search_counts(a, &x);
	search_counts(b, &y);
	assert_int_equal(x.runs, y.runs);
	assert_int_equal(x.redundant, y.redundant);
	assert_int_equal(x.classes, y.classes);
	assert_int_equal(x.pending, y.pending);
	assert_int_equal(x.preemptions, y.preemptions);
	assert_int_equal(x.strategy, y.strategy);
	assert_int_equal(x.complete, y.complete);
	assert_true(x.share == y.share);
	assert_true(x.probability == y.probability);
}

static int restore(struct search **search, const struct explore_config *config,
                   const struct text *bytes)
{
	return search_restore(search, config, (const uint8_t *)bytes->data, bytes->length,
	                      "state");
}

/* Saved after `stop` results, it goes on as if it had not been. */
static bool save_after(const struct explore_config *config, size_t stop)
{
	static struct log whole, parts;
	struct search *a, *b;
	struct text bytes = {0}, again = {0};

	whole.n = parts.n = 0;
	assert_int_equal(search_create(&a, config), 0);
	go_on(a, &whole, SIZE_MAX);
	assert_int_equal(search_create(&b, config), 0);
	go_on(b, &parts, stop);
	bool in_the_middle = parts.n < whole.n;

	search_save(b, &bytes);
	search_free(b);
	assert_int_equal(restore(&b, config, &bytes), 0);
	search_save(b, &again);
	assert_int_equal(bytes.length, again.length);
	assert_memory_equal(bytes.data, again.data, bytes.length);
	go_on(b, &parts, SIZE_MAX);
	expect_same_log(&whole, &parts);
	expect_same_counts(a, b);
	search_free(a);
	search_free(b);
	text_free(&bytes);
	text_free(&again);
	return in_the_middle;
}

static void a_saved_search_goes_on_as_it_would_have(void **state)
{
	(void)state;
	for (int strategy = 0; strategy < EXPLORE_STRATEGIES; strategy++) {
		struct explore_config config = {.strategy =
		                                        (enum explore_strategy)strategy,
		                                .preemptions = -1,
		                                .seed = 5};
		size_t steps = strategy >= EXPLORE_PCT ? 3331 : 1;

		for (size_t stop = 0; save_after(&config, stop); stop += steps)
			;
	}
}

static void saved_some(struct explore_config *config, struct text *bytes)
{
	struct log log = {.n = 0};
	struct search *s;

	*config = (struct explore_config){.strategy = EXPLORE_DPOR, .preemptions = -1};
	assert_int_equal(search_create(&s, config), 0);
	go_on(s, &log, 5);
	search_save(s, bytes);
	search_free(s);
}

/* A limit is that of the command, which may go on where another one came to an end. */
static void chance_goes_on_after_its_end(void **state)
{
	struct explore_config config = {.strategy = EXPLORE_RANDOM, .preemptions = -1};
	static struct log log;
	struct search_counts counts;
	struct search *search;
	struct text bytes = {0};

	(void)state;
	assert_int_equal(search_create(&search, &config), 0);
	go_on(search, &log, SIZE_MAX);
	search_save(search, &bytes);
	search_free(search);
	config.max_runs = 100;
	assert_int_equal(restore(&search, &config, &bytes), 0);
	go_on(search, &log, 50);
	search_counts(search, &counts);
	assert_false(counts.complete);
	assert_true(counts.share == 0.5);
	search_free(search);
	text_free(&bytes);
}

static void damaged_states_are_refused(void **state)
{
	struct explore_config config;
	struct text bytes = {0};
	struct search *s;

	(void)state;
	saved_some(&config, &bytes);
	for (struct text cut = bytes; cut.length-- > 0;)
		assert_int_equal(restore(&s, &config, &cut), ERR_FILE);
	for (size_t i = 0; i < bytes.length; i++) {
		bytes.data[i] ^= 0x10;
		assert_int_equal(restore(&s, &config, &bytes), ERR_FILE);
		assert_non_null(strstr(error_message(), "state: "));
		bytes.data[i] ^= 0x10;
	}
	assert_int_equal(restore(&s, &config, &bytes), 0);
	search_free(s);
	text_free(&bytes);
}

static void states_of_others_are_refused(void **state)
{
	static const char *const within[] = {"sys_wait", NULL};
	struct explore_config config;
	struct text bytes = {0};
	struct search *s;

	(void)state;
	saved_some(&config, &bytes);
	config.seed = 1;
	assert_int_equal(restore(&s, &config, &bytes), ERR_FILE);
	config.seed = 0;
	config.strategy = EXPLORE_DEFAULT;
	assert_int_equal(restore(&s, &config, &bytes), ERR_FILE);
	config.strategy = EXPLORE_DPOR;
	config.within = within;
	assert_int_equal(restore(&s, &config, &bytes), ERR_FILE);
	config.within = NULL;
	config.without = within;
	assert_int_equal(restore(&s, &config, &bytes), ERR_FILE);
	text_free(&bytes);
}

static void it_does_not_matter_who_runs_what_when(void **state)
{
	static struct log straight, reversed;
	struct explore_config config = {.strategy = EXPLORE_DEFAULT, .preemptions = -1};
	struct fake fakes[8] = {{0}};
	const struct search_item *items[8];
	struct search *a, *b;

	(void)state;
	assert_int_equal(search_create(&a, &config), 0);
	go_on(a, &straight, SIZE_MAX);
	assert_int_equal(search_create(&b, &config), 0);
	for (size_t n; (n = search_next(b, items, 8)) != 0;) {
		for (size_t i = n; i--;) {
			fakes[i].program = &fake_lock_and_flag;
			fake_execute(&fakes[i], items[i]);
		}
		for (size_t i = 0; i < n; i++) {
			reversed.items[reversed.n++] = hash_item(items[i]);
			assert_int_equal(search_report(b, items[i], &fakes[i].result), 0);
		}
	}
	expect_same_log(&straight, &reversed);
	expect_same_counts(a, b);
	search_free(a);
	search_free(b);
	for (size_t i = 0; i < 8; i++)
		fake_free(&fakes[i]);
}

/* --- the rest --- */

static void runs_are_freed_when_nothing_refers_to_them(void **state)
{
	struct explore_config config = {.strategy = EXPLORE_DEFAULT, .preemptions = -1};
	struct log log = {.n = 0};
	struct search *s;

	(void)state;
	assert_int_equal(search_create(&s, &config), 0);
	go_on(s, &log, SIZE_MAX);
	assert_true(log.n > 100);
	assert_null(s->oldest);
	assert_null(s->newest);
	search_free(s);
}

/* Pieces above the bound are then run before it is raised, and nothing is missed. */
static void a_bounded_search_goes_on_where_memory_is_short(void **state)
{
	struct explore_config config = {.strategy = EXPLORE_BOUNDED, .preemptions = 3};
	uint64_t classes[2], most[2] = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fake fake = {.program = &fake_lock_and_flag};
		const struct search_item *items[1];
		struct search_counts counts;
		struct search *s;

		assert_int_equal(search_create(&s, &config), 0);
		if (i)
			s->bytes_max = 4000;
		while (search_next(s, items, 1)) {
			fake_execute(&fake, items[0]);
			assert_int_equal(search_report(s, items[0], &fake.result), 0);
			most[i] = most[i] < s->bytes ? s->bytes : most[i];
		}
		search_counts(s, &counts);
		assert_true(counts.complete);
		assert_int_equal(counts.preemptions, 3);
		assert_int_equal(s->bytes, 0);
		classes[i] = counts.classes;
		search_free(s);
		fake_free(&fake);
	}
	assert_int_equal(classes[0], classes[1]);
	assert_true(most[1] < most[0]);
}

static void the_share_ends_as_one(void **state)
{
	static const enum explore_strategy strategies[] = {EXPLORE_DPOR, EXPLORE_BOUNDED,
	                                                   EXPLORE_DEFAULT};
	struct fake fake = {.program = &fake_lock_and_flag};
	const struct search_item *items[BATCH];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct explore_config config = {.strategy = strategies[i],
		                                .preemptions = -1};
		struct search_counts counts;
		struct search *s;
		double last = -1;

		assert_int_equal(search_create(&s, &config), 0);
		while (search_next(s, items, 1)) {
			fake_execute(&fake, items[0]);
			assert_int_equal(search_report(s, items[0], &fake.result), 0);
			search_counts(s, &counts);
			assert_true(counts.share >= 0 && counts.share <= 1);
			last = counts.share;
		}
		assert_true(last > 0.999999);
		search_free(s);
	}
	fake_free(&fake);
}

static void what_is_impossible_stands_for_nothing(void **state)
{
	/* Each writes; who is tried first at the beginning cannot be. */
	struct fake_program p = {.nthreads = 3};
	struct explore_config config = {.strategy = EXPLORE_DPOR, .preemptions = -1};
	struct fake fake = {.program = &p};
	const struct search_item *items[1];
	struct search_counts counts;
	int refused = -1;
	struct search *s;

	(void)state;
	for (int t = 0; t < 3; t++)
		p.ops[t][0] = (struct fake_op){FAKE_WRITE, 0, 0};
	assert_int_equal(search_create(&s, &config), 0);
	while (search_next(s, items, 1)) {
		const struct search_item *item = items[0];

		fake_execute(&fake, item);
		if (item->nswitches == 1 && item->switches[0].at == 0) {
			if (refused < 0) {
				refused = item->switches[0].thread;
				fake.result = (struct search_result){
					.outcome = SEARCH_IMPOSSIBLE};
			}
			for (size_t i = 0; item->nswitches && i < item->nsleepers; i++)
				assert_int_not_equal(item->sleepers[i].thread, refused);
		}
		assert_int_equal(search_report(s, item, &fake.result), 0);
	}
	search_counts(s, &counts);
	assert_int_equal(counts.impossible, 1);
	assert_true(counts.complete);
	/* Those that begin with the other two. */
	assert_int_equal(counts.runs, 4);
	search_free(s);
	fake_free(&fake);
}

/* Runs by chance, all of the same length; what the last one was. */
static struct search_item by_chance(struct search *s, size_t runs, uint64_t *seeds)
{
	struct search_result result = {.outcome = SEARCH_RAN, .steps = 10, .threads = 4};
	const struct search_item *items[BATCH];
	struct search_item last = {0};
	size_t done = 0;

	while (done < runs) {
		size_t n = search_next(s, items, BATCH);

		if (!n)
			break;
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(items[i]->number, done);
			assert_int_equal(items[i]->nswitches, 0);
			last = *items[i];
			result.hash = items[i]->seed;
			*seeds += items[i]->seed == 0;
			assert_int_equal(search_report(s, items[i], &result), 0);
			done++;
		}
	}
	return last;
}

static void pct_has_change_points_and_a_guarantee(void **state)
{
	struct explore_config config = {.strategy = EXPLORE_PCT, .preemptions = -1};
	struct search_counts counts;
	uint64_t plain = 0;
	struct search *s;

	(void)state;
	assert_int_equal(search_create(&s, &config), 0);
	struct search_item last = by_chance(s, 65, &plain);

	assert_int_equal(plain, 1);
	assert_int_equal(last.strategy, EXPLORE_PCT);
	assert_int_equal(last.depth, 2);
	assert_int_equal(last.length, 10);
	search_counts(s, &counts);
	assert_int_equal(counts.runs, 65);
	assert_int_equal(counts.classes, 65);
	/* 1 - (1 - 1 / (4 * 10^2))^64 */
	assert_true(counts.probability > 0.14802 && counts.probability < 0.14804);
	assert_false(counts.complete);
	search_free(s);
}

static void searches_by_chance_have_a_limit_if_nobody_sets_one(void **state)
{
	struct explore_config config = {.strategy = EXPLORE_RANDOM, .seed = 3};
	struct search_counts counts;
	uint64_t plain = 0;
	struct search *s;

	(void)state;
	assert_int_equal(search_create(&s, &config), 0);
	assert_int_equal(by_chance(s, SIZE_MAX, &plain).number, 9999);
	assert_int_equal(plain, 1);
	search_counts(s, &counts);
	assert_int_equal(counts.runs, 10000);
	assert_int_equal(counts.classes, 10000);
	assert_true(counts.complete);
	search_free(s);

	config.max_runs = 20000;
	assert_int_equal(search_create(&s, &config), 0);
	by_chance(s, 15000, &plain);
	search_counts(s, &counts);
	assert_true(counts.runs >= 15000);
	assert_true(counts.share >= 0.75 && counts.share < 0.76);
	search_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_saved_search_goes_on_as_it_would_have),
		cmocka_unit_test(chance_goes_on_after_its_end),
		cmocka_unit_test(damaged_states_are_refused),
		cmocka_unit_test(states_of_others_are_refused),
		cmocka_unit_test(it_does_not_matter_who_runs_what_when),
		cmocka_unit_test(runs_are_freed_when_nothing_refers_to_them),
		cmocka_unit_test(a_bounded_search_goes_on_where_memory_is_short),
		cmocka_unit_test(the_share_ends_as_one),
		cmocka_unit_test(what_is_impossible_stands_for_nothing),
		cmocka_unit_test(pct_has_change_points_and_a_guarantee),
		cmocka_unit_test(searches_by_chance_have_a_limit_if_nobody_sets_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
