/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipe-test: what goes into a pipe comes out of it, in order and once.  Between parent
 * and child, in pieces of all sizes, more than the pipe holds, and the end of the file
 * when the last writer is gone.
 */
#include "check.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TOTAL 100000

static unsigned char byte_at(unsigned long i)
{
	return (unsigned char)(i * 2654435761u >> 11);
}

static void make(int fds[2])
{
	if (pipe(fds) < 0)
		err(1, "pipe");
}

static void send(int fd, size_t piece)
{
	unsigned char buf[4096];
	size_t n;

	for (unsigned long done = 0; done < TOTAL; done += n) {
		n = piece < TOTAL - done ? piece : TOTAL - done;
		for (size_t i = 0; i < n; i++)
			buf[i] = byte_at(done + i);
		if (write(fd, buf, n) != (ssize_t)n)
			err(1, "write");
	}
}

static void receive(int fd, size_t piece)
{
	unsigned char buf[4096];
	unsigned long done = 0;
	ssize_t n;

	while ((n = read(fd, buf, piece)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != byte_at(done + (unsigned long)i))
				fail("byte %lu is wrong", done + (unsigned long)i);
		done += (unsigned long)n;
	}
	if (n < 0)
		err(1, "read");
	if (done != TOTAL)
		fail("%lu bytes came, not %d", done, TOTAL);
}

/* The child sends; its exit is the end of the file. */
static void transfer(size_t sent, size_t received)
{
	int fds[2];
	pid_t pid;

	make(fds);
	pid = check_fork();
	if (pid == 0) {
		close(fds[0]);
		send(fds[1], sent);
		_exit(0);
	}
	close(fds[1]);
	receive(fds[0], received);
	close(fds[0]);
	check_exited(pid, 0);
}

static void small(void)
{
	char buf[16];
	int fds[2];

	make(fds);
	if (write(fds[1], "one", 3) != 3 || write(fds[1], "two", 3) != 3)
		err(1, "write");
	if (read(fds[0], buf, 4) != 4 || memcmp(buf, "onet", 4) != 0)
		fail("the first four bytes are not those written");
	if (read(fds[0], buf, sizeof(buf)) != 2 || memcmp(buf, "wo", 2) != 0)
		fail("a read gives what there is");
	if (write(fds[1], "end", 3) != 3)
		err(1, "write");
	close(fds[1]);
	if (read(fds[0], buf, sizeof(buf)) != 3 || read(fds[0], buf, sizeof(buf)) != 0)
		fail("the end of the file comes after what is in the pipe");
	close(fds[0]);
}

/* What is small is read in one piece, wherever the buffer lies. */
static void across_pages(void)
{
	static char pages[2 * 4096] __attribute__((aligned(4096)));
	char out[PIPE_BUF];
	int fds[2];

	if (pipe(fds) < 0)
		err(1, "pipe");
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 7);
	for (int before = 0; before <= PIPE_BUF; before += 64) {
		char *in = pages + 4096 - before;

		if (write(fds[1], out, sizeof(out)) != sizeof(out))
			err(1, "write");
		if (read(fds[0], in, sizeof(out)) != sizeof(out))
			fail("a read across two pages is short");
		if (memcmp(in, out, sizeof(out)) != 0)
			fail("a read across two pages gives something else");
	}
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	static const size_t pieces[] = {1, 7, 100, 512, 1000, 4096};
	size_t n = sizeof(pieces) / sizeof(pieces[0]);

	small();
	across_pages();
	for (size_t i = 0; i < n; i++)
		transfer(pieces[i], pieces[n - 1 - i]);
	transfer(4096, 4096);
	printf("pipe-test: passed\n");
	return 0;
}
