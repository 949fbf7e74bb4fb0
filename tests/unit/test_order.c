/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Happens-before, races and initials, by hand and against their definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/order.h"

enum { STEPS = 40, ACCESSES = 6 };

static const uint64_t names[] = {11, 22, 33, 44, 55};
static struct order order;
static struct order_access accesses[STEPS][ACCESSES];
static struct order_step steps[STEPS];
static size_t nsteps;

static void start(void)
{
	memset(steps, 0, sizeof(steps));
	nsteps = 0;
}

/* A step with one access; size 0: none. */
static struct order_step *step(uint16_t thread, uint32_t pa, uint16_t size, bool write)
{
	struct order_step *s = &steps[nsteps];

	accesses[nsteps][0] = (struct order_access){pa, size, write, false};
	*s = (struct order_step){.thread = thread,
	                         .preemptible = true,
	                         .switched_in = nsteps && s[-1].thread != thread,
	                         .accesses = accesses[nsteps],
	                         .naccesses = size ? 1 : 0};
	nsteps++;
	return s;
}

static struct order_step *write_to(uint16_t thread, uint32_t pa)
{
	return step(thread, pa, 4, true);
}

static struct order_step *read_from(uint16_t thread, uint32_t pa)
{
	return step(thread, pa, 4, false);
}

static void build(void)
{
	assert_int_equal(order_build(&order, steps, nsteps, names, 5, 0), 0);
}

static void expect_race(size_t i, uint32_t earlier, uint32_t later)
{
	assert_true(i < order.nraces);
	assert_int_equal(order.races[i].earlier, earlier);
	assert_int_equal(order.races[i].later, later);
}

static void expect_initial(size_t race, size_t i, uint16_t thread, uint32_t first)
{
	const struct order_race *r = &order.races[race];

	assert_true(i < r->ninitials);
	assert_int_equal(order.initials[r->first_initial + i].thread, thread);
	assert_int_equal(order.initials[r->first_initial + i].step, first);
}

static void reads_do_not_conflict(void **state)
{
	(void)state;
	start();
	read_from(0, 16);
	read_from(1, 16);
	write_to(2, 16);
	build();
	assert_false(order_before(&order, 0, 1));
	assert_true(order_before(&order, 0, 2));
	assert_true(order_before(&order, 1, 2));
	assert_false(order_before(&order, 2, 1));
	assert_false(order_before(&order, 2, 2));
	assert_int_equal(order.nraces, 2);
	expect_race(0, 0, 2);
	expect_race(1, 1, 2);
	/* Thread 1 read before thread 2 wrote, and still does. */
	assert_int_equal(order.races[0].ninitials, 1);
	expect_initial(0, 0, 1, 1);
	assert_int_equal(order.races[1].ninitials, 1);
	expect_initial(1, 0, 2, 2);
}

