/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jump over the engine's check is made where all is as known, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "cpu/internal.h"

#define SIZE 22 /* of the two calls with their arguments */
#define SITE 5
#define HELPER 2048 /* where in the page it would be */

static struct cpu cpu;

static void put_call(uint8_t *at, uintptr_t target)
{
	int32_t distance = (int32_t)(target - ((uintptr_t)at + 5));

	*at = 0xe8;
	memcpy(at + 1, &distance, sizeof(distance));
}

/* A page of translations, near to libraries as the engine's are. */
static uint8_t *translate(int protection)
{
	uint8_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t engine = 0x123456789abcdef0;

	assert_true(code != MAP_FAILED);
	cpu.uc = (uc_engine *)engine;
	cpu.check = (struct exit_check){.helper = (uintptr_t)code + HELPER};
	put_call(code, (uintptr_t)blocks_on_block);
	memcpy(code + SITE, "\x48\xbf", 2);
	memcpy(code + SITE + 2, &engine, sizeof(engine));
	memcpy(code + SITE + 10, "\x33\xf6", 2);
	put_call(code + SITE + 12, cpu.check.helper);
	assert_int_equal(mprotect(code, 4096, protection), 0);
	return code;
}

static void there_and_back(void **state)
{
	uint8_t *code = translate(PROT_READ | PROT_WRITE);
	uint8_t before[SIZE];

	(void)state;
	memcpy(before, code, SIZE);
	exitcheck_skip(&cpu, code + SITE);
	assert_memory_equal(code + SITE, "\xeb\x0f", 2);
	exitcheck_skip(&cpu, code + SITE);
	exitcheck_restore(&cpu, code + SITE);
	assert_memory_equal(code, before, SIZE);
	exitcheck_resume(&cpu);
	assert_memory_equal(code + SITE, "\xeb\x0f", 2);
	exitcheck_restore(&cpu, code + SITE);
	/* The engine has put other code there meanwhile. */
	code[SITE + 11] ^= 1;
	exitcheck_resume(&cpu);
	assert_memory_equal(code + SITE, "\x48\xbf", 2);
	munmap(code, 4096);
}

static void any_other_byte(void **state)
{
	uint8_t *code = translate(PROT_READ | PROT_WRITE);
	uint8_t before[SIZE];

	(void)state;
	for (int i = 0; i < SIZE; i++) {
		code[i] ^= 4;
		memcpy(before, code, SIZE);
		exitcheck_skip(&cpu, code + SITE);
		assert_memory_equal(code, before, SIZE);
		code[i] ^= 4;
	}
	cpu.check.helper = 0;
	memcpy(before, code, SIZE);
	exitcheck_skip(&cpu, code + SITE);
	assert_memory_equal(code, before, SIZE);
	munmap(code, 4096);
}

static void not_writable(void **state)
{
	uint8_t *code = translate(PROT_READ);

	(void)state;
	exitcheck_skip(&cpu, code + SITE);
	exitcheck_skip(&cpu, code + SITE);
	assert_memory_equal(code + SITE, "\x48\xbf", 2);
	munmap(code, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(any_other_byte),
		cmocka_unit_test(not_writable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
