/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes to a worker and back is the same on the other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/explore_wire.h"

/* As if it had come over a pipe, with what was sent gone. */
static struct wire_header *received(struct text *text)
{
	struct wire_header *header;

	assert_false(text->failed);
	header = malloc(text->length);
	assert_non_null(header);
	memcpy(header, text->data, text->length);
	assert_int_equal(header->size, text->length);
	memset(text->data, 0xa5, text->length);
	text_free(text);
	return header;
}

static const struct order_access some[] = {{0x1000, 8, true, false},
                                           {0x2000, 4, false, true}};
static const struct order_access other[] = {{0x3000, 1, true, false}};

static void assert_accesses(const struct order_access *accesses, size_t n,
                            const struct order_access *expected, size_t expected_n)
{
	assert_int_equal(n, expected_n);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_not_equal(&accesses[i], &expected[i]);
		assert_int_equal(accesses[i].pa, expected[i].pa);
		assert_int_equal(accesses[i].size, expected[i].size);
		assert_int_equal(accesses[i].write, expected[i].write);
		assert_int_equal(accesses[i].commutes, expected[i].commutes);
	}
}

static void item_comes_whole(void **state)
{
	const struct search_switch switches[] = {{100, 1}, {200, 2}, {300, 1}};
	const struct search_sleeper sleepers[] = {{3, some, 2},
	                                          {4, NULL, 0},
	                                          {5, other, 1}};
	const uint64_t awake = 250;
	const struct search_item item = {.number = 7,
	                                 .switches = switches,
	                                 .nswitches = 3,
	                                 .sleepers = sleepers,
	                                 .nsleepers = 2,
	                                 .nawake = 1,
	                                 .awake = &awake,
	                                 .strategy = EXPLORE_PCT,
	                                 .seed = 11,
	                                 .depth = 2,
	                                 .length = 99};
	struct text text = {0};
	struct wire_header *header;
	const struct search_item *got;

	(void)state;
	wire_put_item(&text, &item, 42);
	header = received(&text);
	assert_int_equal(header->index, 42);
	got = wire_item(header);
	assert_int_equal(got->number, 7);
	assert_int_equal(got->strategy, EXPLORE_PCT);
	assert_int_equal(got->seed, 11);
	assert_int_equal(got->depth, 2);
	assert_int_equal(got->length, 99);
	assert_int_equal(got->nswitches, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got->switches[i].at, switches[i].at);
		assert_int_equal(got->switches[i].thread, switches[i].thread);
		assert_int_equal(got->sleepers[i].thread, sleepers[i].thread);
	}
	assert_int_equal(got->awake[0], 250);
	assert_accesses(got->sleepers[0].accesses, got->sleepers[0].naccesses, some, 2);
	assert_int_equal(got->sleepers[1].naccesses, 0);
	assert_accesses(got->sleepers[2].accesses, got->sleepers[2].naccesses, other, 1);
	free(header);
}

/* Two races about the same step, as the runner tells them: one array of accesses. */
static const struct search_sleeper initials[] = {{2, other, 1}, {3, some, 2}};
static const struct search_race races[] = {
	{.at = 10,
         .thread = 1,
         .accesses = some,
         .naccesses = 2,
         .costs = true,
         .preemptions = 1,
         .initials = initials,
         .ninitials = 2},
	{.at = 20,
         .thread = 4,
         .accesses = some,
         .naccesses = 2,
         .initials = initials + 1,
         .ninitials = 1},
};

static void outcome_comes_whole(void **state)
{
	const uint64_t woken[] = {5, UINT64_MAX};
	const struct search_switch passed[] = {{70, 2}};
	struct explore_outcome *outcome = calloc(1, sizeof(*outcome));
	struct text text = {0};
	struct wire_header *header;
	const struct explore_outcome *got;

	(void)state;
	assert_non_null(outcome);
	outcome->result = (struct search_result){.outcome = SEARCH_RAN,
	                                         .hash = 0x1234,
	                                         .steps = 9,
	                                         .threads = 4,
	                                         .woken = woken,
	                                         .passed = passed,
	                                         .npassed = 1,
	                                         .first = other,
	                                         .nfirst = 1,
	                                         .races = races,
	                                         .nraces = 2};
	outcome->nfindings = 1;
	outcome->findings[0].check = EXPLORE_PANIC;
	outcome->findings[0].key = 77;
	strcpy(outcome->findings[0].reason, "because");
	outcome->instructions = 1000;
	wire_put_outcome(&text, outcome, 2, 3);
	free(outcome);
	header = received(&text);
	got = wire_outcome(header);
	assert_int_equal(header->index, 3);
	assert_int_equal(got->instructions, 1000);
	assert_int_equal(got->nfindings, 1);
	assert_int_equal(got->findings[0].key, 77);
	assert_string_equal(got->findings[0].reason, "because");
	assert_int_equal(got->result.hash, 0x1234);
	assert_int_equal(got->result.woken[0], 5);
	assert_true(got->result.woken[1] == UINT64_MAX);
	assert_int_equal(got->result.passed[0].at, 70);
	assert_accesses(got->result.first, got->result.nfirst, other, 1);
	assert_int_equal(got->result.nraces, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct search_race *race = &got->result.races[i];

		assert_int_equal(race->at, races[i].at);
		assert_int_equal(race->costs, races[i].costs);
		assert_int_equal(race->preemptions, races[i].preemptions);
		assert_accesses(race->accesses, race->naccesses, some, 2);
		assert_int_equal(race->ninitials, races[i].ninitials);
	}
	assert_accesses(got->result.races[0].initials[0].accesses,
	                got->result.races[0].initials[0].naccesses, other, 1);
	assert_accesses(got->result.races[1].initials[0].accesses,
	                got->result.races[1].initials[0].naccesses, some, 2);
	/* Once only, however many name it. */
	assert_ptr_equal(got->result.races[0].accesses, got->result.races[1].accesses);
	free(header);
}

static void empty_outcome_comes_whole(void **state)
{
	struct explore_outcome *outcome = calloc(1, sizeof(*outcome));
	struct text text = {0};
	struct wire_header *header;
	const struct explore_outcome *got;

	(void)state;
	assert_non_null(outcome);
	outcome->result.outcome = SEARCH_IMPOSSIBLE;
	wire_put_outcome(&text, outcome, 0, 0);
	free(outcome);
	header = received(&text);
	got = wire_outcome(header);
	assert_int_equal(got->result.outcome, SEARCH_IMPOSSIBLE);
	assert_int_equal(got->result.nraces, 0);
	assert_null(got->result.first);
	free(header);
}

static void error_comes_with_its_text(void **state)
{
	struct text text = {0};
	struct wire_header *header;

	(void)state;
	error_text("interleaving %d is bad", 5);
	wire_put_error(&text, ERR_MEMORY, 9);
	error_text("another");
	header = received(&text);
	assert_int_equal(header->error, ERR_MEMORY);
	assert_int_equal(header->index, 9);
	assert_string_equal(wire_error(header), "interleaving 5 is bad");
	free(header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(item_comes_whole),
		cmocka_unit_test(outcome_comes_whole),
		cmocka_unit_test(empty_outcome_comes_whole),
		cmocka_unit_test(error_comes_with_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
