/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaktest [PROGRAM...]: runs programs (by default each one there is) and looks whether
 * the kernel has as many free frames, heap blocks and processes after each as before.
 * Each runs twice, so that what the kernel keeps for later does not count.  What they
 * print goes to a file.
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

#define PROGRAMS_MAX 256
#define ARGS_MAX 4

/* Those that need arguments, or should have small ones, and those that are not run. */
static const struct special {
	const char *name;
	const char *args[ARGS_MAX];
	const char *why_not;
} specials[] = {
	{"init", .why_not = "it powers off"},
	{"leaktest", .why_not = "it would run itself"},
	{"lifecase", .args = {"zombie"}},
	{"spin", .why_not = "it never ends"},
	{"cat", .args = {"/data/haiku.txt"}},
	{"sh", .args = {"-c", "mkdir /leak; cp /bin/true /leak/a; /leak/a; ls / | cat; "
                              "cat < /leak/a > /leak/b; rm -r /leak"}},
	{"callbench", .args = {"4", "4"}},
	{"compute", .args = {"1"}},
	{"forkbench", .args = {"10"}},
	{"hog", .args = {"1"}},
	{"mix", .args = {"8", "1"}},
	{"randcall", .args = {"2"}},
};

static const struct special *special(const char *name)
{
	static const struct special none = {.name = ""};

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (strcmp(specials[i].name, name) == 0)
			return &specials[i];
	return &none;
}

/* Runs the program to its end; its status does not matter here. */
static void run(const char *name)
{
	const struct special *s = special(name);
	const char *argv[ARGS_MAX + 2] = {name};
	char path[PATH_MAX];
	pid_t pid;

	for (int i = 0; i < ARGS_MAX; i++)
		argv[i + 1] = s->args[i];
	if (program_path(name, path, sizeof(path)) < 0)
		err(1, "%s", name);
	pid = check_fork();
	if (pid == 0) {
		int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0644);

		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			err(1, OUTPUT);
		close(fd);
		execv(path, (char *const *)argv);
		err(1, "%s", path);
	}
	check_wait(pid);
}

/*
 * What is there once `us` microseconds have passed and one more process has come and
 * gone: where zombies that nobody will wait for stay until the next fork, that sweeps.
 */
static void measure(struct meminfo *m, unsigned long us)
{
	pid_t pid;

	check_sleep(us);
	pid = check_fork();
	if (pid == 0)
		_exit(0);
	check_exited(pid, 0);
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

	if (special(name)->why_not != NULL) {
		printf("leaktest: %s: not run, since %s\n", name, special(name)->why_not);
		return 0;
	}
	run(name);
	remove(OUTPUT);
	measure(&before, 50000);
	run(name);
	remove(OUTPUT);
	do {
		measure(&after, 1000);
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

/* Adds what a directory holds to `names`, of which there are `n`; the number then. */
static int list(const char *directory, char names[][NAME_MAX + 1], int n)
{
	int fd = open(directory, O_RDONLY);
	ssize_t size;

	if (fd < 0)
		err(1, "%s", directory);
	while ((size = getdirentry(fd, names[n], NAME_MAX)) > 0) {
		names[n++][size] = '\0';
		if (n == PROGRAMS_MAX)
			fail("more than %d programs", PROGRAMS_MAX - 1);
	}
	if (size < 0)
		err(1, "%s", directory);
	close(fd);
	return n;
}

int main(int argc, char **argv)
{
	static char names[PROGRAMS_MAX][NAME_MAX + 1];
	int failed = 0;
	int n = 0;

	for (int i = 1; i < argc; i++)
		failed |= test(argv[i]);
	if (argc > 1)
		return failed;
	n = list("/bin", names, n);
	n = list("/testbin", names, n);
	for (int i = 0; i < n; i++)
		failed |= test(names[i]);
	return failed;
}
