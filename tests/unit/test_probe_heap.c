/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What remains of the kernel's heap, told event by event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_machine.h"
#include "probe/heap.h"
#include "probe/symbols.h"

static struct kernel *kernel;
static struct heap *heap;
static char *printed;

static int open_kernel(void **state)
{
	(void)state;
	return kernel_open(&kernel, TEST_PROBE_FIXTURE);
}

static int close_kernel(void **state)
{
	(void)state;
	kernel_close(kernel);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	fake_reset();
	return heap_create(&heap, NULL, kernel);
}

static int tear_down(void **state)
{
	(void)state;
	heap_destroy(heap);
	free(printed);
	printed = NULL;
	return 0;
}

static uint64_t function(const char *name)
{
	uint64_t address = 0, size;

	assert_true(symbols_lookup(kernel_symbols(kernel), name, &address, &size));
	return address;
}

static void start_program(void)
{
	struct trace_event event = {.kind = TRACE_EXEC};

	heap_emit(heap, &event);
}

/* A block, asked for by the call that returns to `site`. */
static void take(uint64_t address, uint64_t size, const char *label, uint64_t site)
{
	struct trace_event event = {.kind = TRACE_ALLOC};

	event.alloc.address = address;
	event.alloc.size = size;
	event.alloc.label = label;
	fake.registers.rip = site;
	heap_emit(heap, &event);
}

static void give_back(uint64_t address)
{
	struct trace_event event = {.kind = TRACE_FREE};

	event.alloc.address = address;
	heap_emit(heap, &event);
}

static const char *print(void)
{
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	assert_non_null(out);
	heap_print(heap, out);
	fclose(out);
	return printed;
}

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is not in:\n%s", what, text);
}

static void counts_from_the_first_program_on(void **state)
{
	(void)state;
	take(0x1000, 64, "boot.c:1", function("kmain") + 4);
	assert_string_equal(print(), "heap: no program was started\n");
	free(printed);
	start_program();
	give_back(0x2000);
	assert_string_equal(print(), "heap: nothing remains\n");
}

static void what_is_freed_does_not_remain(void **state)
{
	(void)state;
	start_program();
	for (uint64_t i = 1; i <= 3000; i++)
		take(i << 8, i, "x.c:1", function("kmain") + 4);
	for (uint64_t i = 1; i <= 3000; i++)
		if (i != 17)
			give_back(i << 8);
	give_back(1 << 8);
	take(0, 5, "none.c:1", function("kmain") + 4);
	assert_says(print(), "        17  0x0000000000001100  x.c:1");
	assert_says(printed, "heap: 1 blocks, 17 bytes remain\n");
	assert_null(strstr(printed, "none.c"));
}

static void lists_in_the_order_of_allocation(void **state)
{
	char *first, *second;

	(void)state;
	start_program();
	take(0x3000, 1, "gone", function("kmain") + 4);
	take(0x2000, 2, "first", function("kmain") + 4);
	take(0x1000, 3, "second", function("kmain") + 4);
	give_back(0x3000);
	print();
	first = strstr(printed, "first");
	second = strstr(printed, "second");
	assert_true(first && second && first < second);
	assert_says(printed, "heap: 2 blocks, 5 bytes remain\n");
}

/* A free that was not seen: the address is handed out again. */
static void an_address_has_one_block(void **state)
{
	(void)state;
	start_program();
	take(0x1000, 1, "old", function("kmain") + 4);
	take(0x1000, 2, "new", function("kmain") + 4);
	assert_says(print(), "new");
	assert_null(strstr(printed, "old"));
	give_back(0x1000);
	free(printed);
	assert_string_equal(print(), "heap: nothing remains\n");
}

static void names_the_caller(void **state)
{
	uint64_t stack[2] = {function("kmain") + 4, 0};

	(void)state;
	FAKE_MAP(stack);
	start_program();
	take(0x1000, 1, "at return", function("kmain") + 4);
	assert_says(print(), "kmain (tests/unit/fixtures/probe_kernel.c:");
	/* A probe at entry: the caller is on the stack. */
	free(printed);
	give_back(0x1000);
	fake.registers.gpr[GPR_RSP] = (uint64_t)stack;
	take(0x1000, 1, "at entry", function("kmalloc"));
	assert_says(print(), "kmain (tests/unit/fixtures/probe_kernel.c:");
	free(printed);
	give_back(0x1000);
	take(0x1000, 1, "nowhere", 0x1234);
	assert_says(print(), "0x1234\n");
}

static void a_label_does_not_steer_the_terminal(void **state)
{
	char label[200];

	(void)state;
	memset(label, 'l', sizeof(label));
	label[sizeof(label) - 1] = '\0';
	memcpy(label, "\x1b[2J\n", 5);
	start_program();
	take(0x1000, 1, label, function("kmain") + 4);
	assert_says(print(), "  ?[2J?lll");
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(counts_from_the_first_program_on),
		CASE(what_is_freed_does_not_remain),
		CASE(lists_in_the_order_of_allocation),
		CASE(an_address_has_one_block),
		CASE(names_the_caller),
		CASE(a_label_does_not_steer_the_terminal),
	};

	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
