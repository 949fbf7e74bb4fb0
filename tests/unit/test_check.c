/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orderings, and what wait answers and when it sleeps: each invariant on a trace that
 * keeps it and on traces that break it and nothing else that they need not break.
 */
#include "expect_check.h"

/* --- orderings --- */

static void waits_before(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 3);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_BEFORE);
}

static void waits_after(void **state)
{
	(void)state;
	build_waits_after(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 3);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
}

static void orphan(void **state)
{
	(void)state;
	build_orphan_run(&b);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_BEFORE);
	expect_ordering("1.1.1", ORDERING_ORPHAN);
}

static void zombie(void **state)
{
	(void)state;
	build_zombie_run(&b);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
	expect_ordering("1.1.1", ORDERING_ZOMBIE);
}

/* A wait that polled in vain and one that failed do not count. */
static void only_the_returning_wait_counts(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 1);
	build_return(&b, "1", NULL, 0);
	build_enter(&b, "1", 7, 0);
	build_return_error(&b, "1", 10);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 4, "1");
	build_enter(&b, "1", 2, 0);
	build_take(&b, "1", "1.1", 4);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
}

/* An orphan that frees itself, entry first, as a design without reparenting does it. */
static void orphan_frees_itself(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_fork(&b, "1.1", "1.1.1", 3);
	build_exit(&b, "1.1", 0);
	build_orphan(&b, "1.1", "1.1.1");
	build_release(&b, "1.1", "1.1", "memory");
	build_release(&b, "1.1", "1.1", "files");
	build_switch(&b, "1.1", "1.1.1", "exit");
	build_exit(&b, "1.1.1", 1);
	build_release(&b, "1.1.1", "1.1.1", "memory");
	build_release(&b, "1.1.1", "1.1.1", "files");
	build_reap(&b, "1.1.1", "1.1.1");
	build_switch(&b, "1.1.1", "1", "exit");
	build_release(&b, "1", "1.1.1", "thread");
	build_enter(&b, "1", 2, 0);
	build_take(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
	expect_ordering("1.1.1", ORDERING_ORPHAN);
}

/* A pid may come again once it is reaped. */
static void pid_comes_again(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_waits_after(&b, "1", "1.2", 2, 4);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
	expect_ordering("1.2", ORDERING_WAITS_AFTER);
}

/* --- wait's answers --- */

static void returned_twice(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_enter(&b, "1", 2, 0);
	build_return(&b, "1", "1.1", 3);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_ONCE, "returns 1.1, which event 10 had returned");
}

static void wrong_status(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	b.events[b.trace.nevents - 1].wait_return.status.value = 4;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS,
	            "wait says exit 4 of 1.1, whose exit at event 4 was exit 3");
}

static void killed_but_said_to_have_exited(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 11);
	b.events[4].exit.status.signaled = true;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS,
	            "wait says exit 11 of 1.1, whose exit at event 4 was SIGSEGV");
}

static void wrong_pid(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	b.events[b.trace.nevents - 1].wait_return.child = 9;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "gives pid 9 for 1.1, whose pid is 2");
}

static void another_child_than_asked_for(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_waits_before(&b, "1", "1.2", 3, 3);
	b.events[2].wait_enter.target = 2;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "waits for pid 2 and is given 1.2");
}

static void returned_alive(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_return(&b, "1", "1.1", 0);
	expect_only(CHECK_WAIT_STATUS, "returns 1.1, which has not exited");
}

static void stranger_returned(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_waits_after(&b, "1.1", "1.1.1", 3, 3);
	/* 1.1 forked it, but 1 waits for it and is given it. */
	for (size_t i = 8; i < b.trace.nevents; i++)
		b.events[i].proc = "1";
	expect_only(CHECK_WAIT_OWN, "the wait of 1 returns 1.1.1, a child of 1.1");
}

static void unborn_returned(void **state)
{
	(void)state;
	build_enter(&b, "1", -1, 0);
	build_return(&b, "1", "1.7", 0);
	b.events[1].wait_return.child = 9;
	expect_violated(CHECK_WAIT_OWN, "never forked");
}

static void refused_though_there_is_a_child(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_return_error(&b, "1", 10);
	expect_only(CHECK_WAIT_ERROR, "fails with error 10, but it has such a child");
	b.events[1].wait_enter.target = -1;
	expect_only(CHECK_WAIT_ERROR, "fails with error 10, but it has such a child");
	/* A bad pointer is another matter. */
	b.events[2].wait_return.error = 14;
	struct check_report *r = checked();

	assert_int_equal(r->results[CHECK_WAIT_ERROR].verdict, CHECK_HOLDS);
	check_report_free(r);
}

