/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each invariant on a trace that keeps it and on traces that break it and nothing else
 * that they need not break.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "build_trace.h"
#include "check/check.h"

static struct build b;

static struct check_report *checked(void)
{
	struct check_report *report;

	assert_int_equal(check_trace(&b.trace, &report), 0);
	return report;
}

static const struct check_pair *find_pair(const struct check_report *r, const char *child)
{
	for (size_t i = 0; i < r->npairs; i++)
		if (strcmp(r->forest->processes[r->pairs[i].child].path, child) == 0)
			return &r->pairs[i];
	fail_msg("no pair with child %s", child);
	return NULL;
}

/* Everything holds. */
static void expect_good(void)
{
	struct check_report *r = checked();

	for (int i = 0; i < CHECK_INVARIANTS; i++)
		if (r->results[i].verdict != CHECK_HOLDS)
			fail_msg("%s: %s", check_invariant_name((enum check_invariant)i),
			         r->results[i].reason);
	assert_int_equal(r->verdict, CHECK_HOLDS);
	check_report_free(r);
}

/* `which` is violated, with a reason that contains `reason`. */
static void expect_violated(enum check_invariant which, const char *reason)
{
	struct check_report *r = checked();
	const struct check_result *result = &r->results[which];

	assert_int_equal(r->verdict, CHECK_VIOLATED);
	assert_int_equal(result->verdict, CHECK_VIOLATED);
	assert_true(result->violations > 0);
	if (!strstr(result->reason, reason))
		fail_msg("'%s' is not in '%s'", reason, result->reason);
	check_report_free(r);
}

/* `which` is violated and nothing else. */
static void expect_only(enum check_invariant which, const char *reason)
{
	struct check_report *r = checked();

	for (int i = 0; i < CHECK_INVARIANTS; i++)
		if (i != (int)which && r->results[i].verdict == CHECK_VIOLATED)
			fail_msg("%s: %s", check_invariant_name((enum check_invariant)i),
			         r->results[i].reason);
	check_report_free(r);
	expect_violated(which, reason);
}

static void expect_ordering(const char *child, enum forest_ordering ordering)
{
	struct check_report *r = checked();

	assert_int_equal(find_pair(r, child)->ordering, ordering);
	check_report_free(r);
}

/* --- orderings --- */

static void waits_before(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 3);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_BEFORE);
}

static void waits_after(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_after(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 3);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
}

static void orphan(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_BEFORE);
	expect_ordering("1.1.1", ORDERING_ORPHAN);
}

static void zombie(void **state)
{
	(void)state;
	build_start(&b);
	build_zombie_run(&b);
	expect_good();
	expect_ordering("1.1", ORDERING_WAITS_AFTER);
	expect_ordering("1.1.1", ORDERING_ZOMBIE);
}

/* A wait that polled in vain and one that failed do not count. */
static void only_the_returning_wait_counts(void **state)
{
	(void)state;
	build_start(&b);
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
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
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
	build_start(&b);
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
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_enter(&b, "1", 2, 0);
	build_return(&b, "1", "1.1", 3);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_ONCE, "returns 1.1, which event 10 had returned");
}

static void wrong_status(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	b.events[b.trace.nevents - 1].wait_return.status.value = 4;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "wait says exit 4 of 1.1, whose exit at event 4 was exit 3");
}

static void killed_but_said_to_have_exited(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 11);
	b.events[4].exit.status.signaled = true;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "wait says exit 11 of 1.1, whose exit at event 4 was SIGSEGV");
}

static void wrong_pid(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	b.events[b.trace.nevents - 1].wait_return.child = 9;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "gives pid 9 for 1.1, whose pid is 2");
}

static void another_child_than_asked_for(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_waits_before(&b, "1", "1.2", 3, 3);
	b.events[2].wait_enter.target = 2;
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_STATUS, "waits for pid 2 and is given 1.2");
}

static void returned_alive(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_return(&b, "1", "1.1", 0);
	expect_only(CHECK_WAIT_STATUS, "returns 1.1, which has not exited");
}

static void stranger_returned(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_waits_after(&b, "1.1", "1.1.1", 3, 3);
	/* 1.1 forked it, but 1 waits for it and is given it. */
	for (size_t i = 8; i < b.trace.nevents; i++)
		b.events[i].proc = "1";
	expect_only(CHECK_WAIT_OWN, "the wait of 1 returns 1.1.1, a child of 1.1");
}

