/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * farm: three hogs and a cat, all at once.  The cat must get its share: its text comes
 * out, and all four are waited for.
 */
#include "check.h"

#include <err.h>
#include <stdio.h>
#include <unistd.h>

#define HOGS 3

static pid_t start(const char *path, const char *arg)
{
	char *argv[] = {(char *)path, (char *)arg, NULL};
	pid_t pid = check_fork();

	if (pid == 0) {
		execv(path, argv);
		err(1, "%s", path);
	}
	return pid;
}

int main(void)
{
	pid_t hogs[HOGS];
	pid_t cat;

	for (int i = 0; i < HOGS; i++)
		hogs[i] = start("/testbin/hog", "2");
	cat = start("/bin/cat", "/data/haiku.txt");
	check_exited(cat, 0);
	for (int i = 0; i < HOGS; i++)
		check_exited(hogs[i], 0);
	printf("farm: %d hogs and a cat\n", HOGS);
	return 0;
}
