/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols, lines and types of an image, and of broken ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fixtures/probe_kernel.h"
#include "probe/types.h"
#include "probe_symbols.h"

static void names_and_addresses(void **state)
{
	uint64_t address, size, offset;
	char text[64];

	(void)state;
	assert_true(symbols_lookup(symbols, "table", &address, &size));
	assert_int_equal(size, 8 * sizeof(struct proc));
	assert_false(symbols_lookup(symbols, "no_such_thing", &address, &size));
	assert_true(symbols_lookup(symbols, "proc_exit", &address, &size));
	assert_true(size > 0);
	assert_string_equal(symbols_function(symbols, address, &offset), "proc_exit");
	assert_int_equal(offset, 0);
	assert_true(symbols_describe(symbols, address, text, sizeof(text)));
	assert_string_equal(text, "proc_exit");
	assert_true(symbols_describe(symbols, address + size - 1, text, sizeof(text)));
	assert_int_equal(strncmp(text, "proc_exit+0x", 12), 0);
	/* Data is found by name, but is no place for the processor to be. */
	assert_null(symbols_function(symbols, address_of("table"), &offset));
	assert_null(symbols_function(symbols, 0, &offset));
	assert_null(symbols_function(symbols, UINT64_MAX, &offset));
	assert_false(symbols_describe(symbols, 16, text, sizeof(text)));
	assert_string_equal(text, "");
}

static void assembly_labels(void **state)
{
	uint64_t offset, label = address_of("bare_label");

	(void)state;
	assert_string_equal(symbols_function(symbols, address_of("asm_switch"), &offset),
	                    "asm_switch");
	assert_string_equal(symbols_function(symbols, label, &offset), "bare_label");
	assert_string_equal(symbols_function(symbols, label + 1, &offset), "bare_label");
	assert_int_equal(offset, 1);
}

static void source_lines(void **state)
{
	const char *file;
	int line = 0;

	(void)state;
	file = symbols_line(symbols, address_of("proc_exit"), &line);
	assert_non_null(file);
	assert_string_equal(file, "tests/unit/fixtures/probe_kernel.c");
	assert_in_range(line, 50, 65);
	file = symbols_line(symbols, address_of("make_opaque"), &line);
	assert_non_null(file);
	assert_string_equal(file, "tests/unit/fixtures/probe_other.c");
	assert_null(symbols_line(symbols, 0x1000, &line));
	assert_null(symbols_line(symbols, address_of("table"), &line));
}

static void types(void **state)
{
	struct types *t;
	struct type_info info;
	struct type_field field;
	uint64_t proc, opaque, state_type;
	int64_t value;

	(void)state;
	assert_int_equal(types_create(&t, symbols), 0);
	assert_true(types_struct(t, "proc", &proc));
	assert_false(types_struct(t, "no_such_struct", &proc));
	types_info(t, proc, &info);
	assert_int_equal(info.kind, TYPE_STRUCT);
	assert_int_equal(info.size, sizeof(struct proc));
	assert_true(types_field(t, proc, "pid", &field));
	assert_int_equal(field.offset, offsetof(struct proc, pid));
	types_info(t, field.type, &info);
	assert_int_equal(info.kind, TYPE_INTEGER);
	assert_int_equal(info.size, 2);
	assert_false(info.is_signed);
	assert_true(types_field(t, proc, "mood", &field));
	assert_int_equal(field.offset, offsetof(struct proc, mood));
	types_info(t, field.type, &info);
	assert_int_equal(info.kind, TYPE_ENUM);
	assert_true(info.is_signed);
	assert_true(types_enumerator(t, field.type, "MOOD_BAD", &value));
	assert_int_equal(value, MOOD_BAD);
	assert_false(types_enumerator(t, field.type, "THREAD_READY", &value));
	assert_true(types_field(t, proc, "flag", &field));
	assert_true(field.bits);
	assert_false(types_field(t, proc, "nested_low", &field));

	/* Declared here, defined in the other file. */
	assert_true(types_field(t, proc, "opaque", &field));
	types_info(t, field.type, &info);
	types_info(t, info.target, &info);
	opaque = info.type;
	assert_true(types_field(t, opaque, "secret", &field));
	assert_int_equal(field.offset, 8);

	assert_true(types_variable(t, "some_state", &state_type));
	assert_true(types_enumerator(t, state_type, "THREAD_SLEEPING", &value));
	assert_int_equal(value, THREAD_SLEEPING);
	assert_false(types_enumerator(t, state_type, "NAMELESS_SECOND", &value));
	assert_true(types_enumerator(t, TYPE_VOID, "NAMELESS_SECOND", &value));
	assert_int_equal(value, NAMELESS_SECOND);
	types_destroy(t);
}