static void unborn_returned(void **state)
{
	(void)state;
	build_start(&b);
	build_enter(&b, "1", -1, 0);
	build_return(&b, "1", "1.7", 0);
	b.events[1].wait_return.child = 9;
	expect_violated(CHECK_WAIT_OWN, "never forked");
}

static void refused_though_there_is_a_child(void **state)
{
	(void)state;
	build_start(&b);
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
	build_start(&b);
	build_enter(&b, "1", -1, 1);
	build_return(&b, "1", NULL, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_ERROR, "there is no such child");
}

/* --- sleeping --- */

static void sleeps_though_dead(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_enter(&b, "1", 2, 0);
	build_block(&b, "1");
	expect_only(CHECK_WAIT_NO_BLOCK,
	            "1 sleeps in the wait of event 6, though its child 1.1 was dead since event 5");
	b.events[6].wait_enter.target = -1;
	expect_only(CHECK_WAIT_NO_BLOCK, "though its child 1.1 was dead");
}

static void polls_in_vain_though_dead(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_enter(&b, "1", -1, 1);
	build_return(&b, "1", NULL, 0);
	expect_only(CHECK_WAIT_NO_BLOCK, "finds nobody, though its child 1.1 was dead");
}

/* A child that has begun to exit, but is not off the CPU, may be slept for. */
static void sleeps_while_child_is_exiting(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
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
	build_start(&b);
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
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_block(&b, "1");
	build_switch(&b, "1", "0", "block");
	build_end(&b, TRACE_DEADLOCK, 0);
	expect_violated(CHECK_LOST_WAKEUP,
	                "1 never comes back from the wait of event 1, though its child 1.1 can "
	                "be waited for since event 6");
	expect_violated(CHECK_WAIT_FOREVER, "1 never comes back from the wait of event 1");
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
	build_start(&b);
	build_enter(&b, "1", -1, 0);
	build_block(&b, "1");
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_WAIT_FOREVER, "the wait of event 0 for -1");
}

/* A child may switch the machine off while its parent waits for it. */
static void power_off_by_a_child(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_enter(&b, "1", 2, 0);
	build_block(&b, "1");
	build_switch(&b, "1", "1.1", "block");
	build_end(&b, TRACE_POWEROFF, 0);
	expect_good();
}

/* --- what is left --- */

static void never_reaped(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 3, "1");
	build_waits_after(&b, "1", "1.2", 3, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_ALL_REAPED, "1.1, which exited at event 2 (exit 3), is still a zombie");
	struct check_report *r = checked();

	assert_int_equal(find_pair(r, "1.1")->verdict, CHECK_VIOLATED);
	assert_int_equal(find_pair(r, "1.2")->verdict, CHECK_HOLDS);
	check_report_free(r);
}

static void not_released(void **state)
{
	static const char *const whats[] = {"memory", "files", "thread"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		build_start(&b);
		build_waits_before(&b, "1", "1.1", 2, 3);
		build_end(&b, TRACE_POWEROFF, 0);
		for (size_t k = 0; k < b.trace.nevents; k++)
			if (b.events[k].kind == TRACE_RELEASE &&
			    strcmp(b.events[k].release.what, whats[i]) == 0)
				b.events[k].release.what = "something else";
		expect_only(CHECK_NOTHING_LEFT, whats[i]);
	}
}

/* What an exec gives up does not count for the exit. */
static void released_at_exec_only(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_release(&b, "1.1", "1.1", "memory");
	build_exec(&b, "1.1", "/bin/true");
	build_exit(&b, "1.1", 0);
	build_release(&b, "1.1", "1.1", "files");
	build_switch(&b, "1.1", "1", "exit");
	build_enter(&b, "1", 2, 0);
	build_take(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_NOTHING_LEFT, "its memory was never released");
}

static void releases_not_recorded(void **state)
{
	struct check_report *r;

	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_exit(&b, "1.1", 0);
	build_switch(&b, "1.1", "1", "exit");
	build_enter(&b, "1", 2, 0);
	build_reap(&b, "1", "1.1");
	build_return(&b, "1", "1.1", 0);
	build_end(&b, TRACE_POWEROFF, 0);
	r = checked();
	assert_int_equal(r->results[CHECK_NOTHING_LEFT].verdict, CHECK_UNDECIDED);
	assert_int_equal(r->results[CHECK_ALL_REAPED].verdict, CHECK_HOLDS);
	check_report_free(r);
}

