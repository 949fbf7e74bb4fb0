/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork-fd: descriptors across fork().  A child has its parent's open files with their
 * offsets; what it closes or opens is its own affair; the file lives until the last
 * descriptor is closed.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "/data/haiku.txt"

static void expect_text(int fd, const char *text)
{
	char buf[32] = "";
	size_t n = strlen(text);

	if (read(fd, buf, n) != (ssize_t)n || strcmp(buf, text) != 0)
		fail("read \"%s\", not \"%s\"", buf, text);
}

static int child(int fd)
{
	int other;

	expect_text(fd, "fork ");
	if (close(fd) < 0)
		err(1, "close");
	check_error("read of what was closed", read(fd, &other, 1), EBADF);
	other = open(NAME, O_RDONLY);
	if (other != fd)
		fail("open gave descriptor %d, not the lowest free one, %d", other, fd);
	expect_text(other, "A fork");
	return 3;
}

int main(void)
{
	int fd = open(NAME, O_RDONLY);
	int copy;
	pid_t pid;

	if (fd < 0)
		err(1, NAME);
	expect_text(fd, "A ");
	pid = check_fork();
	if (pid == 0)
		_exit(child(fd));
	check_exited(pid, 3);
	expect_text(fd, "returns");

	copy = dup2(fd, 20);
	if (copy != 20 || close(fd) < 0)
		err(1, "dup2 and close");
	pid = check_fork();
	if (pid == 0) {
		expect_text(copy, " twice");
		_exit(4);
	}
	check_exited(pid, 4);
	expect_text(copy, ":\n");
	printf("fork-fd: passed\n");
	return 0;
}
