/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaktest [PROGRAM...]: runs programs (by default a choice of those beside it) and looks
 * whether the kernel has as many free frames, heap blocks and processes after each as
 * before.  Each runs twice, so that what the kernel keeps for later does not count.  What
 * they print goes to a file.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT "/leaktest.out"

/* Frames that may move either way: those that the kernel's allocator has partly in use */
#define SLACK 4

/* How often, a millisecond apart, to look for what orphans still hold. */
#define TRIES 200

static const char *const programs[] = {
	"true",          "ordtest",       "waitfirst", "waitlate",     "nowait",
	"orphans",       "forktest",      "forktree",  "many64",       "wait-twice",
	"wait-stranger", "wait-bad-args", "wnohang",   "race-test",    "crash",
	"stackoverflow", "badptr",        "badcall",   "execargs",     "execfail",
	"bigexec",       "multiexec",     "brktest",   "sharedoffset", "fork-fd",
	"pipe-test",     "pipe-robust",   "bigfile",   "spawntest",    "forkbomb",
};

/* Runs the program to its end; its status does not matter here. */
static void run(const char *name)
{
	char *const argv[] = {(char *)name, NULL};
	char path[PATH_MAX];
	pid_t pid;

	if (program_path(name, path, sizeof(path)) < 0)
		err(1, "%s", name);
	pid = check_fork();
	if (pid == 0) {
		int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0644);

		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			err(1, OUTPUT);
		close(fd);
		execv(path, argv);
		err(1, "%s", path);
	}
	check_wait(pid);
}

static void measure(struct meminfo *m)
{
	if (meminfo(m) < 0)
		err(1, "meminfo");
}

/* Nothing of what was there in `a` is missing in `b`. */
static int same(const struct meminfo *a, const struct meminfo *b)
{
	return a->frames_free <= b->frames_free + SLACK &&
	       a->heap_blocks == b->heap_blocks && a->heap_bytes == b->heap_bytes &&
	       a->processes == b->processes;
}

static int test(const char *name)
{
	struct meminfo before, after;
	int tries = 0;

	run(name);
	remove(OUTPUT);
	check_sleep(50000);
	measure(&before);
	run(name);
	remove(OUTPUT);
	do {
		check_sleep(1000);
		measure(&after);
	} while (!same(&before, &after) && ++tries < TRIES);
	if (same(&before, &after)) {
		printf("leaktest: %s: nothing is left\n", name);
		return 0;
	}
	printf("leaktest: %s: %ld frames, %ld heap blocks, %ld heap bytes, %ld processes "
	       "are left\n",
	       name, (long)(before.frames_free - after.frames_free),
	       (long)(after.heap_blocks - before.heap_blocks),
	       (long)(after.heap_bytes - before.heap_bytes),
	       (long)(after.processes - before.processes));
	return 1;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= test(argv[i]);
	for (size_t i = 0; argc <= 1 && i < sizeof(programs) / sizeof(programs[0]); i++)
		failed |= test(programs[i]);
	return failed;
}
