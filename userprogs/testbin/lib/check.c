/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the test programs share. */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verrx(1, fmt, ap);
}

pid_t check_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

int check_wait(pid_t pid)
{
	int status = -1;
	pid_t got = waitpid(pid, &status, 0);

	if (got < 0)
		err(1, "waitpid");
	if (got != pid)
		fail("waitpid for %d returned %d", pid, got);
	return status;
}

void check_exited(pid_t pid, int code)
{
	int status = check_wait(pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail("a child's status is 0x%x, not exit code %d", status, code);
}

void check_killed(pid_t pid, int sig)
{
	int status = check_wait(pid);

	if (!WIFSIGNALED(status) || WTERMSIG(status) != sig)
		fail("a child's status is 0x%x, not %s", status, signame(sig));
}

void check_error(const char *call, long result, int error)
{
	int got = errno;

	if (result >= 0)
		fail("%s: returned %ld, not \"%s\"", call, result, strerror(error));
	if (got != error)
		fail("%s: \"%s\", not \"%s\"", call, strerror(got), strerror(error));
}

unsigned long argument(int argc, char **argv, int n, unsigned long otherwise)
{
	char *end;
	unsigned long value;

	if (n >= argc)
		return otherwise;
	value = strtoul(argv[n], &end, 10);
	if (end == argv[n] || *end != '\0')
		fail("%s: not a number", argv[n]);
	return value;
}

void check_sleep(unsigned long us)
{
	struct timespec t = {
		.tv_sec = (int64_t)(us / 1000000),
		.tv_nsec = (int64_t)(us % 1000000 * 1000),
	};

	if (nanosleep(&t, NULL) < 0)
		err(1, "nanosleep");
}

int gate_create(void)
{
	int gate = open("/data/haiku.txt", O_RDONLY);

	if (gate < 0)
		err(1, "/data/haiku.txt");
	return gate;
}

void gate_open(int gate)
{
	if (lseek(gate, 1, SEEK_SET) != 1)
		err(1, "lseek");
}

void gate_wait(int gate)
{
	off_t offset;

	while ((offset = lseek(gate, 0, SEEK_CUR)) == 0)
		check_sleep(100);
	if (offset < 0)
		err(1, "lseek");
}

void check_fatal(const char *what, void (*act)(void), int sig)
{
	pid_t pid = check_fork();

	if (pid == 0) {
		act();
		fail("%s: it went well", what);
	}
	check_killed(pid, sig);
	printf("%s: %s: child killed by %s\n", getprogname(), what, signame(sig));
}

uint32_t busy(unsigned long steps)
{
	uint32_t value = 1;

	while (steps-- > 0)
		value = value * 1664525 + 1013904223;
	return value;
}
