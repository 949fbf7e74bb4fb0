/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forktest [-n]: four forks in a row, so that each fork doubles the processes, and each
 * process prints the letter of the fork it comes out of: A twice, B four times, C eight
 * and D sixteen times, in an order that is up to the schedule.  With -n nobody waits, and
 * the children are left to init.
 *
 * The tree checks itself: each process adds up the leaves below it by way of exit codes,
 * and the root must find 16.
 */
#include "check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH 4

/*
 * Runs the forks from `level` on.  Children come back as well, each with its own list of
 * children to wait for, which starts empty.
 */
struct branch {
	pid_t children[DEPTH];
	int n;
	bool root;
};

static void fork_level(struct branch *self, int level)
{
	pid_t pid = check_fork();

	if (pid == 0) {
		self->n = 0;
		self->root = false;
	} else {
		self->children[self->n++] = pid;
	}
	putchar('A' + level);
}

/* The leaves below this process, itself included. */
static int wait_all(struct branch *self)
{
	int leaves = 1;

	while (self->n > 0) {
		int status = check_wait(self->children[--self->n]);

		if (!WIFEXITED(status))
			fail("a child was killed: status 0x%x", status);
		leaves += WEXITSTATUS(status);
	}
	return leaves;
}

int main(int argc, char **argv)
{
	bool wait_for_them = !(argc > 1 && strcmp(argv[1], "-n") == 0);
	struct branch self = {.root = true};
	int leaves;

	for (int level = 0; level < DEPTH; level++)
		fork_level(&self, level);
	if (!wait_for_them)
		return 0;

	leaves = wait_all(&self);
	if (!self.root)
		return leaves;
	if (leaves != 1 << DEPTH)
		fail("%d processes at the end, not %d", leaves, 1 << DEPTH);
	printf("\nforktest: %d processes\n", leaves);
	return 0;
}
