/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: regular, empty, growing, refused, written; SHA-256 by known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char path[] = "/tmp/forkscope-test-file-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void fill(size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		fputc((int)(i * 7 % 251), file);
	assert_int_equal(fclose(file), 0);
}

static void reads_a_file_to_its_end(void **state)
{
	static const size_t sizes[] = {0, 1, 4096, 65535, 65536, 300000};
	struct file file;

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		fill(sizes[s]);
		assert_int_equal(file_read(&file, path, sizes[s]), 0);
		assert_int_equal(file.size, sizes[s]);
		for (size_t i = 0; i < file.size; i++)
			assert_int_equal(file.data[i], i * 7 % 251);
		assert_int_equal(file.data[file.size], 0);
		assert_ptr_equal(file.path, path);
		file_free(&file);
		assert_null(file.data);
	}
}

/* A size of 0 in stat, as those of /proc have. */
static void reads_what_has_no_size_before(void **state)
{
	struct file file;

	(void)state;
	assert_int_equal(file_read(&file, "/proc/self/status", 1u << 20), 0);
	assert_true(file.size > 0);
	assert_non_null(strstr((char *)file.data, "Name:"));
	file_free(&file);
}

static void refuses_what_is_too_large(void **state)
{
	struct file file;

	(void)state;
	fill(101);
	assert_int_equal(file_read(&file, path, 100), ERR_FILE);
	assert_non_null(strstr(error_message(), path));
	assert_null(file.data);
	/* Without an end, so that only the bytes read tell. */
	assert_int_equal(file_read(&file, "/dev/zero", 200000), ERR_FILE);
	assert_non_null(strstr(error_message(), "200000"));
	assert_null(file.data);
}

static void refuses_what_is_no_file(void **state)
{
	struct file file;

	(void)state;
	assert_int_equal(file_read(&file, "/no/such/file", 100), ERR_FILE);
	assert_string_equal(error_message(), "/no/such/file: No such file or directory");
	assert_int_equal(file_read(&file, "/tmp", 100000), ERR_FILE);
	assert_string_equal(error_message(), "/tmp: Is a directory");
	file_free(&file);
}

static void expect_content(const char *content)
{
	struct file file;

	assert_int_equal(file_read(&file, path, 100), 0);
	assert_string_equal((char *)file.data, content);
	file_free(&file);
}

static void writes_and_replaces_a_file(void **state)
{
	char new_path[sizeof(path) + 4];

	(void)state;
	fill(50);
	assert_int_equal(file_write(path, "first", 5), 0);
	expect_content("first");
	assert_int_equal(file_replace(path, "two", 3), 0);
	expect_content("two");
	assert_int_equal(file_write(path, NULL, 0), 0);
	expect_content("");
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	assert_int_not_equal(access(new_path, F_OK), 0);
}

static void a_file_that_cannot_be_replaced_stays(void **state)
{
	char new_path[sizeof(path) + 4];

	(void)state;
	assert_int_equal(file_write(path, "old", 3), 0);
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	assert_int_equal(mkdir(new_path, 0777), 0);
	assert_int_equal(file_replace(path, "new", 3), ERR_SYSTEM);
	assert_non_null(strstr(error_message(), path));
	expect_content("old");
	assert_int_equal(rmdir(new_path), 0);
	assert_int_equal(file_write("/no/such/file", "x", 1), ERR_SYSTEM);
	assert_string_equal(error_message(),
	                    "cannot write /no/such/file: No such file or directory");
}

static void hashes_as_the_standard_says(void **state)
{
	char hex[FILE_SHA256_SIZE];

	(void)state;
	file_sha256("", 0, hex);
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	file_sha256("abc", 3, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file_to_its_end),
		cmocka_unit_test(reads_what_has_no_size_before),
		cmocka_unit_test(refuses_what_is_too_large),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(writes_and_replaces_a_file),
		cmocka_unit_test(a_file_that_cannot_be_replaced_stays),
		cmocka_unit_test(hashes_as_the_standard_says),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
