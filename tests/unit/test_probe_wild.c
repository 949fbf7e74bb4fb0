/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests gone wild: a tracer may tell nonsense of them, but stays bounded and alive. */
#include "probe_guest.h"

static uint32_t random_state;

static uint32_t any(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* Addresses that mean something, nothing, or end in the middle of nowhere. */
static uint64_t any_address(void)
{
	switch (any(6)) {
	case 0:
		return (uint64_t)&threads[any(THREADS)];
	case 1:
		return (uint64_t)&procs[any(THREADS)];
	case 2:
		return (uint64_t)text_memory + any(sizeof(text_memory));
	case 3:
		return (uint64_t)any(1u << 24) << any(40);
	case 4:
		return (uint64_t)&objects[any(THREADS)][any(4)];
	default:
		return any(3);
	}
}

static void random_calls(void **state)
{
	static const char *const functions[] = {
		"context_switch", "thread_start",  "exec_commit", "proc_exit",
		"kmalloc",        "as_destroy",    "hand_over",   "proc_release_entry",
		"kfree",          "files_destroy", "panic_stop",  "syscall_dispatch",
		"thread_destroy",
	};

	(void)state;
	start_tracer(true, true);
	random_state = 1;
	for (int i = 0; i < 200000; i++) {
		uint64_t *rsp = &stacks[any(THREADS)][any(STACK_WORDS)];

		*rsp = any(2) ? symbol("kmain") + any(8) : any_address();
		if (any(3) == 0)
			memset(&procs[any(THREADS)], (int)any(256), sizeof(procs[0]));
		call_at(any(9) ? rsp : (uint64_t *)any_address(), functions[any(13)],
		        any_address(), any_address(), any_address());
		if (any(2))
			return_from(rsp, any_address());
		if (any(8) == 0) {
			fake.registers.gpr[GPR_RAX] = any(6);
			fake.registers.cpl = 3;
			observer->syscall(observer->ctx, 0);
		}
		if (any(16) == 0)
			observer->interrupt(observer->ctx, 0, (int)any(256), any(2));
		if (any(16) == 0)
			say("text");
		text_clear(&events);
	}
	assert_true(tracer_events(tracer) > 100000);
}

/* More processes than any table holds, none of which ever ends. */
static void endless_forks(void **state)
{
	size_t n = 70000;
	struct proc *many = calloc(n, sizeof(*many));

	(void)state;
	assert_non_null(many);
	fake_map((uint64_t)many, many, n * sizeof(*many));
	boot();
	for (size_t i = 0; i < n; i++) {
		many[i].pid = (u16)(i % 60000 + 2);
		threads[2].proc = &many[i];
		fork_child(2);
		text_clear(&events);
	}
	assert_true(tracer_lost(tracer) > 0);
	assert_int_equal(tracer_processes(tracer, NULL, 0), 65536);
	assert_string_equal(traced(), "1");
	free(many);
}

/* A chain of generations: fork paths would grow without end. */
static void endless_depth(void **state)
{
	struct tracer_process all[8];
	size_t longest = 0;

	(void)state;
	boot();
	for (int i = 0; i < 5000; i++) {
		int child = 1 + (i + 1) % 4, parent = current();
		size_t n;

		fork_child(child);
		exit_with(0);
		switch_to(child, THREAD_EXITED);
		call("proc_release_entry", &procs[parent], NULL);
		call("as_destroy", procs[parent].as, NULL);
		call("files_destroy", procs[parent].files, NULL);
		call("thread_destroy", procs[parent].thread, NULL);
		n = strlen(traced());
		longest = n > longest ? n : longest;
		text_clear(&events);
	}
	assert_in_range(longest, 3000, 4000);
	assert_int_equal(tracer_processes(tracer, all, 8), 1);
	assert_int_equal(tracer_lost(tracer), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(random_calls),
		TEST(endless_forks),
		TEST(endless_depth),
	};

	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
