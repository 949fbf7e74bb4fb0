/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execfail: what execv() refuses.  After each refusal the old image still runs, and the
 * program at the end shows that execv() still works.
 */
#include "check.h"

#include <abi/limits.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *const args[] = {(char *)"execfail", NULL};

static void refuse(const char *what, const char *path, char *const *argv, int error)
{
	check_error(what, execv(path, argv), error);
	printf("execfail: %s: %s\n", what, strerror(error));
}

static void bad_paths(void)
{
	static char name[NAME_MAX + 3] = "/";
	static char path[PATH_MAX + 2];

	refuse("no such file", "/bin/nothing", args, ENOENT);
	refuse("no such directory", "/nowhere/sh", args, ENOENT);
	refuse("an empty path", "", args, EINVAL);
	refuse("a file as a directory", "/bin/sh/x", args, ENOTDIR);
	refuse("a directory", "/bin", args, EISDIR);
	memset(name + 1, 'a', NAME_MAX + 1);
	refuse("a long name", name, args, ENAMETOOLONG);
	for (size_t i = 0; i < PATH_MAX + 1; i++)
		path[i] = i % 2 == 0 ? '/' : 'a';
	refuse("a long path", path, args, ENAMETOOLONG);
}

static void bad_files(void)
{
	refuse("a text", "/data/haiku.txt", args, ENOEXEC);
	refuse("an empty file", "/data/empty", args, ENOEXEC);
	refuse("half a header", "/data/short.elf", args, ENOEXEC);
	refuse("a 32-bit program", "/data/elf32.elf", args, ENOEXEC);
	refuse("a segment in the kernel", "/data/badseg.elf", args, ENOEXEC);
}

static void bad_arguments(void)
{
	char *big = malloc(ARG_MAX);
	char **many = malloc((ARGC_MAX + 2) * sizeof(*many));
	char *argv[] = {(char *)"execfail", big, NULL};

	if (big == NULL || many == NULL)
		fail("no memory");
	memset(big, 'x', ARG_MAX);
	big[ARG_MAX - strlen(argv[0]) - 1] = '\0';
	refuse("a byte too much", "/bin/true", argv, E2BIG);
	for (int i = 0; i <= ARGC_MAX; i++)
		many[i] = (char *)"";
	many[ARGC_MAX + 1] = NULL;
	refuse("an argument too many", "/bin/true", many, E2BIG);
	argv[1] = (char *)8;
	refuse("a bad argument", "/bin/true", argv, EFAULT);
	refuse("bad arguments", "/bin/true", (char *const *)8, EFAULT);
	refuse("a bad path", (char *)8, args, EFAULT);
	free(big);
	free(many);
}

int main(void)
{
	char *const echo[] = {(char *)"echo", (char *)"execfail: execv works", NULL};

	bad_paths();
	bad_files();
	bad_arguments();
	execv("/bin/echo", echo);
	err(1, "/bin/echo");
}
