/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds which lock when. */
#include "oracle_record.h"

#define HEAP_LOCK_A 0xffff800000210000
#define HEAP_LOCK_B 0xffff800000210100

static uint64_t table_lock(void)
{
	return symbol("proc_table_lock");
}

static uint64_t heap_lock(void)
{
	return symbol("heap_lock");
}

static void in_order(void **state)
{
	(void)state;
	acquire("proc_create", table_lock());
	acquire("proc_create", heap_lock());
	release("proc_create", heap_lock());
	release("proc_create", table_lock());
	on();
	/* Scheduling hands its own lock on, every way. */
	switch_to(CHILD, RECORD_PREEMPT);
	acquire("proc_create", table_lock());
	release("proc_create", table_lock());
	switch_to(PARENT, RECORD_BLOCK);
	switch_to(CHILD, RECORD_YIELD);
	switch_to(IDLE, RECORD_EXIT);
	threads[CHILD].exited = true;
	clean();
}

static void held_across_a_sleep(void **state)
{
	(void)state;
	acquire("proc_create", table_lock());
	switch_to(CHILD, RECORD_BLOCK);
	switch_to(PARENT, RECORD_BLOCK);
	release("proc_create", table_lock());
	on();
	expect(EXPLORE_LOCK_SLEEP,
	       "1.1 holds the spinlock proc_table_lock, acquired in proc_create");
}

static void never_back_from_the_sleep(void **state)
{
	(void)state;
	acquire("proc_create", table_lock());
	switch_to(CHILD, RECORD_BLOCK);
	expect(EXPLORE_LOCK_SLEEP, "1.1 holds the spinlock proc_table_lock");
}

/* Told at the entry of a function in which an interrupt still gets in. */
static void preempted_before_it_is_acquired(void **state)
{
	(void)state;
	call("proc_create", RECORD_ACQUIRE, table_lock(), RECORD_SPINLOCK);
	mark(RECORD_IRQ, 32, 0);
	switch_to(CHILD, RECORD_PREEMPT);
	acquire("files_destroy", table_lock());
	release("files_destroy", table_lock());
	switch_to(PARENT, RECORD_BLOCK);
	touch("spinlock_acquire", STACK + 4096u * now + 0x7f8, 8, true);
	off();
	touch("spinlock_acquire", 0x2a0000, 4, true);
	release("proc_create", table_lock());
	on();
	clean();
	release("proc_create", table_lock());
	expect(EXPLORE_LOCK_OWNER, "1.1 releases proc_table_lock");
}

/* Where the run ends just behind a switch, the scheduler's lock is on its way. */
static void ends_in_a_switch(void **state)
{
	(void)state;
	acquire("thread_yield", symbol("sched_lock"));
	call("thread_yield", RECORD_SWITCH, CHILD, RECORD_YIELD);
	now = CHILD;
	clean();
}

/* A lock whose waiters sleep may be held by one who sleeps, and begins with a spinlock.
 */
static void sleeplock(void **state)
{
	(void)state;
	acquire("sleeplock_acquire", HEAP_LOCK_A);
	release("sleeplock_acquire", HEAP_LOCK_A);
	on();
	mark(RECORD_ACQUIRE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	switch_to(CHILD, RECORD_BLOCK);
	switch_to(PARENT, RECORD_BLOCK);
	mark(RECORD_RELEASE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	clean();
	switch_to(CHILD, RECORD_PREEMPT);
	mark(RECORD_RELEASE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	expect(EXPLORE_LOCK_OWNER, "1.1.1 releases a sleeplock in the heap");
}

static void sleeplock_with_two_holders(void **state)
{
	(void)state;
	mark(RECORD_ACQUIRE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	switch_to(CHILD, RECORD_PREEMPT);
	mark(RECORD_ACQUIRE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	expect(EXPLORE_LOCK_OWNER, "which 1.1 still holds");
}

static void released_by_another(void **state)
{
	(void)state;
	mark(RECORD_ACQUIRE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	switch_to(CHILD, RECORD_PREEMPT);
	mark(RECORD_RELEASE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	expect(EXPLORE_LOCK_OWNER, "which 1.1 holds");
}

static void released_twice(void **state)
{
	(void)state;
	/* It may have been acquired before the start. */
	release("proc_create", table_lock());
	acquire("proc_create", table_lock());
	release("proc_create", table_lock());
	clean();
	release("files_destroy", table_lock());
	expect(EXPLORE_LOCK_OWNER, "1.1 releases proc_table_lock in files_destroy");
}

static void kept_by_an_exit(void **state)
{
	(void)state;
	mark(RECORD_ACQUIRE, HEAP_LOCK_A, RECORD_SLEEPLOCK);
	switch_to(CHILD, RECORD_EXIT);
	clean();
	threads[PARENT].exited = true;
	expect(EXPLORE_LOCK_KEPT, "1.1 still holds a sleeplock in the heap");
}

static void kept_in_user_mode(void **state)
{
	(void)state;
	acquire("proc_create", table_lock());
	release("proc_create", table_lock());
	on();
	user = true;
	reads("", 0x400000);
	clean();
	user = false;
	acquire("proc_create", table_lock());
	on();
	user = true;
	reads("", 0x400000);
	expect(EXPLORE_LOCK_KEPT, "proc_table_lock, acquired in proc_create");
	assert_int_equal(findings[0].nplaces, 2);
}

static void nest(const char *function, uint64_t outer, uint64_t inner)
{
	acquire(function, outer);
	acquire(function, inner);
	release(function, inner);
	release(function, outer);
	on();
}

static void order_of_two(void **state)
{
	(void)state;
	nest("proc_create", table_lock(), heap_lock());
	nest("proc_create", HEAP_LOCK_A, HEAP_LOCK_B);
	switch_to(CHILD, RECORD_PREEMPT);
	nest("files_destroy", table_lock(), heap_lock());
	clean();
	nest("files_destroy", heap_lock(), table_lock());
	expect(EXPLORE_LOCK_ORDER, "1.1.1 acquires proc_table_lock in files_destroy");
}

/* One thread alone cannot wait for itself. */
static void order_of_one_thread(void **state)
{
	(void)state;
	nest("proc_create", table_lock(), heap_lock());
	nest("proc_create", heap_lock(), table_lock());
	clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_order),
		TEST(held_across_a_sleep),
		TEST(never_back_from_the_sleep),
		TEST(preempted_before_it_is_acquired),
		TEST(ends_in_a_switch),
		TEST(sleeplock),
		TEST(sleeplock_with_two_holders),
		TEST(released_by_another),
		TEST(released_twice),
		TEST(kept_by_an_exit),
		TEST(kept_in_user_mode),
		TEST(order_of_two),
		TEST(order_of_one_thread),
	};

	return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
