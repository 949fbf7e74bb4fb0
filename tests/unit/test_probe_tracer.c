/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracer, driven by hand: what a guest's calls become as events. */
#include "probe_guest.h"

static void fork_paths(void **state)
{
	(void)state;
	assert_string_equal(traced(), "0");
	fork_child(1);
	expect("'0','ev':'fork','child':1,'child_proc':'1'}\n");
	switch_to(1, THREAD_READY);
	expect("'0','ev':'switch','from':'0','to':'1','from_thread':0,"
	       "'to_thread':1,'why':'yield'}\n");
	assert_string_equal(traced(), "1");
	fork_child(2);
	fork_child(3);
	expect("'1','ev':'fork','child':2,'child_proc':'1.1'}\n"
	       "'1','ev':'fork','child':3,'child_proc':'1.2'}\n");
	switch_to(3, THREAD_READY);
	text_clear(&events);
	fork_child(4);
	expect("'1.2','ev':'fork','child':4,'child_proc':'1.2.1'}\n");
	/*
	 * A second thread of a process is no fork, and a thread of the kernel's
	 * neither.
	 */
	threads[5].proc = &procs[4];
	fork_child(5);
	threads[6].proc = NULL;
	fork_child(6);
	expect("");
}

static void wait_before_exit(void **state)
{
	(void)state;
	boot();
	fork_child(2);
	text_clear(&events);
	enter_call(4, UINT64_MAX, (uint64_t)&user_status, 0);
	switch_to(2, THREAD_SLEEPING);
	expect("'1','ev':'wait.enter','target':-1,'options':0}\n"
	       "'1','ev':'wait.block'}\n"
	       "'1','ev':'switch','from':'1','to':'1.1','from_thread':1,"
	       "'to_thread':2,'why':'block'}\n");
	exit_with(OS161_EXIT(7));
	call("files_destroy", &objects[2][1], NULL);
	call("as_destroy", &objects[2][0], NULL);
	switch_to(1, THREAD_EXITED);
	expect("'1.1','ev':'exit','status':{'exit':7}}\n"
	       "'1.1','ev':'release','child_proc':'1.1','what':'files'}\n"
	       "'1.1','ev':'release','child_proc':'1.1','what':'memory'}\n"
	       "'1.1','ev':'switch','from':'1.1','to':'1','from_thread':2,"
	       "'to_thread':1,'why':'exit'}\n");
	call("thread_destroy", &threads[2], NULL);
	call("proc_release_entry", &procs[2], NULL);
	user_status = OS161_EXIT(7);
	leave_call(2);
	expect("'1','ev':'release','child_proc':'1.1','what':'thread'}\n"
	       "'1','ev':'reap','child_proc':'1.1'}\n"
	       "'1','ev':'release','child_proc':'1.1','what':'entry'}\n"
	       "'1','ev':'wait.return','child':2,'child_proc':'1.1',"
	       "'status':{'exit':7}}\n");
	/* A later return to the same place means nothing. */
	leave_call(2);
	expect("");
}

