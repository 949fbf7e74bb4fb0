/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Races of the kernel, and the isolation of programs. */
#include "oracle_record.h"

#define SHARED 0x2a0000u
#define USER_PAGE 0x2b0000u
#define HEAP_LOCK 0xffff800000210000

static void race(void **state)
{
	(void)state;
	writes("proc_create", SHARED);
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_fork", SHARED);
	expect(EXPLORE_RACE, "1.1.1 reads in proc_fork");
	assert_non_null(strstr(findings[0].reason, "what 1.1 wrote in proc_create"));
	assert_int_equal(findings[0].thread[1], PARENT);
}

static void race_with_a_reader(void **state)
{
	(void)state;
	reads("proc_create", SHARED);
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_fork", SHARED);
	clean();
	writes("files_destroy", SHARED);
	/* The reader that came last is the child itself. */
	clean();
	new_record(NULL);
	reads("proc_create", SHARED);
	switch_to(CHILD, RECORD_PREEMPT);
	writes("files_destroy", SHARED);
	expect(EXPLORE_RACE, "what 1.1 read in proc_create");
}

/* The same two functions, whichever comes first, are one race. */
static void key_of_a_race(void **state)
{
	uint64_t key;

	(void)state;
	writes("proc_create", SHARED);
	switch_to(CHILD, RECORD_PREEMPT);
	writes("proc_fork", SHARED);
	judge();
	assert_int_equal(nfindings, 1);
	key = findings[0].key;
	new_record(NULL);
	writes("proc_fork", SHARED + 64);
	icount += 12345;
	switch_to(CHILD, RECORD_PREEMPT);
	writes("proc_create", SHARED + 64);
	judge();
	assert_int_equal(nfindings, 1);
	assert_true(findings[0].key == key);
}

/* However many races a kernel has, what goes wrong is told. */
static void violation_before_warnings(void **state)
{
	(void)state;
	writes("proc_create", SHARED);
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_fork", SHARED);
	rec.stalled = true;
	rec.outcome = TRACE_LIMIT;
	rec.end = icount;
	assert_int_equal(oracle_run(oracle, &rec, NULL, findings, 1, &nfindings), 0);
	assert_int_equal(nfindings, 1);
	assert_int_equal(findings[0].check, EXPLORE_LIVELOCK);
}

static void other_bytes(void **state)
{
	(void)state;
	touch("proc_create", SHARED, 4, true);
	switch_to(CHILD, RECORD_PREEMPT);
	touch("proc_fork", SHARED + 4, 4, true);
	clean();
	/* Across the border of two words. */
	touch("proc_fork", SHARED + 14, 4, true);
	switch_to(PARENT, RECORD_PREEMPT);
	touch("proc_create", SHARED + 16, 1, true);
	expect(EXPLORE_RACE, "1.1 writes in proc_create");
}

static void ordered_by_a_lock(void **state)
{
	(void)state;
	acquire("proc_create", HEAP_LOCK);
	on();
	writes("proc_create", SHARED);
	release("proc_create", HEAP_LOCK);
	on();
	switch_to(CHILD, RECORD_PREEMPT);
	acquire("proc_create", HEAP_LOCK);
	on();
	writes("proc_fork", SHARED);
	release("proc_create", HEAP_LOCK);
	clean();
	switch_to(PARENT, RECORD_PREEMPT);
	reads("proc_create", SHARED);
	expect(EXPLORE_RACE, "1.1 reads in proc_create");
}

/* The second one wants the lock only later. */
static void a_lock_taken_too_late(void **state)
{
	(void)state;
	acquire("proc_create", HEAP_LOCK);
	on();
	writes("proc_create", SHARED);
	release("proc_create", HEAP_LOCK);
	on();
	switch_to(CHILD, RECORD_PREEMPT);
	writes("proc_fork", SHARED);
	acquire("proc_create", HEAP_LOCK);
	release("proc_create", HEAP_LOCK);
	on();
	expect(EXPLORE_RACE, "1.1.1 writes in proc_fork");
}

static void ordered_by_a_start(void **state)
{
	(void)state;
	writes("proc_fork", SHARED);
	mark(RECORD_START, CHILD, 0);
	writes("proc_fork", SHARED + 8);
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_create", SHARED);
	clean();
	reads("proc_create", SHARED + 8);
	expect(EXPLORE_RACE, "1.1.1 reads in proc_create");
}

static void ordered_by_a_wakeup(void **state)
{
	(void)state;
	switch_to(CHILD, RECORD_BLOCK);
	writes("proc_fork", SHARED);
	off();
	touch("condvar_signal", (uint32_t)threads[PARENT].state, 4, true);
	on();
	switch_to(PARENT, RECORD_BLOCK);
	reads("proc_create", SHARED);
	clean();
}

