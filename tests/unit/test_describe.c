/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events in words: as a name, and as what the process does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/describe.h"

static void expect(const struct trace_event *e, const char *event, const char *deed)
{
	struct text text = {0};

	describe_event(&text, e);
	assert_string_equal(text.data, event);
	text_clear(&text);
	describe_deed(&text, e);
	assert_string_equal(text.data, deed);
	text_free(&text);
}

static void words_what_a_process_does(void **state)
{
	static const char *const argv[] = {"sh", "-c", "a\tb"};
	struct trace_event fork = {.kind = TRACE_FORK, .fork = {2, "1.1"}};
	struct trace_event exec = {.kind = TRACE_EXEC, .exec = {"/bin/sh", 3, argv}};
	struct trace_event exit = {.kind = TRACE_EXIT, .exit.status = {.value = 3}};
	struct trace_event killed = {.kind = TRACE_EXIT,
	                             .exit.status = {.signaled = true, .value = 11}};

	(void)state;
	expect(&fork, "fork 1.1", "forks 1.1");
	expect(&exec, "exec /bin/sh -c a\\x09b", "executes /bin/sh");
	expect(&exit, "exit 3", "exits, status 3");
	expect(&killed, "exit by SIGSEGV", "exits, signal 11");
}

static void words_waits(void **state)
{
	struct trace_event any = {.kind = TRACE_WAIT_ENTER, .wait_enter.target = -1};
	struct trace_event one = {.kind = TRACE_WAIT_ENTER, .wait_enter.target = 7};
	struct trace_event asleep = {.kind = TRACE_WAIT_BLOCK};
	struct trace_event got = {.kind = TRACE_WAIT_RETURN,
	                          .wait_return = {7, "1.1", {.value = 3}, 0}};
	struct trace_event none = {.kind = TRACE_WAIT_RETURN};
	struct trace_event failed = {.kind = TRACE_WAIT_RETURN,
	                             .wait_return = {.child = -1, .error = 10}};

	(void)state;
	expect(&any, "wait for any child", "waits for any child");
	expect(&one, "wait for 7", "waits for pid 7");
	expect(&asleep, "wait sleeps", "goes to sleep in its wait");
	expect(&got, "wait returns 1.1, exit 3", "its wait gives 1.1, status 3");
	expect(&none, "wait finds nobody", "its wait gives nothing");
	expect(&failed, "wait fails with error 10", "its wait fails (errno 10)");
}

static void words_the_end_of_a_child(void **state)
{
	struct trace_event reap = {.kind = TRACE_REAP, .reap = {"1.1"}};
	struct trace_event orphan = {.kind = TRACE_ORPHAN, .orphan = {"1.1"}};
	struct trace_event reparent = {.kind = TRACE_REPARENT, .reparent = {"1.1", "1"}};
	struct trace_event release = {.kind = TRACE_RELEASE, .release = {"1.1", "files"}};

	(void)state;
	expect(&reap, "reap 1.1", "gives up the entry of 1.1");
	expect(&orphan, "leaves 1.1", "leaves 1.1 an orphan");
	expect(&reparent, "hands 1.1 to 1", "hands 1.1 to 1");
	expect(&release, "frees files of 1.1", "frees the files of 1.1");
}

static void words_the_heap(void **state)
{
	struct trace_event alloc = {.kind = TRACE_ALLOC,
	                            .alloc = {.size = 64, .label = "thread"}};
	struct trace_event nameless = {.kind = TRACE_ALLOC,
	                               .alloc = {.size = 8, .label = ""}};
	struct trace_event freed = {.kind = TRACE_FREE, .alloc.address = 0x1000};
	struct text text = {0};

	(void)state;
	describe_event(&text, &alloc);
	text_char(&text, '\n');
	describe_event(&text, &nameless);
	text_char(&text, '\n');
	describe_event(&text, &freed);
	assert_string_equal(text.data, "allocates 64 bytes, thread\n"
	                               "allocates 8 bytes\n"
	                               "frees a block of the heap");
	text_free(&text);
}

/* A story shows by its columns who runs. */
static void a_deed_is_nothing_of_the_schedule(void **state)
{
	struct trace_event change = {.kind = TRACE_SWITCH,
	                             .switch_ = {"1", "1.1", 1, 2, "preempt"}};
	struct trace_event irq = {.kind = TRACE_IRQ, .irq.vector = 32};
	struct text text = {0};

	(void)state;
	describe_deed(&text, &change);
	describe_deed(&text, &irq);
	assert_int_equal(text.length, 0);
	describe_event(&text, &change);
	assert_string_equal(text.data, "switch to 1.1, preempt");
	text_free(&text);
}

/* A name may be a guest's or a trace's: it must not steer a terminal. */
static void words_are_printable(void **state)
{
	struct trace_event panic = {.kind = TRACE_PANIC, .panic.text = "a\033[2Jb\n"};
	struct trace_event release = {.kind = TRACE_RELEASE, .release = {"1.1", "\033"}};
	struct trace_event call = {.kind = TRACE_SYSCALL, .syscall.name = "\x9b"};
	struct text text = {0};

	(void)state;
	expect(&panic, "panic \"a\\x1b[2Jb\\n\"", "PANIC: a\\x1b[2Jb\\n");
	expect(&release, "frees \\x1b of 1.1", "frees the \\x1b of 1.1");
	describe_event(&text, &call);
	assert_string_equal(text.data, "system call \\x9b");
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_what_a_process_does),
		cmocka_unit_test(words_waits),
		cmocka_unit_test(words_the_end_of_a_child),
		cmocka_unit_test(words_the_heap),
		cmocka_unit_test(a_deed_is_nothing_of_the_schedule),
		cmocka_unit_test(words_are_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
