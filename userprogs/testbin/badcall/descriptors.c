/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that are none, to each call that takes one. */
#include "badcall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEVER_OPENED 40

static long do_read(int fd)
{
	char buf[8];

	return read(fd, buf, sizeof(buf));
}

static long do_write(int fd)
{
	return write(fd, "text", 4);
}

static long do_close(int fd)
{
	return close(fd);
}

static long do_lseek(int fd)
{
	return lseek(fd, 0, SEEK_SET);
}

static long do_fsync(int fd)
{
	return fsync(fd);
}

static long do_ftruncate(int fd)
{
	return ftruncate(fd, 0);
}

static long do_fstat(int fd)
{
	struct stat st;

	return fstat(fd, &st);
}

static long do_getdirentry(int fd)
{
	char buf[NAME_MAX];

	return getdirentry(fd, buf, sizeof(buf));
}

static long do_ioctl(int fd)
{
	return ioctl(fd, 0, NULL);
}

static long do_dup(int fd)
{
	return dup(fd);
}

static long do_dup2_from(int fd)
{
	return dup2(fd, 10);
}

static long do_dup2_to(int fd)
{
	return dup2(STDOUT_FILENO, fd);
}

static const struct {
	const char *name;
	long (*call)(int fd);
} calls[] = {
	{"read", do_read},           {"write", do_write},
	{"close", do_close},         {"lseek", do_lseek},
	{"fsync", do_fsync},         {"ftruncate", do_ftruncate},
	{"fstat", do_fstat},         {"getdirentry", do_getdirentry},
	{"ioctl", do_ioctl},         {"dup", do_dup},
	{"dup2 from", do_dup2_from}, {"dup2 to", do_dup2_to},
};

static const struct {
	const char *what;
	int fd;
	int a_target_too; /* also no descriptor that dup2() could make */
} descriptors[] = {
	{"descriptor -1", -1, 1},
	{"descriptor never opened", NEVER_OPENED, 0},
	{"descriptor OPEN_MAX", OPEN_MAX, 1},
	{"descriptor INT_MAX", INT_MAX, 1},
	{"descriptor INT_MIN", INT_MIN, 1},
};

/* As many as can be opened, then one more; by open, dup and pipe. */
static void full_table(void)
{
	int fds[OPEN_MAX];
	struct stat st = {0};
	int pair[2];
	int n = 0;

	while (n < OPEN_MAX && (fds[n] = open(FILE_NAME, O_RDONLY)) >= 0)
		n++;
	expect("open", "a full table", n < OPEN_MAX ? -1 : n, EMFILE);
	expect("open", "to create, a full table", open(NO_NAME, O_RDWR | O_CREAT),
	       EMFILE);
	expect("open", "to empty, a full table", open(FILE_NAME, O_RDWR | O_TRUNC),
	       EMFILE);
	expect("stat", "what was not created", stat(NO_NAME, &st), ENOENT);
	stat(FILE_NAME, &st);
	expect_value("stat", "the size of what was not emptied", st.st_size, 10);
	expect("dup", "a full table", dup(STDOUT_FILENO), EMFILE);
	expect("pipe", "a full table", pipe(pair), EMFILE);
	if (n > 0)
		close(fds[--n]);
	expect("pipe", "room for one end", pipe(pair), EMFILE);
	while (n > 0)
		close(fds[--n]);
}

void bad_descriptors(void)
{
	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
		for (size_t d = 0; d < sizeof(descriptors) / sizeof(descriptors[0]);
		     d++) {
			if (calls[c].call == do_dup2_to && !descriptors[d].a_target_too)
				continue;
			expect(calls[c].name, descriptors[d].what,
			       calls[c].call(descriptors[d].fd), EBADF);
		}
	}
	expect_value("dup2", "onto itself", dup2(STDOUT_FILENO, STDOUT_FILENO),
	             STDOUT_FILENO);
	full_table();
}
