/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine that goes back runs on as it did, however often and from wherever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sched/session.h"

#define LOG_MAX 2000000u
/* Between the exec of the program and its first fork. */
#define BASE 345000u

struct guest {
	struct images images;
	struct session_config config;
	struct session *session;
	struct machine *m;
	struct machine_access *log;
};

static const char *const family[] = {"family", NULL};

static void boot(struct guest *g)
{
	g->config = (struct session_config){
		.memory = SESSION_MEMORY_DEFAULT,
		.cpus = 1,
		.argc = 1,
		.argv = family,
		.schedule = "periodic",
		.timeslice = 3000,
	};
	assert_int_equal(session_open(&g->session, &g->images, &g->config), 0);
	g->m = session_machine(g->session);
}

static int set_up(void **state)
{
	struct guest *g = calloc(1, sizeof(*g));

	assert_non_null(g);
	assert_int_equal(images_load(&g->images, TEST_SHARE_DIR "/kernel.elf",
	                             TEST_SHARE_DIR "/initrd.tar"),
	                 0);
	boot(g);
	g->log = malloc(LOG_MAX * sizeof(*g->log));
	assert_non_null(g->log);
	assert_int_equal(machine_watch(g->m, g->log, LOG_MAX), 0);
	*state = g;
	return 0;
}

static int tear_down(void **state)
{
	struct guest *g = *state;

	session_close(g->session);
	images_free(&g->images);
	free(g->log);
	free(g);
	return 0;
}

static void run_to(struct guest *g, uint64_t icount)
{
	machine_pause_at(g->m, icount);
	assert_int_equal(machine_run(g->m, UINT64_MAX), MACHINE_LIMIT);
}

static void run_out(struct guest *g, char digest[33])
{
	assert_int_equal(machine_run(g->m, UINT64_MAX), MACHINE_POWEROFF);
	machine_digest(g->m, digest);
}

static void ends_as_a_machine_that_never_went_back(void **state)
{
	struct guest *g = *state;
	struct guest plain = {.images = g->images};
	char expected[33], digest[33];

	boot(&plain);
	run_out(&plain, expected);
	session_close(plain.session);
	run_to(g, BASE);
	assert_int_equal(machine_push(g->m), 0);
	for (int i = 0; i < 3; i++) {
		run_out(g, digest);
		assert_string_equal(digest, expected);
		machine_rewind(g->m, 0);
	}
}

static void goes_back_to_any_of_several(void **state)
{
	struct guest *g = *state;
	char expected[33], digest[33];
	uint64_t counts[8];

	run_to(g, BASE);
	for (int i = 0; i < 8; i++) {
		counts[i] = machine_icount(g->m, 0);
		assert_int_equal(machine_push(g->m), 0);
		run_to(g, counts[i] + 3000);
	}
	run_out(g, expected);
	for (size_t n = 8; n-- > 0; n -= n > 1) {
		machine_rewind(g->m, n);
		assert_int_equal(machine_pushed(g->m), n + 1);
		assert_int_equal(machine_icount(g->m, 0), counts[n]);
		run_out(g, digest);
		assert_string_equal(digest, expected);
	}
}

/* What a run out of a snapshot logs, to be freed. */
static struct machine_access *log_of_run(struct guest *g, size_t *n)
{
	struct machine_access *copy;
	char digest[33];

	run_out(g, digest);
	*n = machine_logged(g->m);
	copy = malloc(*n * sizeof(*copy));
	assert_non_null(copy);
	memcpy(copy, g->log, *n * sizeof(*copy));
	return copy;
}

static void assert_logged(const struct guest *g, const struct machine_access *expected,
                          size_t n)
{
	assert_int_equal(machine_logged(g->m), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(g->log[i].rip, expected[i].rip);
		assert_int_equal(g->log[i].icount, expected[i].icount);
		assert_int_equal(g->log[i].pa, expected[i].pa);
		assert_int_equal(g->log[i].size, expected[i].size);
		assert_int_equal(g->log[i].flags, expected[i].flags);
	}
}

static void a_log_goes_back_too(void **state)
{
	struct guest *g = *state;
	struct machine_access *first;
	size_t base, n;
	char digest[33];

	run_to(g, BASE);
	assert_int_equal(machine_push(g->m), 0);
	base = machine_logged(g->m);
	first = log_of_run(g, &n);
	assert_true(n > base + 1000);
	machine_rewind(g->m, 0);
	assert_int_equal(machine_logged(g->m), base);
	run_out(g, digest);
	assert_logged(g, first, n);
	free(first);
}

/* So many stops that the engine's translations have been dropped on the way. */
static void a_log_outlives_exact_stops(void **state)
{
	struct guest *g = *state;
	struct machine_access *first;
	char digest[33];
	uint64_t from;
	size_t n;

	run_to(g, BASE);
	assert_int_equal(machine_push(g->m), 0);
	from = machine_icount(g->m, 0);
	first = log_of_run(g, &n);
	for (uint64_t i = 0; i < 20000; i++) {
		machine_rewind(g->m, 0);
		assert_int_equal(machine_run(g->m, from + 1 + i % 200), MACHINE_LIMIT);
	}
	run_out(g, digest);
	assert_logged(g, first, n);
	free(first);
}

/* Counts of accesses never fall back. */
static void steps_come_in_order(void **state)
{
	struct guest *g = *state;
	size_t atomic = 0;
	uint64_t last = 0;
	char digest[33];

	run_out(g, digest);
	for (size_t i = 0; i < machine_logged(g->m); i++) {
		assert_true(g->log[i].icount >= last);
		last = g->log[i].icount;
		atomic += (g->log[i].flags & MACHINE_ACCESS_ATOMIC) != 0;
	}
	assert_true(atomic > 1000);
	assert_true(atomic < machine_logged(g->m) - 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ends_as_a_machine_that_never_went_back,
	                                        set_up, tear_down),
		cmocka_unit_test_setup_teardown(goes_back_to_any_of_several, set_up,
	                                        tear_down),
		cmocka_unit_test_setup_teardown(a_log_goes_back_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_log_outlives_exact_stops, set_up,
	                                        tear_down),
		cmocka_unit_test_setup_teardown(steps_come_in_order, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