static void wait_results(void **state)
{
	(void)state;
	boot();
	fork_child(2);
	text_clear(&events);
	enter_call(4, 9, 0, 1);
	leave_call(0);
	enter_call(4, 9, 0, 0);
	leave_call(-10);
	expect("'1','ev':'wait.enter','target':9,'options':1}\n"
	       "'1','ev':'wait.return','child':0}\n"
	       "'1','ev':'wait.enter','target':9,'options':0}\n"
	       "'1','ev':'wait.return','error':10}\n");
	switch_to(2, THREAD_READY);
	exit_with(OS161_SIGNAL(11));
	switch_to(1, THREAD_EXITED);
	expect("'1','ev':'switch','from':'1','to':'1.1','from_thread':1,"
	       "'to_thread':2,'why':'yield'}\n"
	       "'1.1','ev':'kill','reason':'SIGSEGV'}\n"
	       "'1.1','ev':'exit','status':{'signal':11}}\n"
	       "'1.1','ev':'switch','from':'1.1','to':'1','from_thread':2,"
	       "'to_thread':1,'why':'exit'}\n");
	/* Without a place for the status it is the one it exited with. */
	enter_call(4, 2, 0, 0);
	leave_call(2);
	/* A status pointer that cannot be read, and the same child a second time. */
	enter_call(4, 2, 0x10, 0);
	leave_call(2);
	expect("'1','ev':'wait.enter','target':2,'options':0}\n"
	       "'1','ev':'wait.return','child':2,'child_proc':'1.1',"
	       "'status':{'signal':11}}\n"
	       "'1','ev':'wait.enter','target':2,'options':0}\n"
	       "'1','ev':'wait.return','child':2,'child_proc':'1.1',"
	       "'status':{'signal':11}}\n");
	/* A pid that was never anyone's, and results that are none. */
	enter_call(4, 2, 0, 0);
	leave_call(1234);
	enter_call(4, 2, 0, 0);
	leave_call(INT64_MIN);
	enter_call(4, 2, 0, 0);
	leave_call(INT64_MAX);
	assert_non_null(strstr(events.data, "'child':1234,'child_proc':'0'"));
	assert_non_null(strstr(events.data, "'error':2147483647"));
}

static void orphans(void **state)
{
	(void)state;
	boot();
	fork_child(2);
	switch_to(2, THREAD_READY);
	fork_child(3);
	fork_child(4);
	fork_child(5);
	switch_to(4, THREAD_READY);
	exit_with(0);
	switch_to(5, THREAD_EXITED);
	exit_with(0);
	switch_to(2, THREAD_EXITED);
	/* One that is reaped is no orphan; an unreaped zombie is. */
	call("proc_release_entry", &procs[5], NULL);
	text_clear(&events);
	exit_with(OS161_EXIT(1));
	call("hand_over", &procs[3], &procs[1]);
	call("hand_over", &procs[4], &procs[1]);
	expect("'1.1','ev':'exit','status':{'exit':1}}\n"
	       "'1.1','ev':'orphan','child_proc':'1.1.1'}\n"
	       "'1.1','ev':'orphan','child_proc':'1.1.2'}\n"
	       "'1.1','ev':'reparent','child_proc':'1.1.1','to_proc':'1'}\n"
	       "'1.1','ev':'reparent','child_proc':'1.1.2','to_proc':'1'}\n");
	switch_to(1, THREAD_EXITED);
	enter_call(4, UINT64_MAX, 0, 0);
	call("proc_release_entry", &procs[4], NULL);
	leave_call(4);
	assert_non_null(strstr(events.data, "'wait.return','child':4,'child_proc':"
	                                    "'1.1.2'"));
	text_clear(&events);
	/* An exit tells once, however often it is called. */
	exit_with(0);
	exit_with(0);
	expect("'1','ev':'exit','status':{'exit':0}}\n"
	       "'1','ev':'orphan','child_proc':'1.1'}\n"
	       "'1','ev':'orphan','child_proc':'1.1.1'}\n");
}

static void pid_and_address_again(void **state)
{
	(void)state;
	boot();
	for (int i = 0; i < 3; i++) {
		fork_child(2);
		switch_to(2, THREAD_READY);
		exit_with(OS161_EXIT(i));
		switch_to(1, THREAD_EXITED);
		/* The last time the kernel forgets to give up the entry. */
		if (i < 2)
			call("proc_release_entry", &procs[2], NULL);
	}
	text_clear(&events);
	fork_child(2);
	enter_call(4, 2, 0, 0);
	leave_call(2);
	expect("'1','ev':'fork','child':2,'child_proc':'1.4'}\n"
	       "'1','ev':'wait.enter','target':2,'options':0}\n"
	       "'1','ev':'wait.return','child':2,'child_proc':'1.4',"
	       "'status':{'exit':0}}\n");
}

