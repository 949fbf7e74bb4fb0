/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same of what is left at the end, of life and death, and of the report itself. */
#include "expect_check.h"

/* --- what is left --- */

static void never_reaped(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_die(&b, "1.1", 3, "1");
	build_waits_after(&b, "1", "1.2", 3, 0);
	build_end(&b, TRACE_POWEROFF, 0);
	expect_only(CHECK_ALL_REAPED,
	            "1.1, which exited at event 2 (exit 3), is still a zombie");
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
	build_fork_to(&b, "1", "1.1", 2);
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
	build_fork_to(&b, "1", "1.1", 2);
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
	build_orphan_run(&b);
	/* init goes no further than the first wait; the orphan still exits. */
	b.trace.nevents -= 3;
	expect_violated(CHECK_ORPHANS, "1.1.1, left behind by its parent");
	expect_violated(CHECK_ALL_REAPED, "1.1.1");
}

static void handed_to_the_dead(void **state)
{
	(void)state;
	build_orphan_run(&b);
	for (size_t i = 0; i < b.trace.nevents; i++)
		if (b.events[i].kind == TRACE_REPARENT)
			b.events[i].reparent.to_proc = "1.1";
	expect_violated(CHECK_ORPHANS, "1.1.1 is handed to 1.1, which exited at event 5");
}

static void taken_from_the_living(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1.1", "1.1.1", 3);
	build_reparent(&b, "1.1", "1.1.1", "1");
	expect_only(CHECK_ORPHANS, "1.1.1 is handed to 1 while its parent 1.1 lives");
}

/* --- life, memory, pids, outcome --- */

static void acts_after_exit(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 0);
	build_fork(&b, "1.1", "1.1.1", 3);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT,
	            "fork in process 1.1, which exited at event 2");
}

static void exits_twice(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 0);
	build_exit(&b, "1.1", 1);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "exit in process 1.1");
}

static void runs_after_the_last_switch(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_die(&b, "1.1", 0, "1");
	build_switch(&b, "1", "1.1", "preempt");
	expect_only(CHECK_NO_LIFE_AFTER_EXIT,
	            "a switch to 1.1, which left the CPU for good");
}

static void acts_after_reap(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_enter(&b, "1.1", -1, 0);
	expect_only(CHECK_NO_LIFE_AFTER_EXIT, "wait.enter in process 1.1");
}

static void runs_on_a_freed_thread(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_switch(&b, "1", "1.1", "preempt");
	expect_only(CHECK_FREED_IN_USE, "a switch to 1.1, whose thread was freed");
}

static void thread_freed_while_on_the_cpu(void **state)
{
	(void)state;
	build_fork_to(&b, "1", "1.1", 2);
	build_exit(&b, "1.1", 0);
	build_switch(&b, "1.1", "1", "preempt");
	build_release(&b, "1", "1.1", "thread");
	expect_only(CHECK_FREED_IN_USE,
	            "1 frees the thread of 1.1, which has not left the CPU");
}

static void released_twice(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_release(&b, "1", "1.1", "memory");
	expect_only(CHECK_FREED_IN_USE,
	            "memory of 1.1 is released a second time, after event 5");
}

static void reaped_twice(void **state)
{
	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_reap(&b, "1", "1.1");
	expect_only(CHECK_FREED_IN_USE, "1.1 is reaped a second time, after event 9");
}

static void reaped_alive(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_reap(&b, "1", "1.1");
	expect_only(CHECK_FREED_IN_USE, "1.1 is reaped, but has not exited");
}

static void pid_reused(void **state)
{
	(void)state;
	build_fork(&b, "1", "1.1", 2);
	build_fork(&b, "1", "1.2", 2);
	expect_only(CHECK_PID_UNIQUE,
	            "1.2 is forked with pid 2, which 1.1, not reaped, still has");
}

static void other_outcomes(void **state)
{
	static const struct {
		enum trace_outcome outcome;
		const char *name;
	} bad[] = {{TRACE_PANICKED, "panic"},
	           {TRACE_DEADLOCK, "deadlock"},
	           {TRACE_LIMIT, "limit"},
	           {TRACE_FAULTED, "fault"}};

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
		assert_string_equal(r->forest->processes[r->pairs[i].child].path,
		                    paths[i]);
	}
	check_report_free(r);
}

/* --- printing --- */

static void text_names_what_is_wrong(void **state)
{
	struct text out = {0};

	(void)state;
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_reap(&b, "1", "1.1");
	build_end(&b, TRACE_POWEROFF, 0);
	struct check_report *r = checked();

	check_report_text(r, &out, false);
	assert_non_null(strstr(out.data,
	                       "1              1.1                   2 waits-before     "
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
	build_waits_before(&b, "1", "1.1", 2, 3);
	build_end(&b, TRACE_POWEROFF, 0);
	struct check_report *r = checked();

	check_report_json(r, &out);
	assert_non_null(strstr(out.data,
	                       "\"pairs\":[{\"parent\":\"1\",\"child\":\"1.1\","
	                       "\"parent_pid\":1,\"child_pid\":2,\"ordering\":"
	                       "\"waits-before\",\"verdict\":\"ok\",\"violated\":[]}]"));
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
	text_free(&out);
	check_report_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		check_test(never_reaped),
		check_test(not_released),
		check_test(released_at_exec_only),
		check_test(releases_not_recorded),
		check_test(orphan_never_reaped),
		check_test(handed_to_the_dead),
		check_test(taken_from_the_living),
		check_test(acts_after_exit),
		check_test(exits_twice),
		check_test(runs_after_the_last_switch),
		check_test(acts_after_reap),
		check_test(runs_on_a_freed_thread),
		check_test(thread_freed_while_on_the_cpu),
		check_test(released_twice),
		check_test(reaped_twice),
		check_test(reaped_alive),
		check_test(pid_reused),
		check_test(other_outcomes),
		check_test(forked_twice_is_no_trace),
		check_test(many_processes),
		check_test(text_names_what_is_wrong),
		check_test(json_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
