/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * badptr: bad pointers to each call that takes one.  Each must be refused with EFAULT and
 * the process, and the kernel, go on.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

struct bad {
	const char *what;
	uintptr_t address;
};

static const struct bad bads[] = {
	{"null", 0},
	{"unmapped", 0x40000000},
	{"below the stack's guard", 0x7fffff000000},
	{"the end of user addresses", 0x7ffffffffff8},
	{"not canonical", 0x800000000000},
	{"the kernel's map of memory", 0xffff800000200000},
	{"the kernel", 0xffffffff80100000},
	{"the last byte", 0xffffffffffffffff},
};

static const char *current; /* the pointer being tried, for messages */
static int dir, file;

static void refuse(const char *call, long result)
{
	char what[80];
	int error = errno;

	snprintf(what, sizeof(what), "%s, %s", call, current);
	errno = error;
	check_error(what, result, EFAULT);
}

/* The pointer `p` to every call. */
static void try(void *p)
{
	char *const argv[] = {(char *)"true", p, NULL};
	struct timespec t = {0, 1};

	refuse("open", open(p, O_RDONLY));
	refuse("execv's path", execv(p, argv));
	refuse("execv's arguments", execv("/bin/true", p));
	if (p != NULL)
		refuse("an argument of execv", execv("/bin/true", argv));
	refuse("read", read(file, p, 16));
	refuse("write", write(STDOUT_FILENO, p, 16));
	refuse("getdirentry", getdirentry(dir, p, 64));
	refuse("nanosleep", nanosleep(p, NULL));
	if (nanosleep(&t, NULL) != 0)
		err(1, "nanosleep");
}

/* A bad status pointer must not lose the child. */
static void try_wait(void *p)
{
	pid_t pid;

	if (p == NULL)
		return;
	pid = check_fork();
	if (pid == 0)
		_exit(13);
	refuse("waitpid", waitpid(pid, p, 0));
	refuse("waitpid for any", waitpid(WAIT_ANY, p, 0));
	check_exited(pid, 13);
}

/* Memory that begins well and ends badly: the last bytes of the heap and what follows. */
static void straddle(void)
{
	char *end = sbrk(PAGE);

	end += PAGE;
	end += -(uintptr_t)end & (PAGE - 1);
	if (sbrk(end - (char *)sbrk(0)) == (void *)-1)
		err(1, "sbrk");
	current = "across the end of the heap";
	memset(end - 8, 'a', 8);
	refuse("open", open(end - 8, O_RDONLY));
	refuse("execv's path", execv(end - 8, NULL));
	refuse("write", write(STDOUT_FILENO, end - 8, 16));
	refuse("read", read(file, end - 8, 16));
	*(char **)(void *)(end - 8) = (char *)"true";
	refuse("execv's arguments", execv("/bin/true", (char **)(void *)(end - 8)));
	current = "misaligned, across the end of the heap";
	refuse("nanosleep", nanosleep((void *)(end - 9), NULL));
	try_wait(end - 2);
}

/* What may be read but not written: the kernel must heed that for the process too. */
static void read_only(void)
{
	current = "read-only memory";
	refuse("read into text", read(file, (void *)(uintptr_t)straddle, 16));
	refuse("read into a constant", read(file, (void *)(uintptr_t)bads, 16));
	refuse("getdirentry", getdirentry(dir, (void *)(uintptr_t)bads, 64));
	try_wait((void *)(uintptr_t)bads);
}

int main(void)
{
	file = open("/data/haiku.txt", O_RDONLY);
	dir = open("/bin", O_RDONLY);
	if (file < 0 || dir < 0)
		err(1, "open");
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		current = bads[i].what;
		try((void *)bads[i].address);
		try_wait((void *)bads[i].address);
		printf("badptr: %s: refused\n", current);
	}
	straddle();
	printf("badptr: %s: refused\n", current);
	read_only();
	printf("badptr: %s: refused\n", current);
	return 0;
}
