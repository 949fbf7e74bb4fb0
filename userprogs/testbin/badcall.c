/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * badcall [GROUP...]: wrong arguments to every call, in groups; without arguments all of
 * them.  Ends with the number of subtests that failed, and status 1 if there are any.
 */
#include "badcall/badcall.h"
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct bad_pointer bad_pointers[BAD_POINTERS] = {
	{"null", NULL},
	{"unmapped", (void *)0x40000000},
	{"not canonical", (void *)0x800000000000},
	{"kernel", (void *)0xffffffff80100000},
	{"end of user addresses", (void *)0x7ffffffffff8},
	{"end of all addresses", (void *)0xffffffffffffffff},
};

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
	{"descriptors", bad_descriptors},
	{"buffers", bad_buffers},
	{"paths", bad_paths},
	{"files", bad_files},
	{"directories", bad_directories},
	{"processes", bad_processes},
	{"numbers", bad_numbers},
};

static int done, failed;

void expect(const char *call, const char *what, long result, int error)
{
	int got = errno;

	done++;
	if (result == -1 && got == error) {
		printf("%s, %s: ok\n", call, what);
		return;
	}
	failed++;
	if (result == -1)
		printf("%s, %s: FAILED: \"%s\", not \"%s\"\n", call, what, strerror(got),
		       strerror(error));
	else
		printf("%s, %s: FAILED: returned %ld, not \"%s\"\n", call, what, result,
		       strerror(error));
}

void expect_value(const char *call, const char *what, long result, long value)
{
	int got = errno;

	done++;
	if (result == value) {
		printf("%s, %s: ok\n", call, what);
		return;
	}
	failed++;
	printf("%s, %s: FAILED: returned %ld (%s), not %ld\n", call, what, result,
	       result == -1 ? strerror(got) : "no error", value);
}

static void set_up(void)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, "some text\n", 10) != 10)
		err(1, FILE_NAME);
	close(fd);
	if (mkdir(DIR_NAME, 0755) < 0)
		err(1, DIR_NAME);
}

static void clean_up(void)
{
	if (remove(FILE_NAME) < 0)
		err(1, FILE_NAME);
	if (rmdir(DIR_NAME) < 0)
		err(1, DIR_NAME);
}

static void run(int i)
{
	set_up();
	groups[i].run();
	clean_up();
}

int main(int argc, char **argv)
{
	int n = (int)(sizeof(groups) / sizeof(groups[0]));

	for (int i = 0; argc <= 1 && i < n; i++)
		run(i);
	for (int a = 1; a < argc; a++) {
		int i = 0;

		while (i < n && strcmp(argv[a], groups[i].name) != 0)
			i++;
		if (i == n)
			fail("%s: no such group", argv[a]);
		run(i);
	}
	printf("badcall: %d subtests, %d failed\n", done, failed);
	return failed != 0;
}
