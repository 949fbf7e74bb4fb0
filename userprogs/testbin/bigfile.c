/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bigfile [FILE [SIZE]]: writes a file of SIZE bytes (2,000,000) in numbered pieces of
 * uneven length, reads it back in pieces of another, compares, and removes it.
 */
#include "check.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned char byte_at(unsigned long offset)
{
	return (unsigned char)(offset * 2654435761u >> 13);
}

static void fill(unsigned char *buf, unsigned long offset, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = byte_at(offset + i);
}

static void write_all(const char *name, unsigned long size)
{
	unsigned char buf[3000];
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t n;

	if (fd < 0)
		err(1, "%s", name);
	for (unsigned long done = 0; done < size; done += n) {
		n = done % 2999 + 1;
		if (n > size - done)
			n = size - done;
		fill(buf, done, n);
		if (write(fd, buf, n) != (ssize_t)n)
			err(1, "%s: write at %lu", name, done);
	}
	if (close(fd) < 0)
		err(1, "%s", name);
}

static void read_all(const char *name, unsigned long size)
{
	unsigned char buf[4096], expected[4096];
	unsigned long done = 0;
	int fd = open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		err(1, "%s", name);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		fill(expected, done, (size_t)n);
		if (memcmp(buf, expected, (size_t)n) != 0)
			fail("%s: wrong bytes in %ld from %lu", name, n, done);
		done += (unsigned long)n;
	}
	if (n < 0)
		err(1, "%s: read", name);
	if (done != size)
		fail("%s: %lu bytes, not %lu", name, done, size);
	close(fd);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/bigfile.out";
	unsigned long size = argument(argc, argv, 2, 2000000);
	struct stat st;

	write_all(name, size);
	read_all(name, size);
	if (stat(name, &st) < 0)
		err(1, "%s", name);
	if (st.st_size != (int64_t)size || !S_ISREG(st.st_mode))
		fail("%s: stat says %ld bytes, mode %o", name, st.st_size, st.st_mode);
	if (remove(name) < 0)
		err(1, "%s", name);
	printf("bigfile: %lu bytes\n", size);
	return 0;
}
