/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract of fork, wait and exit, and how a run ends. */
#include "oracle_record.h"

static void forks(uint16_t child)
{
	struct trace_event *e = event(TRACE_FORK, threads[now].proc);

	e->fork.child = threads[child].pid;
	e->fork.child_proc = threads[child].proc;
}

static void switches(uint16_t to, enum record_why why)
{
	static const char *const names[] = {"block", "yield", "preempt", "exit"};
	struct trace_event *e = event(TRACE_SWITCH, threads[now].proc);

	e->switch_.from = threads[now].proc;
	e->switch_.to = threads[to].proc;
	e->switch_.why = names[why];
	switch_to(to, why);
}

/* Init has forked the parent before the start. */
static void begin(void)
{
	now = INIT;
	forks(PARENT);
	rec.nmarks = 0;
	now = PARENT;
	icount += 10;
	rec.start = icount;
}

static void enters_wait(int pid)
{
	event(TRACE_WAIT_ENTER, threads[now].proc)->wait_enter.target = pid;
}

static void exits(void)
{
	event(TRACE_EXIT, threads[now].proc);
}

static void reaps(uint16_t child)
{
	static const char *const what[] = {"memory", "files", "thread"};
	struct trace_event *e;

	for (int i = 0; i < 3; i++) {
		e = event(TRACE_RELEASE, threads[now].proc);
		e->release.child_proc = threads[child].proc;
		e->release.what = what[i];
	}
	event(TRACE_REAP, threads[now].proc)->reap.child_proc = threads[child].proc;
	threads[child].exited = true;
}

static void wait_returns(uint16_t child)
{
	struct trace_event *e = event(TRACE_WAIT_RETURN, threads[now].proc);

	e->wait_return.child = threads[child].pid;
	e->wait_return.child_proc = threads[child].proc;
}

static void fork_wait_exit(bool twice)
{
	begin();
	forks(CHILD);
	enters_wait(CHILD);
	event(TRACE_WAIT_BLOCK, "1.1");
	switches(CHILD, RECORD_BLOCK);
	exits();
	switches(PARENT, RECORD_EXIT);
	reaps(CHILD);
	wait_returns(CHILD);
	if (twice) {
		enters_wait(CHILD);
		wait_returns(CHILD);
	}
	exits();
	switches(INIT, RECORD_EXIT);
	reaps(PARENT);
}

static void contract(void **state)
{
	(void)state;
	fork_wait_exit(false);
	clean();
	/* And again, which is not checked anew. */
	clean();
	new_record(NULL);
	fork_wait_exit(true);
	expect(EXPLORE_CONTRACT, "wait-once: ");
	/* What was bad stays bad. */
	expect(EXPLORE_CONTRACT, "wait-once: ");
	assert_int_equal(findings[0].nplaces, 1);
}

static void lost_wakeup(void **state)
{
	(void)state;
	begin();
	forks(CHILD);
	enters_wait(CHILD);
	switches(CHILD, RECORD_BLOCK);
	exits();
	switches(IDLE, RECORD_EXIT);
	threads[CHILD].exited = true;
	threads[PARENT].blocked = threads[KTHREAD].blocked = true;
	rec.outcome = TRACE_DEADLOCK;
	expect(EXPLORE_LOST_WAKEUP,
	       "1.1.1 has exited and nobody was woken: 1.1 in its wait sleeps for ever");
	assert_int_equal(findings[0].nplaces, 1);
	assert_int_equal(findings[0].thread[0], PARENT);
}

static void deadlock(void **state)
{
	uint64_t key;

	(void)state;
	begin();
	forks(CHILD);
	enters_wait(CHILD);
	switches(CHILD, RECORD_BLOCK);
	acquire("condvar_wait", 0xffff800000210000);
	call("condvar_wait", RECORD_SWITCH, IDLE, RECORD_BLOCK);
	now = IDLE;
	release("thread_yield", 0xffff800000210000);
	threads[CHILD].blocked = threads[PARENT].blocked = true;
	rec.outcome = TRACE_DEADLOCK;
	expect(EXPLORE_DEADLOCK, "nothing can run: 1.1 in its wait, 1.1.1 (condvar_wait) "
	                         "sleep for ever");
	key = findings[0].key;
	icount += 1000;
	expect(EXPLORE_DEADLOCK, "nothing can run");
	assert_true(findings[0].key == key);
}