static void one_byte_is_enough(void **state)
{
	static const struct {
		uint32_t pa;
		uint16_t size;
		bool conflict;
	} cases[] = {
		{100, 4, true},  {96, 4, false}, {96, 5, true},     {103, 1, true},
		{104, 1, false}, {99, 1, false}, {103, 4096, true}, {104, 4096, false},
		{0, 100, false}, {0, 101, true}, {97, 3, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int swap = 0; swap < 2; swap++) {
			start();
			if (!swap)
				step(0, 100, 4, true);
			step(1, cases[i].pa, cases[i].size, true);
			if (swap)
				step(0, 100, 4, true);
			build();
			assert_int_equal(order_before(&order, 0, 1), cases[i].conflict);
		}
}

/* At the top of the address space, where the next granule has no number. */
static void the_last_bytes(void **state)
{
	(void)state;
	start();
	step(0, UINT32_MAX - 3, 4, true);
	step(1, UINT32_MAX, 1, true);
	step(2, UINT32_MAX - 4, 1, true);
	build();
	assert_true(order_before(&order, 0, 1));
	assert_false(order_before(&order, 0, 2));
}

static void only_what_nothing_orders_is_a_race(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(0, 32);
	read_from(1, 32);
	read_from(1, 16); /* ordered through the one before */
	build();
	assert_int_equal(order.nraces, 1);
	expect_race(0, 1, 2);
	expect_initial(0, 0, 1, 2);
}

static void whom_a_step_wakes_comes_after_it(void **state)
{
	(void)state;
	start();
	write_to(0, 16)->wakes = 1U << 1 | 1U << 2;
	write_to(1, 16);
	write_to(0, 32);
	write_to(2, 32);
	build();
	assert_true(order_before(&order, 0, 1));
	assert_true(order_before(&order, 0, 3));
	/* The first two cannot be the other way round. */
	assert_int_equal(order.nraces, 1);
	expect_race(0, 2, 3);
}

static void who_is_woken_in_between_is_no_initial(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(1, 64)->wakes = 1U << 2;
	write_to(2, 16);
	build();
	assert_int_equal(order.nraces, 1);
	assert_int_equal(order.races[0].ninitials, 1);
	expect_initial(0, 0, 1, 1);
}

static void a_step_that_cannot_be_preempted_is_one_with_the_last(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(0, 24);
	write_to(0, 32)->preemptible = false;
	write_to(0, 40)->preemptible = false;
	write_to(1, 40);
	build();
	assert_int_equal(order.nraces, 1);
	expect_race(0, 1, 4);
	assert_int_equal(order.races[0].node, 1);
	assert_true(order_before(&order, 1, 2));
	assert_true(order_before(&order, 2, 4));
	assert_false(order_before(&order, 3, 2));
	expect_initial(0, 0, 1, 4);
	assert_int_equal(order.unreachable, 0);
}

static void races_where_nobody_can_run_are_counted(void **state)
{
	(void)state;
	start();
	write_to(0, 32)->preemptible = false;
	write_to(1, 32);
	write_to(1, 16);
	build();
	assert_int_equal(order.nraces, 0);
	assert_int_equal(order.unreachable, 1);
}

static void races_found_before_are_left_out(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(1, 16);
	write_to(2, 16);
	assert_int_equal(order_build(&order, steps, nsteps, names, 5, 2), 0);
	assert_int_equal(order.nraces, 1);
	expect_race(0, 1, 2);
}

static void stretches_begin_where_a_choice_was_free(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(1, 32)->switched_in = true;
	write_to(1, 48);
	write_to(2, 64)->preempting = true;
	write_to(1, 80)->switched_in = true;
	write_to(1, 96);
	write_to(3, 96);
	order.stretches = true;
	build();
	order.stretches = false;
	assert_int_equal(order.nraces, 3);
	for (size_t i = 0; i < 3; i++)
		expect_race(i, 5, 6);
	assert_int_equal(order.races[0].node, 1);
	assert_int_equal(order.races[1].node, 4);
	assert_int_equal(order.races[2].node, 5);
	/* Thread 2 ran after the first of them, before the second. */
	assert_int_equal(order.races[0].ninitials, 2);
	expect_initial(0, 0, 3, 6);
	expect_initial(0, 1, 2, 3);
	assert_int_equal(order.races[1].ninitials, 1);

	/* If the thread blocked in between, what was before does not lead there. */
	steps[3].wakes = 1U << 1;
	order.stretches = true;
	build();
	order.stretches = false;
	assert_int_equal(order.nraces, 2);
	assert_int_equal(order.races[0].node, 4);
}

/* --- against the definitions --- */

static bool conflict(size_t a, size_t b)
{
	for (size_t i = 0; i < steps[a].naccesses; i++)
		for (size_t j = 0; j < steps[b].naccesses; j++) {
			const struct order_access *x = &accesses[a][i];
			const struct order_access *y = &accesses[b][j];

			if ((x->write || y->write) && !(x->commutes && y->commutes) &&
			    x->pa < y->pa + y->size && y->pa < x->pa + x->size)
				return true;
		}
	return false;
}

static bool wakes(size_t a, size_t b)
{
	if (!(steps[a].wakes >> steps[b].thread & 1))
		return false;
	for (size_t i = a + 1; i < b; i++)
		if (steps[i].thread == steps[b].thread)
			return false;
	return true;
}

static bool before[STEPS][STEPS];

static void close_relation(void)
{
	memset(before, 0, sizeof(before));
	for (size_t b = 0; b < nsteps; b++)
		for (size_t a = b; a--;) {
			before[a][b] |= steps[a].thread == steps[b].thread ||
			                wakes(a, b) || conflict(a, b);
			for (size_t c = 0; c < a && before[a][b]; c++)
				before[c][b] |= before[c][a];
		}
}

static bool is_race(size_t a, size_t b)
{
	if (steps[a].thread == steps[b].thread || wakes(a, b) || !conflict(a, b))
		return false;
	for (size_t c = a + 1; c < b; c++)
		if (before[a][c] && before[c][b])
			return false;
	return true;
}

static bool is_initial(size_t a, size_t b, uint16_t thread, uint32_t *first)
{
	size_t f;

	for (f = a + 1; f < b; f++)
		if (steps[f].thread == thread && !before[a][f])
			break;
	if (f == b && steps[b].thread != thread)
		return false;
	*first = (uint32_t)f;
	for (size_t c = a + 1; c < f; c++)
		if (!before[a][c] && before[c][f])
			return false;
	return true;
}

static uint64_t next_random(uint64_t *x)
{
	*x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *x >> 33;
}

static void random_steps(uint64_t *x)
{
	nsteps = 2 + next_random(x) % (STEPS - 2);
	memset(steps, 0, sizeof(steps));
	for (size_t i = 0; i < nsteps; i++) {
		steps[i] = (struct order_step){
			.thread = (uint16_t)(next_random(x) % 5),
			.preemptible = true,
			.accesses = accesses[i],
			.naccesses = next_random(x) % (ACCESSES + 1),
			.wakes = next_random(x) % 8 ? 0 : 1U << next_random(x) % 5,
		};
		steps[i].wakes &= ~(UINT64_C(1) << steps[i].thread);
		for (size_t j = 0; j < ACCESSES; j++)
			accesses[i][j] = (struct order_access){
				(uint32_t)(next_random(x) % 200),
				(uint16_t)(next_random(x) % 20 ? 1 + next_random(x) % 8
			                                       : 30),
				next_random(x) % 3 == 0, next_random(x) % 2 == 0};
	}
}

static void expect_definitions(void)
{
	size_t race = 0;

	for (size_t b = 0; b < nsteps; b++)
		for (size_t a = 0; a < b; a++) {
			assert_int_equal(order_before(&order, a, b), before[a][b]);
			if (!is_race(a, b))
				continue;
			expect_race(race, (uint32_t)a, (uint32_t)b);
			assert_int_equal(order.races[race].node, a);
			const struct order_race *r = &order.races[race++];
			size_t n = 0;

			for (uint16_t t = 0; t < 5; t++) {
				uint32_t first;

				if (!is_initial(a, b, t, &first))
					continue;
				size_t i = 0;

				n++;
				while (i < r->ninitials &&
				       order.initials[r->first_initial + i].thread != t)
					i++;
				expect_initial(race - 1, i, t, first);
			}
			assert_int_equal(r->ninitials, n);
		}
	assert_int_equal(order.nraces, race);
}

static void random_steps_are_as_defined(void **state)
{
	uint64_t x = 1;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		random_steps(&x);
		close_relation();
		build();
		expect_definitions();
	}
}