static void empty_though_there_is_no_child(void **state)
{
	(void)state;
	build_enter(&b, "1", -1, 1);
	build_return(&b, "1", NULL, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_ERROR, "there is no such child");
}

/* --- sleeping --- */

static void sleeps_though_dead(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_die(&b, "1.1", 0, "1");
	build_enter(&b, "1", 2, 0);
	build_block(&b, "1");
	expect_only(
		CHECK_WAIT_NO_BLOCK,
		"1 sleeps in the wait of event 6, though its child 1.1 was dead since event 5");
	b.events[6].wait_enter.target = -1;
	expect_only(CHECK_WAIT_NO_BLOCK, "though its child 1.1 was dead");
}

static void polls_in_vain_though_dead(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_die(&b, "1.1", 0, "1");
	build_enter(&b, "1", -1, 1);
	build_return(&b, "1", NULL, 0);
	expect_only(CHECK_WAIT_NO_BLOCK, "finds nobody, though its child 1.1 was dead");
}

/* A child that has begun to exit, but is not off the CPU, may be slept for. */
static void sleeps_while_child_is_exiting(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 0);
	build_switch(&b, "1.1", "1", "preempt");
	build_enter(&b, "1", 2, 0);
	build_block(&b, "1");
	build_switch(&b, "1", "1.1", "block");
	build_release(&b, "1.1", "1.1", "memory");
	build_release(&b, "1.1", "1.1", "files");
	build_switch(&b, "1.1", "1", "exit");
	build_take(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
}

/* Another child's death must not be taken for the one waited for. */
static void sleeps_for_a_living_sibling(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.2", 3);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_enter(&b, "1", 3, 0);
	build_block(&b, "1");
	build_switch(&b, "1", "1.2", "block");
	build_die(&b, "1.2", 0, "1");
	build_take(&b, "1", "1.2", 0);
	build_enter(&b, "1", -1, 0);
	build_take(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
}

static void lost_wakeup(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_block(&b, "1");
	build_switch(&b, "1", "0", "block");
	build_end(&b, TRACE_DEADLOCK, 0);
	expect_violated(
		CHECK_LOST_WAKEUP,
		"1 never comes back from the wait of event 1, though its child 1.1 can "
		"be waited for since event 6");
	expect_violated(CHECK_WAIT_FOREVER,
	                "1 never comes back from the wait of event 1");
	expect_violated(CHECK_OUTCOME, "deadlock");
	/* Cut by a limit the wakeup may be on its way. */
	b.trace.end.outcome = TRACE_LIMIT;
	expect_only(CHECK_OUTCOME, "limit");
	/* And of a prefix nothing of this can be said. */
	b.trace.complete = false;
	struct check_report *r = checked();

	assert_int_equal(r->verdict, CHECK_UNDECIDED);
	assert_int_equal(r->results[CHECK_LOST_WAKEUP].verdict, CHECK_UNDECIDED);
	assert_int_equal(r->results[CHECK_OUTCOME].verdict, CHECK_UNDECIDED);
	assert_int_equal(r->results[CHECK_WAIT_ONCE].verdict, CHECK_HOLDS);
	assert_int_equal(find_pair(r, "1.1")->verdict, CHECK_UNDECIDED);
	check_report_free(r);
}

static void waits_for_ever_for_nobody(void **state)
{
	(void)state;
	build_enter(&b, "1", -1, 0);
	build_block(&b, "1");
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_FOREVER, "the wait of event 0 for -1");
}

/* A child may switch the machine off while its parent waits for it. */
static void power_off_by_a_child(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_block(&b, "1");
	build_switch(&b, "1", "1.1", "block");
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		check_test(waits_before),
		check_test(waits_after),
		check_test(orphan),
		check_test(zombie),
		check_test(only_the_returning_wait_counts),
		check_test(orphan_frees_itself),
		check_test(pid_comes_again),
		check_test(returned_twice),
		check_test(wrong_status),
		check_test(killed_but_said_to_have_exited),
		check_test(wrong_pid),
		check_test(another_child_than_asked_for),
		check_test(returned_alive),
		check_test(stranger_returned),
		check_test(unborn_returned),
		check_test(refused_though_there_is_a_child),
		check_test(empty_though_there_is_no_child),
		check_test(sleeps_though_dead),
		check_test(polls_in_vain_though_dead),
		check_test(sleeps_while_child_is_exiting),
		check_test(sleeps_for_a_living_sibling),
		check_test(lost_wakeup),
		check_test(waits_for_ever_for_nobody),
		check_test(power_off_by_a_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