static void nobody_powers_off(void **state)
{
	(void)state;
	threads[KTHREAD].blocked = true;
	rec.outcome = TRACE_DEADLOCK;
	expect(EXPLORE_DEADLOCK, "no process waits");
}

static void livelock(void **state)
{
	(void)state;
	reads("proc_fork", 0x2a0000);
	rec.outcome = TRACE_LIMIT;
	clean();
	rec.stalled = true;
	expect(EXPLORE_LIVELOCK,
	       "1.1 runs on and on without progress, last seen in proc_fork");
}

static void panic_with(const char *text)
{
	event(TRACE_PANIC, threads[now].proc)->panic.text = text;
	rec.outcome = TRACE_PANICKED;
}

static void panic(void **state)
{
	uint64_t key;

	(void)state;
	panic_with("kfree: 0xffff800000234560 freed twice (pid 3)");
	expect(EXPLORE_PANIC, "the kernel panics in 1.1: kfree: 0xffff");
	/* Numbers in a message make no other defect; words do. */
	key = findings[0].key;
	new_record(NULL);
	panic_with("kfree: 0xffff80000abcdef0 freed twice (pid 12)");
	judge();
	assert_true(findings[0].key == key);
	new_record(NULL);
	panic_with("kfree: 0xffff80000abcdef0 is overwritten (pid 12)");
	judge();
	assert_true(findings[0].key != key);
}

static void fault(const char *function, uint64_t address, uint64_t error)
{
	struct trace_event *e = event(TRACE_FAULT, threads[now].proc);

	e->fault.vector = 14;
	e->fault.rip = symbol(function);
	e->fault.address = address;
	e->fault.error = error;
}

static void kernel_fault(void **state)
{
	(void)state;
	/* A bad pointer of a program, which gets an error. */
	fault("proc_fork", 0x1000, 0);
	clean();
	fault("proc_fork", 0x1000, 0);
	event(TRACE_KILL, threads[CHILD].proc)->kill.reason = "SIGSEGV";
	clean();
	fault("proc_fork", 8, 2);
	panic_with("page fault");
	judge();
	assert_int_equal(nfindings, 2);
	assert_int_equal(findings[0].check, EXPLORE_KERNEL_FAULT);
	assert_non_null(strstr(findings[0].reason, "exception 14 in kernel mode in "
	                                           "proc_fork"));
	assert_int_equal(findings[1].check, EXPLORE_PANIC);
}

/* The program jumped there. */
static void fault_of_a_program(void **state)
{
	(void)state;
	fault("proc_fork", symbol("proc_fork"), 0x14);
	event(TRACE_KILL, threads[now].proc)->kill.reason = "SIGSEGV";
	clean();
}

static void triple_fault(void **state)
{
	(void)state;
	rec.outcome = TRACE_FAULTED;
	expect(EXPLORE_KERNEL_FAULT, "triple fault");
}

static void status(void **state)
{
	(void)state;
	rec.status = 3;
	clean();
	config.expect_status = 3;
	clean();
	config.expect_status = 0;
	expect(EXPLORE_STATUS, "the program ended with status 3, not 0");
	/* One that did not end has none. */
	rec.outcome = TRACE_LIMIT;
	clean();
}

static void console(void **state)
{
	(void)state;
	rec.console = "one\ntwo\n";
	rec.console_size = 8;
	clean();
	config.expect_console = "one\ntwo\n";
	config.expect_console_size = 8;
	clean();
	config.expect_console = "one\nten\n";
	expect(EXPLORE_CONSOLE, "from byte 5 on, in line 2");
	config.expect_console_size = 4;
	expect(EXPLORE_CONSOLE, "from byte 4 on, in line 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contract),          TEST(lost_wakeup),
		TEST(deadlock),          TEST(livelock),
		TEST(nobody_powers_off), TEST(panic),
		TEST(kernel_fault),      TEST(fault_of_a_program),
		TEST(triple_fault),      TEST(status),
		TEST(console),
	};

	return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