static void orphan_never_reaped(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	/* init goes no further than the first wait; the orphan still exits. */
	b.trace.nevents -= 3;
	expect_violated(CHECK_ORPHANS, "1.1.1, left behind by its parent");
	expect_violated(CHECK_ALL_REAPED, "1.1.1");
}

static void handed_to_the_dead(void **state)
{
	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	for (size_t i = 0; i < b.trace.nevents; i++)
		if (b.events[i].kind == TRACE_REPARENT)
			b.events[i].reparent.to_proc = "1.1";
	expect_violated(CHECK_ORPHANS, "1.1.1 is handed to 1.1, which exited at event 5");
}

static void taken_from_the_living(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1.1", "1.1.1", 3);
	build_reparent(&b, "1.1", "1.1.1", "1");
	expect_only(CHECK_ORPHANS, "1.1.1 is handed to 1 while its parent 1.1 lives");
}

/* --- life, memory, pids, outcome --- */

static void acts_after_exit(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_exit(&b, "1.1", 0);
	build_fork(&b, "1.1", "1.1.1", 3);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "fork in process 1.1, which exited at event 2");
}

static void exits_twice(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 0);
	build_exit(&b, "1.1", 1);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "exit in process 1.1");
}

static void runs_after_the_last_switch(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_die(&b, "1.1", 0, "1");
	build_switch(&b, "1", "1.1", "preempt");
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "a switch to 1.1, which left the CPU for good");
}

static void acts_after_reap(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_enter(&b, "1.1", -1, 0);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "wait.enter in process 1.1");
}

static void runs_on_a_freed_thread(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_switch(&b, "1", "1.1", "preempt");
	expect_only(CHECK_FREED_IN_USE, "a switch to 1.1, whose thread was freed");
}

static void thread_freed_while_on_the_cpu(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_switch(&b, "1", "1.1", "preempt");
	build_exit(&b, "1.1", 0);
	build_switch(&b, "1.1", "1", "preempt");
	build_release(&b, "1", "1.1", "thread");
	expect_only(CHECK_FREED_IN_USE, "1 frees the thread of 1.1, which has not left the CPU");
}

static void released_twice(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_release(&b, "1", "1.1", "memory");
	expect_only(CHECK_FREED_IN_USE, "memory of 1.1 is released a second time, after event 5");
}

static void reaped_twice(void **state)
{
	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_reap(&b, "1", "1.1");
	expect_only(CHECK_FREED_IN_USE, "1.1 is reaped a second time, after event 9");
}

static void reaped_alive(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_reap(&b, "1", "1.1");
	expect_only(CHECK_FREED_IN_USE, "1.1 is reaped, but has not exited");
}

static void pid_reused(void **state)
{
	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.2", 2);
	expect_only(CHECK_PID_UNIQUE, "1.2 is forked with pid 2, which 1.1, not reaped, still has");
}

static void other_outcomes(void **state)
{
	static const struct {
		enum trace_outcome outcome;
		const char *name;
	} bad[] = {{TRACE_PANICKED, "panic"}, {TRACE_DEADLOCK, "deadlock"},
	           {TRACE_LIMIT, "limit"}, {TRACE_FAULTED, "fault"}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		build_start(&b);
		build_waits_before(&b, "1", "1.1", 2, 3);
		build_end(&b, bad[i].outcome, 0);
		expect_only(CHECK_OUTCOME, bad[i].name);
	}
}

/* --- the forest itself --- */

static void forked_twice_is_no_trace(void **state)
{
	struct check_report *r;

	(void)state;
	build_start(&b);
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.1", 3);
	assert_int_equal(check_trace(&b.trace, &r), ERR_FILE);
	assert_non_null(strstr(error_message(), "1.1 is forked a second time"));
	assert_null(r);
}

