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

static void a_log_goes_back_too(void **state)
{
	struct guest *g = *state;
	struct machine_access *first;
	size_t base, n;
	char digest[33];

	run_to(g, BASE);
	assert_int_equal(machine_push(g->m), 0);
	base = machine_logged(g->m);
	run_out(g, digest);
	n = machine_logged(g->m);
	assert_true(n > base + 1000);
	first = malloc(n * sizeof(*first));
	assert_non_null(first);
	memcpy(first, g->log, n * sizeof(*first));
	machine_rewind(g->m, 0);
	assert_int_equal(machine_logged(g->m), base);
	run_out(g, digest);
	assert_int_equal(machine_logged(g->m), n);
	assert_memory_equal(first, g->log, n * sizeof(*first));
	free(first);
}

/*
 * Counts of accesses never fall back.  The kernel's: code of a process that is gone can
 * no longer be counted.
 */
static void steps_come_in_order(void **state)
{
	struct guest *g = *state;
	size_t atomic = 0;
	uint64_t last = 0;
	char digest[33];

	run_out(g, digest);
	for (size_t i = 0; i < machine_logged(g->m); i++) {
		uint64_t icount = machine_access_icount(g->m, &g->log[i]);

		if (g->log[i].flags & MACHINE_ACCESS_USER)
			continue;
		assert_true(icount >= last);
		last = icount;
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
		cmocka_unit_test_setup_teardown(steps_come_in_order, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