/* Between the reaping in a wait and its return the pid goes to another child. */
static void pid_again_before_the_wait_returns(void **state)
{
	(void)state;
	boot();
	fork_child(2);
	fork_child(3);
	switch_to(2, THREAD_READY);
	exit_with(OS161_EXIT(1));
	switch_to(1, THREAD_EXITED);
	enter_call(4, UINT64_MAX, 0, 0);
	call("proc_release_entry", &procs[2], NULL);
	switch_to(3, THREAD_READY);
	fork_child(2);
	call("hand_over", &procs[2], &procs[1]);
	switch_to(1, THREAD_READY);
	text_clear(&events);
	leave_call(2);
	/* Its own turn comes. */
	switch_to(2, THREAD_READY);
	exit_with(OS161_EXIT(4));
	switch_to(1, THREAD_EXITED);
	enter_call(4, UINT64_MAX, 0, 0);
	leave_call(2);
	assert_ptr_equal(strstr(events.data,
	                        "'1','ev':'wait.return','child':2,'child_proc':"
	                        "'1.1','status':{'exit':1}}\n"),
	                 events.data);
	assert_non_null(strstr(events.data,
	                       "'wait.return','child':2,'child_proc':'1.2.1',"
	                       "'status':{'exit':4}}\n"));
}

static void exec_rebinds(void **state)
{
	char **argv = (char **)(text_memory + 256);

	(void)state;
	boot();
	strcpy(text_memory, "/bin/sh");
	strcpy(text_memory + 64, "sh");
	/* A string that crosses into the second page, and one that nobody ends. */
	strcpy(text_memory + 4090, "across pages");
	argv[0] = text_memory + 64;
	argv[1] = text_memory + 4090;
	argv[2] = NULL;
	procs[1].as = &objects[1][2];
	call_at(stack(), "exec_commit", (uint64_t)text_memory, 9, (uint64_t)argv);
	expect("'1','ev':'exec','path':'/bin/sh','argv':['sh','across "
	       "pages']}\n");
	call("as_destroy", &objects[1][0], NULL);
	expect("");
	call("as_destroy", &objects[1][2], NULL);
	expect("'1','ev':'release','child_proc':'1','what':'memory'}\n");
	argv[1] = (char *)0xdead;
	call_at(stack(), "exec_commit", 0xbad, 9, (uint64_t)argv);
	expect("'1','ev':'exec','path':'','argv':['sh']}\n");
}

static void returns_by_stack(void **state)
{
	uint64_t *outer = &stacks[0][40], *inner = &stacks[0][20];

	(void)state;
	start_tracer(false, true);
	strcpy(text_memory, "outer");
	strcpy(text_memory + 64, "inner");
	*outer = *inner = symbol("kmain") + 4;
	call_at(outer, "kmalloc", 100, (uint64_t)text_memory, 0);
	call_at(inner, "kmalloc", 20, (uint64_t)text_memory + 64, 0);
	/* Another thread passes the same place, from which nothing is awaited. */
	return_from(&stacks[3][20], 0x3000);
	expect("");
	return_from(inner, 0x1000);
	return_from(inner, 0x1000);
	return_from(outer, 0x2000);
	expect("'0','ev':'alloc','address':'0x1000','size':20,'label':"
	       "'inner'}\n"
	       "'0','ev':'alloc','address':'0x2000','size':100,'label':"
	       "'outer'}\n");
	/* A call that never returned is replaced by the next from the same stack. */
	call_at(outer, "kmalloc", 1, 0xbad, 0);
	call_at(outer, "kmalloc", 2, 0xbad, 0);
	return_from(outer, 0x4000);
	expect("'0','ev':'alloc','address':'0x4000','size':2,'label':''}\n");
	/* Return addresses outside the kernel's code are not believed. */
	*outer = 0x1234;
	call_at(outer, "kmalloc", 2, 0xbad, 0);
	assert_false(fake_probed(0x1234));
	call("kfree", (void *)0x1000, NULL);
	call("kfree", NULL, NULL);
	expect("'0','ev':'free','address':'0x1000'}\n");
}

