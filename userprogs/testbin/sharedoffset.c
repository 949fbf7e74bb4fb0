/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sharedoffset: a file opened before fork has one offset for parent and child; one opened
 * after it has its own, and closing in the child leaves the parent's open.
 */
#include "check.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "/data/haiku.txt"

static char text[256]; /* of the whole file */

static int open_file(void)
{
	int fd = open(NAME, O_RDONLY);

	if (fd < 0)
		err(1, NAME);
	return fd;
}

static void expect_offset(int fd, off_t offset)
{
	off_t got = lseek(fd, 0, SEEK_CUR);

	if (got != offset)
		fail("the offset is %ld, not %ld", got, offset);
}

/* Reads n bytes, which must be those at `offset` of the file. */
static void expect_read(int fd, off_t offset, size_t n)
{
	char buf[sizeof(text)];

	if (read(fd, buf, n) != (ssize_t)n || memcmp(buf, text + offset, n) != 0)
		fail("%zu bytes at %ld are not those of the file", n, offset);
}

static void child(int shared)
{
	int own = open_file();

	expect_read(own, 0, 5);
	expect_read(shared, 3, 4);
	expect_offset(own, 5);
	if (close(shared) < 0)
		err(1, "close");
	_exit(0);
}

int main(void)
{
	int fd = open_file();
	ssize_t length = read(fd, text, sizeof(text));
	pid_t pid;

	if (length < 20)
		fail(NAME " is too short: %ld", length);
	lseek(fd, 0, SEEK_SET);
	expect_read(fd, 0, 3);

	pid = check_fork();
	if (pid == 0)
		child(fd);
	check_exited(pid, 0);
	expect_offset(fd, 7);
	expect_read(fd, 7, 4);

	pid = check_fork();
	if (pid == 0)
		_exit(lseek(fd, 2, SEEK_SET) != 2);
	check_exited(pid, 0);
	expect_read(fd, 2, 5);
	printf("sharedoffset: one offset for parent and child\n");
	return 0;
}
