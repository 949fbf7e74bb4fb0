/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash table against a plain array that says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/map.h"

#define KEYS 700

static uint32_t random_state = 7;

static uint32_t any(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

static void same_as_an_array(void **state)
{
	uint32_t want[KEYS];
	struct map m = {0};
	size_t used = 0;

	(void)state;
	for (int i = 0; i < KEYS; i++)
		want[i] = MAP_NONE;
	for (int round = 0; round < 200000; round++) {
		uint32_t i = any(KEYS);
		/* Few bits differ, as in addresses of one kind of object. */
		uint64_t key = 0xffff800000000000 + (uint64_t)i * 4096;

		assert_int_equal(map_get(&m, key), want[i]);
		if (any(2)) {
			uint32_t value = any(1000000);

			used += want[i] == MAP_NONE;
			assert_true(map_put(&m, key, value));
			want[i] = value;
		} else {
			used -= want[i] != MAP_NONE;
			map_remove(&m, key);
			want[i] = MAP_NONE;
		}
		assert_int_equal(m.used, used);
	}
	for (uint32_t i = 0; i < KEYS; i++)
		assert_int_equal(map_get(&m, 0xffff800000000000 + (uint64_t)i * 4096),
		                 want[i]);
	map_clear(&m);
}

static void empty(void **state)
{
	struct map m = {0};

	(void)state;
	assert_int_equal(map_get(&m, 0), MAP_NONE);
	map_remove(&m, 0);
	assert_true(map_put(&m, 0, 0));
	assert_int_equal(map_get(&m, 0), 0);
	assert_int_equal(map_get(&m, 1), MAP_NONE);
	map_clear(&m);
	map_clear(&m);
	assert_int_equal(map_get(&m, 0), MAP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_an_array),
		cmocka_unit_test(empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