/* --- the hash --- */

/*
 * Swaps neighbours that nothing orders, which gives an equivalent interleaving; but for a
 * step and a waker of its thread, which in real runs conflict.
 */
static void shuffle(uint64_t *x)
{
	for (size_t i = 0; i < 200; i++) {
		size_t a = next_random(x) % (nsteps - 1);

		if (order_before(&order, a, a + 1) ||
		    steps[a + 1].wakes >> steps[a].thread & 1)
			continue;
		struct order_step swap = steps[a];

		steps[a] = steps[a + 1];
		steps[a + 1] = swap;
		build();
	}
}

static void equivalent_interleavings_have_one_hash(void **state)
{
	static const uint16_t number[] = {3, 0, 4, 1, 2};
	uint64_t renamed[5];
	uint64_t x = 2;

	(void)state;
	for (size_t t = 0; t < 5; t++)
		renamed[number[t]] = names[t];
	for (int i = 0; i < 100; i++) {
		random_steps(&x);
		build();
		uint64_t hash = order.hash;

		shuffle(&x);
		assert_true(order.hash == hash);
		/* Other numbers, the same names. */
		for (size_t s = 0; s < nsteps; s++) {
			uint64_t woken = steps[s].wakes;

			steps[s].thread = number[steps[s].thread];
			steps[s].wakes = 0;
			for (size_t t = 0; t < 5; t++)
				if (woken >> t & 1)
					steps[s].wakes |= UINT64_C(1) << number[t];
		}
		assert_int_equal(order_build(&order, steps, nsteps, renamed, 5, 0), 0);
		assert_true(order.hash == hash);
	}
}

static void others_have_another(void **state)
{
	(void)state;
	start();
	write_to(0, 16);
	write_to(1, 16);
	build();
	uint64_t hash = order.hash;

	start();
	write_to(1, 16);
	write_to(0, 16);
	build();
	assert_true(order.hash != hash);
	start();
	write_to(0, 16);
	write_to(1, 32);
	build();
	assert_true(order.hash != hash);
}

static void many_accesses(void **state)
{
	static struct order_access many[2][20000];

	(void)state;
	start();
	for (size_t i = 0; i < 2; i++) {
		for (uint32_t j = 0; j < 20000; j++)
			many[i][j] = (struct order_access){(j + (uint32_t)i * 19999) * 8,
			                                   8, true, false};
		step((uint16_t)i, 0, 0, true);
		steps[i].accesses = many[i];
		steps[i].naccesses = 20000;
	}
	build();
	/* They have one granule in common. */
	assert_true(order_before(&order, 0, 1));
	steps[1].naccesses = 0;
	build();
	assert_false(order_before(&order, 0, 1));
}

static int free_order(void **state)
{
	(void)state;
	order_free(&order);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_do_not_conflict),
		cmocka_unit_test(one_byte_is_enough),
		cmocka_unit_test(the_last_bytes),
		cmocka_unit_test(only_what_nothing_orders_is_a_race),
		cmocka_unit_test(whom_a_step_wakes_comes_after_it),
		cmocka_unit_test(who_is_woken_in_between_is_no_initial),
		cmocka_unit_test(a_step_that_cannot_be_preempted_is_one_with_the_last),
		cmocka_unit_test(races_where_nobody_can_run_are_counted),
		cmocka_unit_test(races_found_before_are_left_out),
		cmocka_unit_test(stretches_begin_where_a_choice_was_free),
		cmocka_unit_test(random_steps_are_as_defined),
		cmocka_unit_test(equivalent_interleavings_have_one_hash),
		cmocka_unit_test(others_have_another),
		cmocka_unit_test(many_accesses),
	};

	return cmocka_run_group_tests(tests, NULL, free_order);
}
