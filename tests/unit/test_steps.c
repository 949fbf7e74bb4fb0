/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explore/steps_private.h"

#define WORDS 4u

/* Where a thread lies and how large it is says the guest. */
static void thread_over_the_end_of_ram(void **state)
{
	static struct schedule_word schedule[4 * WORDS];
	static struct steps_storage s = {
		.schedule = schedule,
		.nwords = WORDS,
		.thread_size = 8 * WORD,
	};
	struct record_thread thread = {.pa = 2 * WORD, .state = 2 * WORD};
	const struct record r = {.threads = &thread, .nthreads = 1};

	(void)state;
	memset(s.offsets, 1, s.thread_size);
	for (size_t i = WORDS; i < 4 * WORDS; i++)
		schedule[i].bytes = 0xff;
	steps_mask_thread(&s, &r, 0);
	assert_int_equal(schedule[1].bytes, 0);
	assert_int_equal(schedule[2].bytes, 0xff);
	assert_int_equal(schedule[2].state_of, 1);
	steps_unmask_thread(&s, 0);
	assert_int_equal(schedule[2].bytes, 0);
	assert_int_equal(schedule[2].state_of, 0);
	for (size_t i = WORDS; i < 4 * WORDS; i++)
		assert_int_equal(schedule[i].bytes, 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thread_over_the_end_of_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
