/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork-test: what fork() promises.  It returns twice, 0 and the child's pid; the child
 * has a pid of its own and the parent's as its parent; each has its own copy of data,
 * heap and stack.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int data = 1;
static char bss[3 * 4096];

static void child(pid_t parent, int *on_heap, int *on_stack)
{
	if (getppid() != parent)
		fail("the child's parent is %d, not %d", getppid(), parent);
	if (getpid() == parent)
		fail("the child has its parent's pid");
	if (data != 1 || *on_heap != 2 || *on_stack != 3 || bss[5000] != 4)
		fail("the child's memory is not its parent's");
	data = *on_heap = *on_stack = 9;
	memset(bss, 9, sizeof(bss));
	_exit(getpid() & 0xff);
}

int main(void)
{
	pid_t self = getpid();
	int *on_heap = malloc(sizeof(*on_heap));
	int on_stack = 3;

	if (on_heap == NULL)
		fail("no memory");
	*on_heap = 2;
	bss[5000] = 4;
	for (int i = 0; i < 10; i++) {
		pid_t pid = check_fork();

		if (pid == 0)
			child(self, on_heap, &on_stack);
		if (getpid() != self)
			fail("fork changed the parent's pid");
		check_exited(pid, pid & 0xff);
		if (data != 1 || *on_heap != 2 || on_stack != 3 || bss[5000] != 4)
			fail("the child changed its parent's memory");
	}
	printf("fork-test: passed\n");
	return 0;
}