static void syscalls_on_demand(void **state)
{
	(void)state;
	boot();
	enter_call(0, 1, 2, 3);
	leave_call(5);
	expect("");
	start_tracer(true, false);
	cpus_memory[0].current = &threads[0];
	boot();
	enter_call(2, 1, 2, 3);
	leave_call(-2);
	enter_call(1000, 0, 0, 0);
	enter_call(55, 0, 0, 0);
	expect("'1','ev':'syscall','name':'execv','number':2,'args':['0x1',"
	       "'0x2','0x3','0x10','0x8','0x9']}\n"
	       "'1','ev':'syscall','name':'execv','number':2,'result':-2}\n"
	       "'1','ev':'syscall','name':'far','number':1000,'args':['0x0',"
	       "'0x0','0x0','0x10','0x8','0x9']}\n"
	       "'1','ev':'syscall','number':55,'args':['0x0','0x0','0x0',"
	       "'0x10','0x8','0x9']}\n");
}

static void console_lines(void **state)
{
	char many[600];

	(void)state;
	boot();
	say("one\ntwo");
	expect("'1','ev':'console','text':'one\\n'}\n");
	fork_child(2);
	switch_to(2, THREAD_READY);
	text_clear(&events);
	/* The next writer's text comes after what the other had begun. */
	say("x");
	expect("'1','ev':'console','text':'two'}\n");
	/* Typing comes after the prompt. */
	observer->input(observer->ctx, 77, (const uint8_t *)"in", 2);
	expect("'1.1','ev':'console','text':'x'}\n"
	       "'0','ev':'input','time':77,'text':'in'}\n");
	say("last words");
	exit_with(0);
	expect("'1.1','ev':'console','text':'last words'}\n"
	       "'1.1','ev':'exit','status':{'exit':0}}\n");
	switch_to(1, THREAD_EXITED);
	text_clear(&events);
	memset(many, 'm', sizeof(many));
	many[sizeof(many) - 1] = '\0';
	say(many);
	assert_int_equal(events.length,
	                 2 * strlen("'1','ev':'console','text':''}\n") + 512);
	text_clear(&events);
	tracer_finish(tracer);
	assert_int_equal(events.length,
	                 strlen("'1','ev':'console','text':''}\n") + 599 - 512);
	text_clear(&events);
	tracer_finish(tracer);
	expect("");
}

static void panic_text(void **state)
{
	(void)state;
	boot();
	strcpy(text_memory, "out of luck");
	say("half");
	call("panic_stop", text_memory, NULL);
	expect("'1','ev':'console','text':'half'}\n"
	       "'1','ev':'panic','text':'out of luck'}\n");
	call("panic_stop", (void *)1, NULL);
	expect("'1','ev':'panic','text':''}\n");
}

/* An interrupt in kernel mode, whose frame the processor pushes below RSP. */
static void interrupt_kernel(uint64_t *rsp, uint64_t rip)
{
	uint64_t *frame = (uint64_t *)((uint64_t)rsp & ~15ull) - 5;

	fake.registers.cpl = 0;
	fake.registers.rip = rip;
	fake.registers.gpr[GPR_RSP] = (uint64_t)rsp;
	observer->interrupt(observer->ctx, 0, 48, false);
	frame[0] = rip;
	frame[3] = (uint64_t)rsp;
}

static void expect_switch(const char *why)
{
	char want[64];

	snprintf(want, sizeof(want), "'why':'%s'}\n", why);
	if (!events.data || !strstr(events.data, want))
		fail_msg("no switch for %s in:\n%s", why, events.data ? events.data : "");
	text_clear(&events);
}

