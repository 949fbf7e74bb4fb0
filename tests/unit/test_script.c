/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A script played by hand: what it asks for when, and which interrupt was refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sched/script.h"

static struct script script;
static struct script_player player;
static const struct machine_schedule *schedule = &player.schedule;

static int set_up(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		if (script_add(&script, 0, 1000 * (i + 1), 48 + (int)i) != 0)
			return -1;
	script_play(&player, &script);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	script_free(&script);
	return 0;
}

static uint64_t next(uint64_t icount)
{
	return schedule->next(schedule->ctx, 0, icount);
}

static int ask(uint64_t icount)
{
	return schedule->ask(schedule->ctx, 0, icount);
}

static void gives_each_interrupt_at_its_count(void **state)
{
	(void)state;
	assert_int_equal(next(0), 1000);
	assert_int_equal(ask(1000), 48);
	assert_int_equal(next(1000), 2000);
	assert_int_equal(ask(2000), 49);
	assert_int_equal(ask(3000), 50);
	assert_true(next(3000) == UINT64_MAX);
	assert_false(player.refused);
}

static void stops_where_the_count_has_passed(void **state)
{
	(void)state;
	assert_int_equal(ask(1000), 48);
	assert_int_equal(ask(2500), SCHEDULE_STOP);
	assert_true(player.refused);
	assert_int_equal(player.next, 1);
}

/* Interrupts are off, or no device asks for that one. */
static void tells_which_was_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(1000), 48);
	schedule->refused(schedule->ctx, 0, 2000, -1);
	assert_true(player.refused);
	assert_int_equal(player.next, 1);
	script_play(&player, &script);
	assert_int_equal(ask(1000), 48);
	assert_int_equal(ask(2000), 49);
	schedule->refused(schedule->ctx, 0, 2000, 49);
	assert_true(player.refused);
	assert_int_equal(player.next, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(gives_each_interrupt_at_its_count),
		TEST(stops_where_the_count_has_passed),
		TEST(tells_which_was_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
