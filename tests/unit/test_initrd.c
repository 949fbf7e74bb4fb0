/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initrd reader: archives built here block by block, good and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "boot/initrd.h"

#define BLOCK 512

static uint8_t archive[64 * BLOCK];
static size_t size;

static void seal(uint8_t *header)
{
	unsigned int sum = 0;

	memset(header + 148, ' ', 8);
	for (int i = 0; i < BLOCK; i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
}

/* Appends a member; what its name says about kind and prefix is up to the caller. */
static uint8_t *add(const char *name, char kind, const char *text)
{
	uint8_t *header = archive + size;
	size_t n = strlen(text);

	memset(header, 0, BLOCK);
	memcpy(header, name, strlen(name));
	snprintf((char *)header + 124, 12, "%011zo", n);
	header[156] = (uint8_t)kind;
	memcpy(header + 257, "ustar\00000", 8);
	seal(header);
	size += BLOCK;
	memset(archive + size, 0, BLOCK);
	memcpy(archive + size, text, n);
	size += n == 0 ? 0 : BLOCK;
	return header;
}

static void finish(void)
{
	memset(archive + size, 0, (size_t)2 * BLOCK);
	size += (size_t)2 * BLOCK;
}

/* bin/ bin/sh testbin/ testbin/sh testbin/forktest */
static void build_good(void)
{
	size = 0;
	add("bin/", '5', "");
	add("./bin/sh", '0', "shell");
	add("testbin", '5', "");
	add("testbin/sh", '0', "other shell");
	add("testbin/forktest", '\0', "forks");
	finish();
}

static void assert_refused(const char *why)
{
	assert_int_equal(boot_initrd_check("initrd.tar", archive, size), ERR_FILE);
	if (strstr(error_message(), why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error_message(), why);
	assert_int_equal(strncmp(error_message(), "initrd.tar: ", 12), 0);
}

static void accepts_a_good_archive(void **state)
{
	(void)state;
	build_good();
	assert_int_equal(boot_initrd_check("initrd.tar", archive, size), 0);
	size = 0;
	finish();
	assert_int_equal(boot_initrd_check("initrd.tar", archive, size), 0);
}

static void finds_members_by_path(void **state)
{
	static const char *const names[] = {"/bin/sh", "bin/sh", "./bin//sh",
	                                    "//bin/./sh"};
	struct boot_initrd_member member;

	(void)state;
	build_good();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(boot_initrd_find(archive, size, names[i], &member));
		assert_string_equal(member.path, "bin/sh");
		assert_int_equal(member.size, 5);
		assert_memory_equal(member.data, "shell", 5);
		assert_false(member.directory);
	}
	assert_true(boot_initrd_find(archive, size, "/bin/", &member));
	assert_true(member.directory);
	assert_false(boot_initrd_find(archive, size, "/bin/s", &member));
	assert_false(boot_initrd_find(archive, size, "/bin/sh/../sh", &member));
	assert_false(boot_initrd_find(archive, size, "", &member));
}

static void finds_programs_as_init_does(void **state)
{
	struct boot_initrd_member member;

	(void)state;
	build_good();
	assert_true(boot_initrd_find_program(archive, size, "sh", &member));
	assert_string_equal(member.path, "bin/sh");
	assert_true(boot_initrd_find_program(archive, size, "forktest", &member));
	assert_string_equal(member.path, "testbin/forktest");
	assert_true(boot_initrd_find_program(archive, size, "/testbin/sh", &member));
	assert_int_equal(member.size, 11);
	assert_false(boot_initrd_find_program(archive, size, "no-such-program", &member));
	assert_false(boot_initrd_find_program(archive, size, "/bin", &member));
}

static void joins_prefix_and_name(void **state)
{
	struct boot_initrd_member member;
	uint8_t *header;
	char path[300], prefix[156], name[101];

	(void)state;
	memset(prefix, 'p', 155);
	memset(name, 'n', 100);
	prefix[155] = name[100] = '\0';
	size = 0;
	header = add(name, '0', "deep");
	memcpy(header + 345, prefix, 155);
	seal(header);
	finish();
	assert_int_equal(boot_initrd_check("initrd.tar", archive, size), 0);
	snprintf(path, sizeof(path), "/%s/%s", prefix, name);
	assert_true(boot_initrd_find(archive, size, path, &member));
	assert_int_equal(strlen(member.path), 256);
	path[sizeof(path) - 1] = '\0';
	strcat(path, "n");
	assert_false(boot_initrd_find(archive, size, path, &member));
}

static void refuses_what_is_cut_off(void **state)
{
	size_t whole;

	(void)state;
	build_good();
	whole = size;
	size = 0;
	assert_refused("empty");
	for (size = 1; size < whole; size++)
		assert_int_equal(boot_initrd_check("initrd.tar", archive, size),
		                 ERR_FILE);
	size = 100;
	assert_refused("truncated: no end of archive at offset 0;");
	size = whole - (size_t)BLOCK;
	assert_refused("only one block of zeros");
	size = (size_t)3 * BLOCK - 1;
	assert_refused("truncated: a file that does not end at offset 512;");
}

static void refuses_broken_headers(void **state)
{
	static const struct {
		size_t at;
		char byte;
		const char *why;
	} breaks[] = {
		{257, 'U', "no ustar header"},
		{263, ' ', "no ustar header"},
		{100, '7', "wrong checksum"},
		{124, '9', "wrong checksum"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		build_good();
		archive[BLOCK + breaks[i].at] = (uint8_t)breaks[i].byte;
		assert_refused(breaks[i].why);
		assert_non_null(strstr(error_message(), "at offset 512;"));
	}
}

static void refuses_headers_that_lie(void **state)
{
	static const struct {
		const char *name;
		char kind;
		const char *size;
		const char *why;
	} lies[] = {
		{"file", '0', "77777777777", "does not end"},
		{"file", '0', "7777777777x", "malformed size"},
		{"file", '0', "           ", "malformed size"},
		{"file", '0', "\200000000000", "malformed size"},
		{"link", '2', "00000000000", "neither a regular file nor a directory"},
		{"/etc/passwd", '0', "00000000000", "a name that"},
		{"../up", '0', "00000000000", "a name that"},
		{"a/../../up", '0', "00000000000", "a name that"},
		{"", '0', "00000000000", "a name that"},
		{"./", '0', "00000000000", "a name that"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		uint8_t *header;

		size = 0;
		header = add(lies[i].name, lies[i].kind, "");
		memcpy(header + 124, lies[i].size, 11);
		seal(header);
		finish();
		assert_refused(lies[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_good_archive),
		cmocka_unit_test(finds_members_by_path),
		cmocka_unit_test(finds_programs_as_init_does),
		cmocka_unit_test(joins_prefix_and_name),
		cmocka_unit_test(refuses_what_is_cut_off),
		cmocka_unit_test(refuses_broken_headers),
		cmocka_unit_test(refuses_headers_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