static void why_it_switched(void **state)
{
	(void)state;
	boot();
	fork_child(2);
	user_mode();
	text_clear(&events);
	observer->interrupt(observer->ctx, 0, 48, true);
	expect("'1','ev':'irq','vector':48,'idle':true}\n");
	switch_to(2, THREAD_READY);
	expect_switch("preempt");
	switch_to(1, THREAD_READY);
	expect_switch("yield");
	/* Back in user mode and in again by a call, the interrupt is over. */
	enter_call(0, 0, 0, 0);
	switch_to(2, THREAD_READY);
	expect_switch("yield");
	/* Within the kernel: while its frame is on the stack, and no longer. */
	interrupt_kernel(&stacks[2][60], symbol("kmain"));
	switch_to(1, THREAD_READY);
	expect_switch("preempt");
	switch_to(2, THREAD_READY);
	stacks[2][54] = stacks[2][55] = 0x5555;
	memset(&stacks[2][50], 0x55, 10 * sizeof(uint64_t));
	text_clear(&events);
	switch_to(1, THREAD_READY);
	expect_switch("yield");
	/* To itself is no switch. */
	call("context_switch", &threads[1], &threads[1]);
	expect("");
}

static void faults(void **state)
{
	(void)state;
	boot();
	user_mode();
	observer->exception(observer->ctx, 0, 14, 6, 0xdead);
	fake.registers.cpl = 0;
	fake.registers.rip = symbol("proc_exit");
	observer->exception(observer->ctx, 0, 13, 0, 0xdead);
	assert_non_null(strstr(events.data, "'vector':14,'error':6,'address':'0xdead',"
	                                    "'rip':'0x400000','insn':'insn_400000'}"));
	assert_non_null(strstr(events.data, "'vector':13,'error':0,'address':'0x0',"));
	assert_non_null(strstr(events.data, "'symbol':'proc_exit'"));
}

static void queries(void **state)
{
	struct tracer_thread thread, all[8];
	struct tracer_process processes[8];

	(void)state;
	cpus_memory[0].current = NULL;
	assert_false(tracer_current(tracer, 0, &thread));
	cpus_memory[0].current = &threads[0];
	boot();
	fork_child(2);
	assert_true(tracer_current(tracer, 0, &thread));
	assert_int_equal(thread.address, (uint64_t)&threads[1]);
	assert_string_equal(thread.proc, "1");
	assert_int_equal(thread.state, TRACER_RUNNING);
	assert_int_equal(tracer_threads(tracer, 0, all, 8), 3);
	assert_int_equal(all[2].id, 2);
	assert_int_equal(all[2].state, TRACER_READY);
	assert_int_equal(tracer_threads(tracer, 0, all, 1), 3);
	enter_call(4, 2, 0, 0);
	switch_to(2, THREAD_SLEEPING);
	assert_true(tracer_thread_at(tracer, 0, (uint64_t)&threads[1], &thread));
	assert_true(thread.in_wait);
	assert_int_equal(thread.state, TRACER_BLOCKED);
	exit_with(OS161_EXIT(3));
	assert_true(tracer_current(tracer, 0, &thread));
	assert_true(thread.exiting);
	switch_to(1, THREAD_EXITED);
	assert_false(tracer_thread_at(tracer, 0, (uint64_t)&threads[2], &thread));
	assert_int_equal(tracer_processes(tracer, processes, 8), 2);
	assert_string_equal(processes[1].parent, "1");
	assert_true(processes[1].exited);
	assert_int_equal(processes[1].status.value, 3);
	assert_false(processes[1].reaped);
	assert_null(processes[0].parent);
	threads[1].state = 99;
	assert_true(tracer_current(tracer, 0, &thread));
	assert_int_equal(thread.state, TRACER_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(fork_paths),
		TEST(wait_before_exit),
		TEST(wait_results),
		TEST(orphans),
		TEST(pid_and_address_again),
		TEST(exec_rebinds),
		TEST(returns_by_stack),
		TEST(syscalls_on_demand),
		TEST(console_lines),
		TEST(panic_text),
		TEST(why_it_switched),
		TEST(faults),
		TEST(queries),
		TEST(pid_again_before_the_wait_returns),
	};

	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
