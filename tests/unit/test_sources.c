/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of source files, and which files are looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/sources.h"

static char folder[] = "/tmp/sources-XXXXXX";
static const char *const files[] = {"a/proc.c", "a/secret", "b/proc.c", "b/kernel.elf",
                                    "b/kernel-src/fork.c"};

static const char *path_of(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Each says its own name in its second line. */
static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	mkdir(path_of("a"), 0777);
	mkdir(path_of("b"), 0777);
	mkdir(path_of("b/kernel-src"), 0777);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		FILE *file = fopen(path_of(files[i]), "w");

		if (!file)
			return -1;
		fprintf(file, "first\n\t%s\nlast", files[i]);
		fclose(file);
	}
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(path_of(files[i]));
	rmdir(path_of("b/kernel-src"));
	rmdir(path_of("a"));
	rmdir(path_of("b"));
	return rmdir(folder);
}

/* The kernel lies in b; a is among the folders where `named`. */
static void expect_line(bool named, const char *name, int line, const char *want)
{
	char a[64], kernel[64], copy[64];
	const char *const folders[] = {a};
	struct sources *sources;
	const char *found;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", name);
	snprintf(a, sizeof(a), "%s", path_of("a"));
	snprintf(kernel, sizeof(kernel), "%s", path_of("b/kernel.elf"));
	assert_int_equal(sources_create(&sources, folders, named, NULL, kernel), 0);
	found = sources_line(sources, copy, line, &n);
	if (want) {
		assert_non_null(found);
		assert_int_equal(n, strlen(want));
		assert_memory_equal(found, want, n);
	} else {
		assert_null(found);
	}
	sources_free(sources);
}

static void finds_lines_in_order(void **state)
{
	(void)state;
	expect_line(true, "proc.c", 2, "\ta/proc.c");
	expect_line(false, "proc.c", 2, "\tb/proc.c");
	expect_line(true, "proc.c", 1, "first");
	expect_line(true, "proc.c", 3, "last");
	expect_line(true, "proc.c", 4, NULL);
	expect_line(true, "proc.c", 0, NULL);
	expect_line(true, "fork.c", 2, "\tb/kernel-src/fork.c");
	expect_line(true, "none.c", 1, NULL);
}

static void shows_nothing_but_sources(void **state)
{
	(void)state;
	expect_line(true, "secret", 1, NULL);
	expect_line(true, "../b/proc.c", 1, NULL);
	expect_line(true, "/etc/passwd", 1, NULL);
	expect_line(true, path_of("b/proc.c"), 1, NULL);
	expect_line(false, path_of("a/proc.c"), 1, NULL);
	expect_line(true, path_of("a/proc.c"), 2, "\ta/proc.c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_lines_in_order),
		cmocka_unit_test(shows_nothing_but_sources),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
