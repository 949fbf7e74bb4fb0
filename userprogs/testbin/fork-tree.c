/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fork-tree: each process prints its place in a binary tree, as a string of 0 and 1,
 * forks its two children and waits for both.  The places come in an order that is up to
 * the schedule, but a process always comes before its children.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 3

static void grow(const char *place)
{
	char below[DEPTH + 1];
	pid_t children[2];
	size_t n = strlen(place);

	printf("fork-tree: '%s'\n", place);
	if (n == DEPTH)
		return;
	strcpy(below, place);
	below[n + 1] = '\0';
	for (int i = 0; i < 2; i++) {
		below[n] = (char)('0' + i);
		children[i] = check_fork();
		if (children[i] == 0) {
			grow(below);
			_exit((int)n + 1);
		}
	}
	for (int i = 0; i < 2; i++)
		check_exited(children[i], (int)n + 1);
}

int main(void)
{
	grow("");
	return 0;
}
