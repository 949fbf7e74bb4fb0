/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: several copies of one at a time, a command, the end of all. */
#include "../../src/syscall.h"

#include <err.h>
#include <stdlib.h>
#include <test/quint.h>
#include <test/triple.h>
#include <unistd.h>

#define COPIES_MAX 5

static pid_t start(const char *program, char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		execv(program, argv);
		warn("%s", program);
		_exit(127);
	}
	return pid;
}

static void run_copies(const char *program, int n)
{
	char *const argv[] = {(char *)program, NULL};
	pid_t pids[COPIES_MAX];
	int failed = 0;

	for (int i = 0; i < n; i++) {
		pids[i] = start(program, argv);
		if (pids[i] < 0)
			err(1, "fork");
	}
	for (int i = 0; i < n; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0) {
			warn("waitpid");
			failed++;
		} else if (status != 0) {
			warnx("copy %d of %s: status 0x%x", i, program, status);
			failed++;
		}
	}
	if (failed > 0)
		errx(1, "%d copies of %s failed", failed, program);
	warnx("%d copies of %s: all succeeded", n, program);
}

void triple(const char *program)
{
	run_copies(program, 3);
}

void quint(const char *program)
{
	run_copies(program, 5);
}

int system(const char *command)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
	pid_t pid = start("/bin/sh", argv);
	int status;

	return pid < 0 || waitpid(pid, &status, 0) < 0 ? -1 : status;
}

int reboot(int command)
{
	return (int)SYSCALL2(reboot, command, 0);
}

int sync(void)
{
	return 0;
}

char *getenv(const char *name)
{
	(void)name;
	return NULL;
}
