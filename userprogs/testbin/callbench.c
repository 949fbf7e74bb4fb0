/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callbench [LIVE [N]]: what calls cost, in instructions, as the mean over N times (200),
 * while LIVE other processes (0) exist that sleep on a pipe.  One line a measure: its
 * name, a blank, the number.
 */
#include "check.h"

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE_BYTES 65536

static unsigned long n;

/* Guest nanoseconds since boot: an instruction takes one. */
static unsigned long now(void)
{
	time_t seconds;
	unsigned long nanoseconds;

	if (__time(&seconds, &nanoseconds) < 0)
		err(1, "__time");
	return (unsigned long)seconds * 1000000000 + nanoseconds;
}

static void report(const char *name, unsigned long total, unsigned long times)
{
	printf("%s %lu\n", name, total / times);
}

static void call(void)
{
	unsigned long start = now();

	for (unsigned long i = 0; i < n; i++)
		getpid();
	report("getpid", now() - start, n);
}

/* Each part of a cycle by itself: until fork has returned, and from then until reaped. */
static void fork_and_wait(void)
{
	unsigned long forks = 0, waits = 0;

	for (unsigned long i = 0; i < n; i++) {
		unsigned long start = now();
		pid_t pid = check_fork();
		unsigned long forked;

		if (pid == 0)
			_exit(0);
		forked = now();
		check_exited(pid, 0);
		waits += now() - forked;
		forks += forked - start;
	}
	report("fork", forks, n);
	report("exit+wait", waits, n);
}

static void exec(void)
{
	char *const argv[] = {(char *)"true", NULL};
	unsigned long start = now();

	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = check_fork();

		if (pid == 0) {
			execv("/bin/true", argv);
			err(1, "execv");
		}
		check_exited(pid, 0);
	}
	report("fork+execv+exit+wait", now() - start, n);
}

/* A child that exited long ago: what is left to do is the reaping. */
static void reap(void)
{
	unsigned long total = 0;

	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = check_fork();
		unsigned long start;

		if (pid == 0)
			_exit(0);
		check_sleep(500);
		start = now();
		check_exited(pid, 0);
		total += now() - start;
	}
	report("wait", total, n);
}

/* Two processes that hand a byte to each other: two switches and four calls a turn. */
static void ping_pong(void)
{
	int there[2], back[2];
	unsigned long start;
	char byte = 'x';
	pid_t pid;

	if (pipe(there) < 0 || pipe(back) < 0)
		err(1, "pipe");
	pid = check_fork();
	if (pid == 0) {
		for (unsigned long i = 0; i < n; i++)
			if (read(there[0], &byte, 1) != 1 ||
			    write(back[1], &byte, 1) != 1)
				err(1, "the child's pipes");
		_exit(0);
	}
	start = now();
	for (unsigned long i = 0; i < n; i++)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			err(1, "the parent's pipes");
	report("pipe+switch", now() - start, 2 * n);
	check_exited(pid, 0);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
}

/* Instructions for each 1,000 bytes. */
static void throughput(void)
{
	static char buf[4096];
	unsigned long start = now();
	unsigned long bytes = 0;
	ssize_t got;
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0)
		err(1, "pipe");
	pid = check_fork();
	if (pid == 0) {
		close(fds[0]);
		for (unsigned long i = 0; i < PIPE_BYTES; i += sizeof(buf))
			if (write(fds[1], buf, sizeof(buf)) != sizeof(buf))
				err(1, "write");
		_exit(0);
	}
	close(fds[1]);
	while ((got = read(fds[0], buf, sizeof(buf))) > 0)
		bytes += (unsigned long)got;
	if (got < 0 || bytes != PIPE_BYTES)
		fail("%lu bytes came through the pipe", bytes);
	report("pipe-1000-bytes", (now() - start) * 1000, bytes);
	close(fds[0]);
	check_exited(pid, 0);
}

/* Two processes that yield to each other. */
static void yield(void)
{
	unsigned long start;
	pid_t pid = check_fork();

	start = now();
	for (unsigned long i = 0; i < n; i++)
		sched_yield();
	if (pid == 0)
		_exit(0);
	report("yield+switch", now() - start, 2 * n);
	check_exited(pid, 0);
}

int main(int argc, char **argv)
{
	unsigned long live = argument(argc, argv, 1, 0);
	int gate[2];
	char byte;

	n = argument(argc, argv, 2, 200);
	if (pipe(gate) < 0)
		err(1, "pipe");
	for (unsigned long i = 0; i < live; i++) {
		if (check_fork() == 0) {
			close(gate[1]);
			_exit(read(gate[0], &byte, 1) != 0);
		}
	}
	call();
	fork_and_wait();
	exec();
	reap();
	yield();
	ping_pong();
	throughput();
	close(gate[1]);
	for (unsigned long i = 0; i < live; i++)
		if (wait(NULL) < 0)
			err(1, "wait");
	return 0;
}
