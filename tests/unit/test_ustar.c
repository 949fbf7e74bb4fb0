/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files added to an initrd: found again, the archive still good, its bytes the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/initrd.h"
#include "boot/ustar.h"

#define END ((size_t)2 * USTAR_BLOCK)

/* An archive without members. */
static struct file empty(void)
{
	struct file archive = {.path = "initrd.tar", .size = END};

	archive.data = calloc(1, END + 1);
	assert_non_null(archive.data);
	return archive;
}

static void assert_holds(const struct file *archive, const char *path, const char *text)
{
	struct boot_initrd_member member;

	assert_int_equal(boot_initrd_check(archive->path, archive->data, archive->size),
	                 0);
	assert_true(boot_initrd_find(archive->data, archive->size, path, &member));
	assert_false(member.directory);
	assert_int_equal(member.size, strlen(text));
	assert_memory_equal(member.data, text, member.size);
}

static void assert_refused(struct file *archive, const char *path, const char *why)
{
	size_t size = archive->size;

	assert_int_equal(ustar_add(archive, path, "x", 1), ERR_USAGE);
	if (strstr(error_message(), why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error_message(), why);
	assert_int_equal(archive->size, size);
	assert_int_equal(boot_initrd_check(archive->path, archive->data, size), 0);
}

static void adds_files_and_their_directories(void **state)
{
	struct file archive = empty();
	struct boot_initrd_member member;

	(void)state;
	assert_int_equal(ustar_add(&archive, "/data/a/text", "hello", 5), 0);
	assert_int_equal(ustar_add(&archive, "//data/./empty", NULL, 0), 0);
	assert_holds(&archive, "/data/a/text", "hello");
	assert_holds(&archive, "/data/empty", "");
	assert_true(boot_initrd_find(archive.data, archive.size, "/data/a", &member));
	assert_true(member.directory);
	/* Headers of data, a, text and empty, one block of text, the end. */
	assert_int_equal(archive.size, 5 * USTAR_BLOCK + END);
	file_free(&archive);
}

static void replaces_a_file_wherever_it_lies(void **state)
{
	struct file archive = empty();
	char large[1000];

	(void)state;
	memset(large, 'x', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	assert_int_equal(ustar_add(&archive, "/first", "1", 1), 0);
	assert_int_equal(ustar_add(&archive, "/second", large, strlen(large)), 0);
	assert_int_equal(ustar_add(&archive, "/third", "3", 1), 0);
	assert_int_equal(ustar_add(&archive, "/second", "2", 1), 0);
	assert_int_equal(ustar_add(&archive, "/first", "one", 3), 0);
	assert_holds(&archive, "/first", "one");
	assert_holds(&archive, "/second", "2");
	assert_holds(&archive, "/third", "3");
	assert_int_equal(archive.size, 6 * USTAR_BLOCK + END);
	file_free(&archive);
}

static void splits_long_paths(void **state)
{
	struct file archive = empty();
	char path[300], part[101];

	(void)state;
	memset(part, 'n', sizeof(part));
	part[100] = '\0';
	snprintf(path, sizeof(path), "/%s", part);
	assert_int_equal(ustar_add(&archive, path, "1", 1), 0);
	assert_holds(&archive, path, "1");
	snprintf(path, sizeof(path), "/d/%s", part);
	assert_int_equal(ustar_add(&archive, path, "2", 1), 0);
	assert_holds(&archive, path, "2");
	snprintf(path, sizeof(path), "/%s/e/%s", part + 1, part);
	assert_int_equal(ustar_add(&archive, path, "3", 1), 0);
	assert_holds(&archive, path, "3");
	snprintf(path, sizeof(path), "/%sm", part);
	assert_refused(&archive, path, "too long");
	snprintf(path, sizeof(path), "/%s/%s/%s", part, part, part);
	assert_refused(&archive, path, "too long");
	file_free(&archive);
}

static void refuses_paths_that_cannot_be(void **state)
{
	struct file archive = empty();

	(void)state;
	assert_int_equal(ustar_add(&archive, "/bin/sh", "shell", 5), 0);
	assert_refused(&archive, "data/x", "not an absolute path");
	assert_refused(&archive, "", "not an absolute path");
	assert_refused(&archive, "/data/../x", "\"..\"");
	assert_refused(&archive, "/", "a directory");
	assert_refused(&archive, "/bin", "a directory");
	assert_refused(&archive, "/bin/", "a directory");
	assert_refused(&archive, "/bin/sh/x", "/bin/sh is a file");
	assert_holds(&archive, "/bin/sh", "shell");
	file_free(&archive);
}

static void gives_the_same_bytes(void **state)
{
	struct file a = empty(), b = empty();

	(void)state;
	assert_int_equal(ustar_add(&a, "/data/x", "text", 4), 0);
	assert_int_equal(ustar_add(&b, "/data/x", "text", 4), 0);
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.data, b.data, a.size);
	file_free(&a);
	file_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_files_and_their_directories),
		cmocka_unit_test(replaces_a_file_wherever_it_lies),
		cmocka_unit_test(splits_long_paths),
		cmocka_unit_test(refuses_paths_that_cannot_be),
		cmocka_unit_test(gives_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