static int open_bytes(const void *bytes, size_t n, struct symbols **s)
{
	return symbols_open_memory(s, bytes, n, "k.elf");
}

static void refused(void **state)
{
	unsigned char elf[64] = {0x7f, 'E', 'L', 'F', 1};
	struct symbols *s;

	(void)state;
	assert_int_equal(symbols_open(&s, "/no/such/kernel"), ERR_FILE);
	assert_non_null(strstr(error_message(), "/no/such/kernel"));
	assert_int_equal(symbols_open(&s, "/"), ERR_FILE);
	assert_int_equal(open_bytes("", 0, &s), ERR_FILE);
	assert_int_equal(
		open_bytes("hello, this is not an ELF file at all, but it is long "
	                   "enough to be taken for one",
	                   80, &s),
		ERR_FILE);
	assert_string_equal(error_message(), "k.elf: not an ELF file");
	assert_int_equal(open_bytes(elf, sizeof(elf), &s), ERR_FILE);
	assert_string_equal(error_message(), "k.elf: not a 64-bit ELF file");
	elf[4] = 2;
	assert_int_equal(open_bytes(elf, sizeof(elf), &s), ERR_FILE);
}

/* Looks at everything an image offers; the answers do not matter, surviving does. */
static void use(const struct symbols *s)
{
	struct types *t;
	uint64_t offset, type;
	struct type_field field;
	int line;

	for (uint64_t at = 0xffffffff80100000; at < 0xffffffff80102000; at += 61) {
		symbols_function(s, at, &offset);
		symbols_line(s, at, &line);
	}
	if (types_create(&t, s) != 0)
		return;
	if (types_struct(t, "proc", &type)) {
		char text[64];

		types_describe(t, type, text, sizeof(text));
		types_field(t, type, "list", &field);
		types_field(t, type, "none", &field);
	}
	if (types_function(t, "small_arguments", &type))
		types_parameter(t, type, 5, &offset);
	types_destroy(t);
}

static void garbage(void **state)
{
	uint32_t random = 12345;
	struct file image;
	uint8_t *bad;

	(void)state;
	assert_int_equal(file_read(&image, TEST_PROBE_FIXTURE, SIZE_MAX), 0);
	bad = malloc(image.size);
	assert_non_null(bad);
	for (int round = 0; round < 300; round++) {
		size_t n = image.size;
		struct symbols *s;

		memcpy(bad, image.data, image.size);
		for (int i = 0; i < 1 + round % 40; i++) {
			random = random * 1664525 + 1013904223;
			/* Headers and debugging sections alike. */
			bad[(random >> 4) % (round % 3 ? image.size : 512)] =
				(uint8_t)(random >> 24);
		}
		if (round % 7 == 0)
			n = (random >> 8) % image.size;
		if (symbols_open_memory(&s, bad, n, "bad.elf") != 0)
			continue;
		use(s);
		symbols_close(s);
	}
	free(bad);
	file_free(&image);
}

/* An escape in place of the first letter, wherever the text stands. */
static void spoil(struct file *image, const char *text)
{
	uint8_t *at = image->data, *end = image->data + image->size;

	while ((at = memmem(at, (size_t)(end - at), text, strlen(text))))
		*at = '\033';
}

static void names_that_steer_a_terminal(void **state)
{
	uint64_t offset, proc_exit = address_of("proc_exit");
	struct file image;
	struct symbols *s;
	const char *name;
	int line;

	(void)state;
	assert_int_equal(file_read(&image, TEST_PROBE_FIXTURE, SIZE_MAX), 0);
	spoil(&image, "proc_exit");
	spoil(&image, "probe_kernel.c");
	assert_int_equal(symbols_open_memory(&s, image.data, image.size, "k.elf"), 0);
	name = symbols_function(s, proc_exit, &offset);
	assert_true(!name || !strchr(name, '\033'));
	name = symbols_line(s, proc_exit, &line);
	assert_true(!name || !strchr(name, '\033'));
	assert_non_null(symbols_line(s, address_of("make_opaque"), &line));
	symbols_close(s);
	file_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_addresses),
		cmocka_unit_test(assembly_labels),
		cmocka_unit_test(source_lines),
		cmocka_unit_test(types),
		cmocka_unit_test(refused),
		cmocka_unit_test(garbage),
		cmocka_unit_test(names_that_steer_a_terminal),
	};

	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
