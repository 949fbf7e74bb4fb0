/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipe-robust: pipes with many writers and readers, and ends that vanish.  A write of up
 * to PIPE_BUF bytes stays whole; a reader sees the end only when the last writer is gone;
 * writers blocked on a full pipe get EPIPE when the last reader goes, however it goes.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WRITERS 6
#define MESSAGES 40
#define SIZE 100

static void make(int fds[2])
{
	if (pipe(fds) < 0)
		err(1, "pipe");
}

/* Reads n bytes, unless the end comes first; how many. */
static size_t read_fully(int fd, char *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, buf + done, n - done);

		if (got < 0)
			err(1, "read");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static void many_writers(void)
{
	int next[WRITERS] = {0};
	pid_t pids[WRITERS];
	char buf[SIZE], expected[SIZE];
	int fds[2];

	make(fds);
	for (int w = 0; w < WRITERS; w++) {
		pids[w] = check_fork();
		if (pids[w] != 0)
			continue;
		for (int m = 0; m < MESSAGES; m++) {
			memset(buf, 'a' + w, SIZE);
			buf[0] = (char)m;
			if (write(fds[1], buf, SIZE) != SIZE)
				err(1, "write");
		}
		_exit(0);
	}
	close(fds[1]);
	while (read_fully(fds[0], buf, SIZE) == SIZE) {
		int w = buf[1] - 'a';

		if (w < 0 || w >= WRITERS)
			fail("a message of writer %d", w);
		memset(expected, 'a' + w, SIZE);
		expected[0] = (char)next[w]++;
		if (memcmp(buf, expected, SIZE) != 0)
			fail("a message of writer %d is torn or out of order", w);
	}
	for (int w = 0; w < WRITERS; w++) {
		check_exited(pids[w], 0);
		if (next[w] != MESSAGES)
			fail("%d messages of writer %d", next[w], w);
	}
	close(fds[0]);
	printf("pipe-robust: %d writers\n", WRITERS);
}

/* Writes until it fails; the error must be EPIPE. */
static _Noreturn void fill(int fd)
{
	static char block[PIPE_BUF];

	while (write(fd, block, sizeof(block)) > 0)
		;
	_exit(errno == EPIPE ? 0 : 1);
}

static void reader_goes(bool killed)
{
	int fds[2];
	pid_t writers[2];
	pid_t reader;

	make(fds);
	for (int i = 0; i < 2; i++) {
		writers[i] = check_fork();
		if (writers[i] == 0) {
			close(fds[0]);
			fill(fds[1]);
		}
	}
	reader = check_fork();
	if (reader == 0) {
		close(fds[1]);
		check_sleep(2000);
		if (killed)
			__builtin_trap();
		_exit(0);
	}
	close(fds[0]);
	close(fds[1]);
	if (check_wait(reader) == 0 && killed)
		fail("the reader lives");
	check_exited(writers[0], 0);
	check_exited(writers[1], 0);
	printf("pipe-robust: the reader %s\n", killed ? "is killed" : "exits");
}

static void writer_goes(void)
{
	char byte;
	int fds[2];
	pid_t pid;

	make(fds);
	pid = check_fork();
	if (pid == 0) {
		check_sleep(2000);
		__builtin_trap();
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 0)
		fail("the last writer is gone, and no end of file");
	check_wait(pid);
	close(fds[0]);
	printf("pipe-robust: the writer is killed\n");
}

/* Each open end counts: a copy keeps a pipe open as well as the first descriptor. */
static void copies(void)
{
	char byte = 'x';
	int fds[2];
	int copy;

	make(fds);
	copy = dup2(fds[1], 30);
	close(fds[1]);
	if (write(copy, &byte, 1) != 1 || read(fds[0], &byte, 1) != 1 || byte != 'x')
		fail("a copy of a descriptor does not work");
	close(fds[0]);
	check_error("no reader", write(copy, &byte, 1), EPIPE);
	close(copy);
	printf("pipe-robust: copies count\n");
}

int main(void)
{
	many_writers();
	reader_goes(false);
	reader_goes(true);
	writer_goes();
	copies();
	return 0;
}
