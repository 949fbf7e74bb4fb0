/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A confined process reaches what it was given, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grade/confine.h"

/* "elsewhere" is in neither list. */
static char folder[] = "/tmp/confine-XXXXXX";
static const char *const names[] = {"readable", "writable", "elsewhere"};
static char readable[64], writable[64];

/* Until the next call. */
static const char *path_of(const char *name, const char *file)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, file);
	return path;
}

static int make_folders(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(readable, sizeof(readable), "%s/readable", folder);
	snprintf(writable, sizeof(writable), "%s/writable", folder);
	for (size_t i = 0; i < 3; i++) {
		int fd;

		mkdir(path_of(names[i], ""), 0777);
		fd = open(path_of(names[i], "/file"), O_WRONLY | O_CREAT, 0666);
		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

static int remove_folders(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		unlink(path_of(names[i], "/file"));
		unlink(path_of(names[i], "/new"));
		rmdir(path_of(names[i], ""));
	}
	return rmdir(folder);
}

static bool opens(const char *path, int how)
{
	int fd = open(path, how, 0666);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Whether a confined child can open the file in that way. */
static bool confined_opens(const char *path, int how)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		const char *const list[] = {readable, NULL};

		if (!confine_self("gcc", list, writable))
			_exit(2);
		_exit(opens(path, how) ? 0 : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void reads_and_writes_what_it_was_given(void **state)
{
	(void)state;
	assert_true(confined_opens(path_of("readable", "/file"), O_RDONLY));
	assert_true(confined_opens(path_of("writable", "/file"), O_RDWR));
	assert_true(confined_opens(path_of("writable", "/new"), O_WRONLY | O_CREAT));
	assert_true(confined_opens("/dev/null", O_RDWR));
	assert_true(confined_opens("/bin/sh", O_RDONLY));
}

static void reaches_nothing_else(void **state)
{
	(void)state;
	if (!confine_possible())
		skip();
	assert_false(confined_opens(path_of("readable", "/file"), O_WRONLY));
	assert_false(confined_opens(path_of("readable", "/new"), O_WRONLY | O_CREAT));
	assert_false(confined_opens(path_of("elsewhere", "/file"), O_RDONLY));
	assert_false(confined_opens(path_of("elsewhere", "/new"), O_WRONLY | O_CREAT));
	assert_false(confined_opens("/etc/passwd", O_RDONLY));
	assert_false(confined_opens("/proc/self/environ", O_RDONLY));
	assert_false(confined_opens("/tmp", O_RDONLY | O_DIRECTORY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_what_it_was_given),
		cmocka_unit_test(reaches_nothing_else),
	};

	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
