/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waitpid-one: four children that end in an order of their own, waited for one by one in
 * another.  Each wait must give the child asked for, not the one that ended first.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#define N 4

int main(void)
{
	static const int order[N] = {2, 0, 3, 1};
	pid_t children[N];

	for (int i = 0; i < N; i++) {
		children[i] = check_fork();
		if (children[i] == 0) {
			busy((unsigned long)(N - i) * 20000);
			_exit(10 + i);
		}
	}
	for (int i = 0; i < N; i++) {
		check_exited(children[order[i]], 10 + order[i]);
		printf("waitpid-one: child %d exited with %d\n", order[i], 10 + order[i]);
	}
	return 0;
}
