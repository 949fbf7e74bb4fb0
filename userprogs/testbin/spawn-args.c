/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn-args: spawns itself with arguments, which the new process counts and compares,
 * and things that cannot be spawned.  Written with osv's headers.
 */
#include <lib/stddef.h>
#include <lib/string.h>
#include <lib/test.h>

static int check(int argc, char **argv)
{
	static const char *const expected[] = {"spawn-args", "check", "three", "more",
	                                       "x"};

	if (argc != NELEM(expected))
		error("argc is %d", argc);
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], expected[i]) != 0)
			error("argument %d is %s", i, argv[i]);
	if (argv[argc] != NULL)
		error("the arguments do not end");
	exit(argc);
}

#define PAGE 4096
#define LENGTH 3000

/* A string without an end, up to that of the heap. */
static const char *endless(void)
{
	size_t rest = -(size_t)sbrk(0) % PAGE;
	char *end = (char *)sbrk((ssize_t)(rest + PAGE)) + rest + PAGE;

	return memset(end - LENGTH, 'x', LENGTH);
}

int main(int argc, char **argv)
{
	int status;
	int pid;

	if (argc > 1)
		return check(argc, argv);
	pid = spawn("spawn-args check three more  x");
	assert(pid > 0);
	assert(wait(pid, &status) == pid && status == 5);
	pid = spawn("false");
	assert(wait(pid, &status) == pid && status == 1);
	assert(spawn("no-such-program") == ERR_NOTEXIST);
	assert(spawn("") < 0);
	assert(spawn((const char *)KMAP_BASE) == ERR_FAULT);
	assert(spawn(endless()) == ERR_FAULT);
	assert(wait(-1, NULL) == ERR_CHILD);
	pass("spawn-args");
	exit(0);
}
