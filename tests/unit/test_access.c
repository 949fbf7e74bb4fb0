/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses are logged with the count of the instruction that makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>

#include "cpu/internal.h"

#define RAM (8u << 20)
#define ENTRY 0x100000u
#define LOG_MAX 8

static uint8_t *ram;
static struct cpu *cpu;
static struct watch *watch;
static struct machine_access accesses[LOG_MAX];

static uint64_t no_time(void *ctx, int which, uint64_t icount)
{
	(void)ctx;
	(void)which;
	return icount;
}

static int set_up(void **state)
{
	static const struct cpu_bus bus = {.tsc = no_time};

	(void)state;
	ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(ram != MAP_FAILED);
	assert_int_equal(cpu_create(&cpu, 0, ram, RAM, &bus), 0);
	assert_int_equal(cpu_reset(cpu, ENTRY, 0), 0);
	assert_int_equal(watch_create(&watch, ram, RAM, accesses, LOG_MAX), 0);
	assert_int_equal(cpu_watch(cpu, watch), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cpu_destroy(cpu);
	watch_destroy(watch);
	munmap(ram, RAM);
	return 0;
}

/* A load of four bytes behind two that are given, and HLT, run with interrupts on. */
static void run_load(const uint8_t before[2])
{
	const uint8_t code[] = {before[0], before[1], 0xa1, 0x00, 0x00, 0x20, 0x00, 0xf4};
	uint64_t flags = FLAG_IF | 2;

	memcpy(ram + ENTRY, code, sizeof(code));
	uc_reg_write(cpu->uc, UC_X86_REG_RFLAGS, &flags);
	watch->n = 0;
	assert_int_equal(cpu_run(cpu, 100, 100, false), CPU_HALTED);
	assert_int_equal(watch->n, 1);
	assert_int_equal(accesses[0].rip, ENTRY + 2);
	assert_int_equal(accesses[0].pa, 0x200000);
}

/* As when two programs, one after the other, lie at the same addresses. */
static void other_code_at_the_same_place(void **state)
{
	static const uint8_t two_nops[] = {0x90, 0x90}, one_nop[] = {0x66, 0x90};
	struct cpu_snapshot start;

	(void)state;
	assert_int_equal(cpu_snapshot_create(cpu, &start), 0);
	cpu_snapshot_take(cpu, &start);
	run_load(two_nops);
	assert_int_equal(accesses[0].icount, 2);
	cpu_snapshot_restore(cpu, &start);
	run_load(one_nop);
	assert_int_equal(accesses[0].icount, 1);
	cpu_snapshot_destroy(&start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(other_code_at_the_same_place, set_up,
	                                        tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
