/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callbench [LIVE [N]]: what calls cost, in instructions, while LIVE other processes (0)
 * exist that sleep on a pipe.  One line a measure: its name, a blank, the number.
 *
 * Each thing is done N times (200) and each time is taken by itself; the number is their
 * median.  So it is the cost of what the name says: a timer's tick falls into few of
 * them.
 */
#include "check.h"

#include <err.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE_BYTES 65536

#define TRANSFERS 5
#define N_MAX 256

static unsigned long n;

/* The times that one thing took, again and again, in instructions. */
struct series {
	uint32_t taken[N_MAX];
	unsigned long count;
};

/* Not on the heap, and no more than it takes: fork copies it. */
static struct series first, second;

/* What a series of nothing takes: the two looks at the clock. */
static unsigned long clock_cost;

/* Guest nanoseconds since boot: an instruction takes one. */
static unsigned long now(void)
{
	time_t seconds;
	unsigned long nanoseconds;

	if (__time(&seconds, &nanoseconds) < 0)
		err(1, "__time");
	return (unsigned long)seconds * 1000000000 + nanoseconds;
}

static struct series *begin(struct series *s)
{
	s->count = 0;
	return s;
}

static void note(struct series *s, unsigned long start)
{
	s->taken[s->count++] = (uint32_t)(now() - start);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static unsigned long median(struct series *s)
{
	qsort(s->taken, s->count, sizeof(s->taken[0]), compare);
	return s->taken[s->count / 2];
}

/* `units` of what was done at a time make one of what is reported. */
static void report(const char *name, struct series *s, unsigned long units)
{
	printf("%s %lu\n", name, (median(s) - clock_cost) / units);
}

static void measure_clock(void)
{
	struct series *s = begin(&first);

	while (s->count < n)
		note(s, now());
	clock_cost = median(s);
}

static void call(void)
{
	struct series *s = begin(&first);

	while (s->count < n) {
		unsigned long start = now();

		getpid();
		note(s, start);
	}
	report("getpid", s, 1);
}

/* Each part of a cycle by itself: until fork has returned, and from then until reaped. */
static void fork_and_wait(void)
{
	struct series *forks = begin(&first);
	struct series *waits = begin(&second);

	while (waits->count < n) {
		unsigned long start = now();
		pid_t pid = check_fork();

		if (pid == 0)
			_exit(0);
		note(forks, start);
		start = now();
		check_exited(pid, 0);
		note(waits, start);
	}
	report("fork", forks, 1);
	report("exit+wait", waits, 1);
}

static void exec(void)
{
	char *const argv[] = {(char *)"true", NULL};
	struct series *s = begin(&first);

	while (s->count < n) {
		unsigned long start = now();
		pid_t pid = check_fork();

		if (pid == 0) {
			execv("/bin/true", argv);
			err(1, "execv");
		}
		check_exited(pid, 0);
		note(s, start);
	}
	report("fork+execv+exit+wait", s, 1);
}

/* A child that exited long ago: what is left to do is the reaping. */
static void reap(void)
{
	struct series *s = begin(&first);

	while (s->count < n) {
		pid_t pid = check_fork();
		unsigned long start;

		if (pid == 0)
			_exit(0);
		check_sleep(500);
		start = now();
		check_exited(pid, 0);
		note(s, start);
	}
	report("wait", s, 1);
}

/* Two processes that hand a byte to each other: two switches and four calls a turn. */
static void ping_pong(void)
{
	struct series *s = begin(&first);
	int there[2], back[2];
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
	while (s->count < n) {
		unsigned long start = now();

		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			err(1, "the parent's pipes");
		note(s, start);
	}
	report("pipe+switch", s, 2);
	check_exited(pid, 0);
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
}

static void transfer(void)
{
	static char buf[4096];
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
	close(fds[0]);
	check_exited(pid, 0);
}

/* From the making of a pipe and its writer to the end of both; many bytes make it small.
 */
static void throughput(void)
{
	struct series *s = begin(&first);

	while (s->count < n && s->count < TRANSFERS) {
		unsigned long start = now();

		transfer();
		note(s, start);
	}
	report("pipe-1000-bytes", s, PIPE_BYTES / 1000);
}

/* Two processes that yield to each other. */
static void yield(void)
{
	struct series *s = begin(&first);
	pid_t pid = check_fork();

	if (pid == 0) {
		for (unsigned long i = 0; i < n; i++)
			sched_yield();
		_exit(0);
	}
	while (s->count < n) {
		unsigned long start = now();

		sched_yield();
		note(s, start);
	}
	report("yield+switch", s, 2);
	check_exited(pid, 0);
}

int main(int argc, char **argv)
{
	unsigned long live = argument(argc, argv, 1, 0);
	int gate[2];
	char byte;

	n = argument(argc, argv, 2, 200);
	if (n < 1 || n > N_MAX)
		fail("1 to %d times", N_MAX);
	if (pipe(gate) < 0)
		err(1, "pipe");
	for (unsigned long i = 0; i < live; i++) {
		if (check_fork() == 0) {
			close(gate[1]);
			_exit(read(gate[0], &byte, 1) != 0);
		}
	}
	measure_clock();
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