/* On one CPU who has interrupts off is alone. */
static void interrupts_off(void **state)
{
	(void)state;
	off();
	writes("proc_create", SHARED);
	on();
	switch_to(CHILD, RECORD_PREEMPT);
	off();
	writes("proc_fork", SHARED);
	on();
	clean();
	switch_to(PARENT, RECORD_PREEMPT);
	reads("proc_create", SHARED);
	expect(EXPLORE_RACE, "1.1 reads in proc_create");
}

/* Stack and frame of a switch are the old thread's, though it has left. */
static void tail_of_a_switch(void **state)
{
	(void)state;
	switch_to(CHILD, RECORD_PREEMPT);
	switch_to(PARENT, RECORD_PREEMPT);
	writes("proc_create", STACK + 4096u * PARENT + 0x7f0);
	clean();
}

/* What locks and the allocator do to their own words is their affair. */
static void innocent_places(void **state)
{
	(void)state;
	writes("spinlock_acquire", SHARED);
	writes("kmalloc_labelled", SHARED + 8);
	writes("proc_create", (uint32_t)(symbol("cpus") - 0xffffffff80000000));
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_fork", SHARED);
	writes("proc_fork", SHARED + 8);
	reads("proc_fork", (uint32_t)(symbol("cpus") - 0xffffffff80000000));
	clean();
}

static void ports_are_no_memory(void **state)
{
	(void)state;
	writes("proc_create", 0x3f8);
	accesses[0].flags |= MACHINE_ACCESS_PORT;
	switch_to(CHILD, RECORD_PREEMPT);
	writes("proc_fork", 0x3f8);
	accesses[rec.naccesses - 1].flags |= MACHINE_ACCESS_PORT;
	clean();
}

/* --- isolation --- */

static void user_access(uint32_t pa, bool write)
{
	user = true;
	touch("", pa, 8, write);
	user = false;
}

static void isolation(void **state)
{
	(void)state;
	user_access(USER_PAGE, true);
	user_access(USER_PAGE, false);
	switch_to(CHILD, RECORD_PREEMPT);
	user_access(USER_PAGE + 8, false);
	user_access(USER_PAGE + 8, true);
	clean();
	switch_to(SIBLING, RECORD_PREEMPT);
	user_access(USER_PAGE + 8, false);
	expect(EXPLORE_ISOLATION, "1.1.2 reads");
	assert_non_null(strstr(findings[0].reason, "what 1.1.1 wrote"));
}

/* The kernel has cleared the page, or copied something there. */
static void handed_over_by_the_kernel(void **state)
{
	(void)state;
	user_access(USER_PAGE, true);
	writes("as_destroy", USER_PAGE);
	switch_to(SIBLING, RECORD_PREEMPT);
	user_access(USER_PAGE, false);
	clean();
}

/* A child may share the pages that its parent wrote before the fork. */
static void inherited(void **state)
{
	(void)state;
	user_access(USER_PAGE, true);
	mark(RECORD_START, CHILD, 0);
	switch_to(CHILD, RECORD_PREEMPT);
	user_access(USER_PAGE, false);
	switch_to(PARENT, RECORD_PREEMPT);
	user_access(USER_PAGE, false);
	clean();
	user_access(USER_PAGE, true);
	switch_to(CHILD, RECORD_PREEMPT);
	user_access(USER_PAGE, false);
	expect(EXPLORE_ISOLATION, "1.1.1 reads");
}

static void not_inherited_upwards(void **state)
{
	(void)state;
	mark(RECORD_START, CHILD, 0);
	switch_to(CHILD, RECORD_PREEMPT);
	user_access(USER_PAGE, true);
	switch_to(PARENT, RECORD_PREEMPT);
	user_access(USER_PAGE, false);
	expect(EXPLORE_ISOLATION, "1.1 reads");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(race),
		TEST(race_with_a_reader),
		TEST(key_of_a_race),
		TEST(violation_before_warnings),
		TEST(other_bytes),
		TEST(ordered_by_a_lock),
		TEST(a_lock_taken_too_late),
		TEST(ordered_by_a_start),
		TEST(ordered_by_a_wakeup),
		TEST(interrupts_off),
		TEST(tail_of_a_switch),
		TEST(innocent_places),
		TEST(ports_are_no_memory),
		TEST(isolation),
		TEST(handed_over_by_the_kernel),
		TEST(inherited),
		TEST(not_inherited_upwards),
	};

	return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
