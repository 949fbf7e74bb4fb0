/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrong arguments to the calls of processes, memory and time. */
#include "badcall.h"

#include <abi/reboot.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void arguments(void)
{
	char *const good[] = {(char *)"true", NULL};
	char *argv[] = {(char *)"true", NULL, NULL};

	for (int b = 0; b < BAD_POINTERS; b++) {
		expect("execv's arguments", bad_pointers[b].what,
		       execv("/bin/true", bad_pointers[b].address), EFAULT);
		expect("spawn's arguments", bad_pointers[b].what,
		       spawn("/bin/true", bad_pointers[b].address), EFAULT);
		argv[1] = bad_pointers[b].address;
		if (argv[1] == NULL)
			continue;
		expect("an argument of execv", bad_pointers[b].what,
		       execv("/bin/true", argv), EFAULT);
		expect("an argument of spawn", bad_pointers[b].what,
		       spawn("/bin/true", argv), EFAULT);
	}
	expect("execv", "a text", execv("/data/haiku.txt", good), ENOEXEC);
	expect("execv", "a directory", execv("/bin", good), EISDIR);
	expect("spawn", "a text", spawn("/data/haiku.txt", good), ENOEXEC);
	expect("spawn", "a directory", spawn("/bin", good), EISDIR);
	expect("waitpid", "any of what was not spawned", waitpid(WAIT_ANY, NULL, 0),
	       ECHILD);
}

static void waits(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(1);
	expect("waitpid", "unknown options", waitpid(pid, &status, 0x100), EINVAL);
	expect("waitpid", "all options", waitpid(pid, &status, -1), EINVAL);
	expect("waitpid", "oneself", waitpid(getpid(), &status, 0), ECHILD);
	expect("waitpid", "the parent", waitpid(getppid(), &status, 0), ECHILD);
	expect("waitpid", "pid 0", waitpid(0, &status, 0), ECHILD);
	expect("waitpid", "pid -2", waitpid(-2, &status, 0), ECHILD);
	expect("waitpid", "pid INT_MAX", waitpid(INT_MAX, &status, 0), ECHILD);
	expect("waitpid", "pid INT_MIN", waitpid(INT_MIN, &status, 0), ECHILD);
	expect_value("waitpid", "no status wanted", waitpid(pid, NULL, 0), pid);
	expect("waitpid", "a child waited for", waitpid(pid, &status, 0), ECHILD);
	expect("waitpid", "any of none", waitpid(WAIT_ANY, &status, 0), ECHILD);
}

static void memory(void)
{
	void *end = sbrk(0);

	expect("sbrk", "below the start", (long)sbrk(-(1 << 30)), EINVAL);
	expect("sbrk", "the smallest number", (long)sbrk(LONG_MIN), EINVAL);
	expect("sbrk", "more than there is", (long)sbrk(1L << 40), ENOMEM);
	expect("sbrk", "the largest number", (long)sbrk(LONG_MAX), ENOMEM);
	expect_value("sbrk", "the end stays", (long)sbrk(0), (long)end);
}

static void times(void)
{
	struct timespec too_many = {0, 1000000000};
	struct timespec negative = {0, -1};
	struct timespec past = {-1, 0};

	expect("nanosleep", "too many nanoseconds", nanosleep(&too_many, NULL), EINVAL);
	expect("nanosleep", "negative nanoseconds", nanosleep(&negative, NULL), EINVAL);
	expect("nanosleep", "negative seconds", nanosleep(&past, NULL), EINVAL);
}

void bad_processes(void)
{
	arguments();
	waits();
	memory();
	times();
	expect("reboot", "by other than init", reboot(RB_POWEROFF, 0), EPERM);
	expect("reboot", "an unknown command", reboot(3, 0), EINVAL);
	expect("reboot", "a negative command", reboot(-1, 0), EINVAL);
}
