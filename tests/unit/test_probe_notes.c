/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tracer tells a search besides events: locks and pages. */
#include "probe_guest.h"

static struct text notes;

static void keep_note(void *ctx, int cpu, enum tracer_note what, uint64_t a, uint64_t b)
{
	static const char *const names[] = {
		[TRACER_ACQUIRE] = "acquire",
		[TRACER_RELEASE] = "release",
		[TRACER_PAGES] = "pages",
		[TRACER_PAGES_FREE] = "free",
	};

	assert_ptr_equal(ctx, &notes);
	assert_int_equal(cpu, 0);
	text_printf(&notes, "%s %llx %llx\n", names[what], (unsigned long long)a,
	            (unsigned long long)b);
}

static void expect_notes(const char *lines)
{
	assert_string_equal(notes.data ? notes.data : "", lines);
	text_clear(&notes);
}

static void listen(void)
{
	assert_int_equal(tracer_on_note(tracer, keep_note, &notes), 0);
}

/* Enters a function that is told of when it returns. */
static void enter(const char *function, uint64_t argument)
{
	*stack() = symbol("kmain") + 4;
	call_at(stack(), function, argument, 0, 0);
}

static void costs_nothing_unasked(void **state)
{
	(void)state;
	assert_false(fake_probed(symbol("spin_acquire")));
	assert_false(fake_probed(symbol("frame_alloc")));
	listen();
	assert_true(fake_probed(symbol("spin_acquire")));
	assert_true(fake_probed(symbol("frame_alloc")));
	assert_false(fake_probed(symbol("kmalloc")));
}

static void locks(void **state)
{
	(void)state;
	boot();
	listen();
	call_at(stack(), "spin_acquire", 0x1000, 0, 0);
	call_at(stack(), "spin_release", 0x1000, 0, 0);
	expect_notes("acquire 1000 0\nrelease 1000 0\n");
	enter("sleep_acquire", 0x2000);
	expect_notes("");
	return_from(stack(), 0);
	expect_notes("acquire 2000 1\n");
	/* They are no events, and events go on. */
	expect("");
	fork_child(2);
	expect("'1','ev':'fork','child':2,'child_proc':'1.1'}\n");
}

static void pages(void **state)
{
	(void)state;
	boot();
	listen();
	enter("frame_alloc", 2);
	return_from(stack(), 0x8000);
	call_at(stack(), "frame_free", 8, 0x3000, 0);
	call_at(stack(), "page_free", 0xffff888000009000, 0, 0);
	expect_notes("pages 8000 4000\nfree 8000 3000\nfree ffff888000009000 1000\n");
	/* There was no memory. */
	enter("frame_alloc", 2);
	return_from(stack(), 0);
	expect_notes("");
}

/* A return awaited before anyone listened is still seen. */
static void listens_late(void **state)
{
	(void)state;
	boot();
	enter_call(4, UINT64_MAX, 0, 0);
	listen();
	text_clear(&events);
	leave_call(-10);
	expect("'1','ev':'wait.return','error':10}\n");
}

static int forget_notes(void **state)
{
	text_free(&notes);
	return tear_down(state);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, forget_notes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(costs_nothing_unasked),
		TEST(locks),
		TEST(pages),
		TEST(listens_late),
	};

	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
