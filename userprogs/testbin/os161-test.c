/* SPDX-License-Identifier: GPL-2.0-or-later */
/* os161-test: written as a program for OS/161 is, with its headers and reports. */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <test/test.h>
#include <test/triple.h>
#include <test161/test161.h>
#include <unistd.h>

int main(void)
{
	char buf[64];
	char words[] = "one two";
	time_t seconds;
	unsigned long nanoseconds;
	int status;
	pid_t pid;

	nprintf("os161-test: starting\n");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		tprintf("os161-test: the child\n");
		exit(3);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 3)
		errx(1, "status %d", status);
	if (__time(&seconds, &nanoseconds) < 0)
		err(1, "__time");
	srandom(7);
	assert(random() != random());
	assert(strcmp(strtok(words, " "), "one") == 0);
	snsecprintf(sizeof(buf), buf, SECRET, "message", "name");
	assert(strcmp(buf, "name: message") == 0);
	if (open("os161-test.out", O_WRONLY | O_CREAT | O_TRUNC) < 3)
		err(1, "os161-test.out");
	if (reboot(RB_HALT) == 0 || errno != EPERM)
		warn("reboot");
	tsay("os161-test: %s\n", "tsay speaks");
	nsay("os161-test: %s\n", "nsay does not");
	triple("/bin/true");
	partial_credit(SECRET, "os161-test", 3, 4);
	secprintf(SECRET, "all is well", "os161-test");
	success(TEST161_SUCCESS, SECRET, "os161-test");
	return 0;
}