static void many_processes(void **state)
{
	static char paths[120][16];

	(void)state;
	build_start(&b);
	for (int i = 0; i < 50; i++) {
		snprintf(paths[i], sizeof(paths[i]), "1.%d", i + 1);
		build_fork(&b, "1", paths[i], i + 2);
	}
	for (int i = 0; i < 50; i++) {
		build_switch(&b, "1", paths[i], "preempt");
		build_exit(&b, paths[i], i);
		build_switch(&b, paths[i], "1", "exit");
	}
	for (int i = 49; i >= 0; i--) {
		build_enter(&b, "1", i + 2, 0);
		build_reap(&b, "1", paths[i]);
		build_return(&b, "1", paths[i], i);
	}
	build_end(&b, TRACE_POWEROFF, 0);
	struct check_report *r = checked();

	assert_int_equal(r->npairs, 50);
	for (size_t i = 0; i < r->npairs; i++) {
		assert_int_equal(r->pairs[i].ordering, ORDERING_WAITS_AFTER);
		assert_int_equal(r->pairs[i].verdict, CHECK_HOLDS);
		assert_string_equal(r->forest->processes[r->pairs[i].child].path, paths[i]);
	}
	check_report_free(r);
}

/* --- printing --- */

static void text_names_what_is_wrong(void **state)
{
	struct text out = {0};

	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_reap(&b, "1", "1.1");
	build_end(&b, TRACE_POWEROFF, 0);
	struct check_report *r = checked();

	check_report_text(r, &out, false);
	assert_non_null(strstr(out.data, "1              1.1                   2 waits-before     "
	                                 "violated freed-once\n"));
	assert_non_null(strstr(out.data, "  freed-once           violated\n"));
	assert_non_null(strstr(out.data, "verdict: violated\n"));
	assert_null(strchr(out.data, '\033'));
	for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 80);
	text_free(&out);
	check_report_text(r, &out, true);
	assert_non_null(strchr(out.data, '\033'));
	text_free(&out);
	check_report_free(r);
}

static void json_is_one_line(void **state)
{
	struct text out = {0};

	(void)state;
	build_start(&b);
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 0);
	struct check_report *r = checked();

	check_report_json(r, &out);
	assert_non_null(strstr(out.data, "\"pairs\":[{\"parent\":\"1\",\"child\":\"1.1\","
	                                 "\"parent_pid\":1,\"child_pid\":2,\"ordering\":"
	                                 "\"waits-before\",\"verdict\":\"ok\",\"violated\":[]}]"));
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
	text_free(&out);
	check_report_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_before),
		cmocka_unit_test(waits_after),
		cmocka_unit_test(orphan),
		cmocka_unit_test(zombie),
		cmocka_unit_test(only_the_returning_wait_counts),
		cmocka_unit_test(orphan_frees_itself),
		cmocka_unit_test(pid_comes_again),
		cmocka_unit_test(returned_twice),
		cmocka_unit_test(wrong_status),
		cmocka_unit_test(killed_but_said_to_have_exited),
		cmocka_unit_test(wrong_pid),
		cmocka_unit_test(another_child_than_asked_for),
		cmocka_unit_test(returned_alive),
		cmocka_unit_test(stranger_returned),
		cmocka_unit_test(unborn_returned),
		cmocka_unit_test(refused_though_there_is_a_child),
		cmocka_unit_test(empty_though_there_is_no_child),
		cmocka_unit_test(sleeps_though_dead),
		cmocka_unit_test(polls_in_vain_though_dead),
		cmocka_unit_test(sleeps_while_child_is_exiting),
		cmocka_unit_test(sleeps_for_a_living_sibling),
		cmocka_unit_test(lost_wakeup),
		cmocka_unit_test(waits_for_ever_for_nobody),
		cmocka_unit_test(power_off_by_a_child),
		cmocka_unit_test(never_reaped),
		cmocka_unit_test(not_released),
		cmocka_unit_test(released_at_exec_only),
		cmocka_unit_test(releases_not_recorded),
		cmocka_unit_test(orphan_never_reaped),
		cmocka_unit_test(handed_to_the_dead),
		cmocka_unit_test(taken_from_the_living),
		cmocka_unit_test(acts_after_exit),
		cmocka_unit_test(exits_twice),
		cmocka_unit_test(runs_after_the_last_switch),
		cmocka_unit_test(acts_after_reap),
		cmocka_unit_test(runs_on_a_freed_thread),
		cmocka_unit_test(thread_freed_while_on_the_cpu),
		cmocka_unit_test(released_twice),
		cmocka_unit_test(reaped_twice),
		cmocka_unit_test(reaped_alive),
		cmocka_unit_test(pid_reused),
		cmocka_unit_test(other_outcomes),
		cmocka_unit_test(forked_twice_is_no_trace),
		cmocka_unit_test(many_processes),
		cmocka_unit_test(text_names_what_is_wrong),
		cmocka_unit_test(json_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
