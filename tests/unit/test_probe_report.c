/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backtraces over good and broken chains of frames, and what a report prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_machine.h"
#include "probe/backtrace.h"
#include "probe/report.h"
#include "probe_symbols.h"

static uint64_t stack[512];

static uint64_t inside(const char *name)
{
	return address_of(name) + 1;
}

/* A frame at stack[at] whose caller's is at stack[up]. */
static void frame(size_t at, size_t up, uint64_t return_address)
{
	stack[at] = (uint64_t)&stack[up];
	stack[at + 1] = return_address;
}

/* Stopped in proc_exit, called by syscall_dispatch, called by kmain. */
static int set_up(void **state)
{
	(void)state;
	fake_reset();
	memset(stack, 0, sizeof(stack));
	FAKE_MAP(stack);
	fake.registers.rip = inside("proc_exit") + 1;
	fake.registers.gpr[GPR_RBP] = (uint64_t)&stack[8];
	fake.icount = 4321;
	frame(8, 16, inside("syscall_dispatch"));
	frame(16, 32, inside("kmain"));
	frame(32, 64, 0x1234);
	return 0;
}

static void walk(void **state)
{
	uint64_t frames[BACKTRACE_FRAMES];

	(void)state;
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 3);
	assert_int_equal(frames[0], inside("proc_exit") + 1);
	assert_int_equal(frames[1], inside("syscall_dispatch"));
	assert_int_equal(frames[2], inside("kmain"));
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, 2), 2);
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, 0), 0);
}

static void broken_chains(void **state)
{
	uint64_t frames[BACKTRACE_FRAMES];

	(void)state;
	/* A loop, and a frame that leads downwards: the frame itself still counts. */
	frame(16, 16, inside("kmain"));
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 3);
	frame(16, 8, inside("kmain"));
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 3);
	stack[16] = 0xdead0000;
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 3);
	fake.registers.gpr[GPR_RBP] = (uint64_t)&stack[8] + 4;
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 1);
	fake.registers.gpr[GPR_RBP] = UINT64_MAX - 7;
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES), 1);
	/* Endless, but for the bound. */
	for (size_t i = 0; i < 500; i += 2)
		frame(i, i + 2, inside("kmain"));
	fake.registers.gpr[GPR_RBP] = (uint64_t)&stack[0];
	assert_int_equal(backtrace_walk(NULL, 0, symbols, frames, BACKTRACE_FRAMES),
	                 BACKTRACE_FRAMES);
}

static char *print(const struct report_events *events)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	report_print(out, NULL, 0, symbols, events);
	fclose(out);
	return text;
}

static void must_say(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void machine_state(void **state)
{
	char *text, want[64];

	(void)state;
	fake.registers.gpr[GPR_RCX] = 0xfeedface;
	fake.registers.cr2 = 0xbadcafe;
	/* The fake's instructions lie at even addresses. */
	fake.registers.rip = (fake.registers.rip + 1) & ~1ull;
	text = print(NULL);
	must_say(text, "cpu 0 after 4321 instructions, in kernel mode, proc_exit+0x");
	must_say(text, "rcx 00000000feedface");
	must_say(text, "cr2 000000000badcafe");
	snprintf(want, sizeof(want), " => %016llx  insn_%llx\n",
	         (unsigned long long)fake.registers.rip,
	         (unsigned long long)fake.registers.rip);
	must_say(text, want);
	snprintf(want, sizeof(want), "    %016llx  insn_%llx\n",
	         (unsigned long long)fake.registers.rip - 2,
	         (unsigned long long)fake.registers.rip - 2);
	must_say(text, want);
	must_say(text, "syscall_dispatch+0x1  tests/unit/fixtures/probe_kernel.c:");
	assert_null(strstr(text, "last events"));
	free(text);

	/* In user mode there is no name, and at an odd address no instruction. */
	fake.registers.cpl = 3;
	fake.registers.rip = 0x400001;
	text = print(NULL);
	must_say(text, "in user mode\n");
	must_say(text, " => 0000000000400001  (no instruction)\n");
	free(text);
}

static void last_events(void **state)
{
	struct report_events *events;
	char proc[16] = "1.2", *text, longest[1000];

	(void)state;
	assert_int_equal(report_events_create(&events), 0);
	for (int i = 0; i < 100; i++) {
		struct trace_event event = {.kind = TRACE_EXIT,
		                            .icount = (uint64_t)i,
		                            .proc = proc};

		event.exit.status.value = i;
		report_events_emit(events, &event);
	}
	struct trace_event said = {.kind = TRACE_CONSOLE, .icount = 100, .proc = proc};

	said.console.text = "a\033[31m\n\377 and what follows";
	said.console.length = 9;
	report_events_emit(events, &said);
	memset(longest, 'x', sizeof(longest));
	longest[999] = '\0';
	struct trace_event panic = {.kind = TRACE_PANIC, .icount = 101, .proc = proc};

	panic.panic.text = longest;
	report_events_emit(events, &panic);
	/* What was borrowed is gone by now. */
	strcpy(proc, "9.9");
	memset(longest, 'y', sizeof(longest));
	text = print(events);
	must_say(text, "            99  1.2      exit status=exit 99\n");
	must_say(text, "console text=a\\x1b[31m\\n\\xff \n");
	must_say(text, "panic text=xxxx");
	assert_null(strstr(text, "exit 70\n"));
	assert_null(strstr(text, "9.9"));
	assert_null(strchr(text, '\033'));
	free(text);
	report_events_destroy(events);
	report_events_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(walk, set_up),
		cmocka_unit_test_setup(broken_chains, set_up),
		cmocka_unit_test_setup(machine_state, set_up),
		cmocka_unit_test_setup(last_events, set_up),
	};

	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
