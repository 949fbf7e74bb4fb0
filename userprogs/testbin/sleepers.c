/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sleepers: five children sleep for different times and wake in the order of the times,
 * whatever the order in which they went to sleep.
 */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define N 5

int main(void)
{
	static const unsigned long ms[N] = {40, 10, 50, 20, 30};
	static const struct timespec bad[] = {{0, 1000000000}, {0, -1}, {-1, 0}};
	pid_t children[N];
	int gate = gate_create();

	for (int i = 0; i < N; i++) {
		children[i] = check_fork();
		if (children[i] == 0) {
			gate_wait(gate);
			check_sleep(ms[i] * 1000);
			printf("sleepers: %lu ms\n", ms[i]);
			_exit(i);
		}
	}
	gate_open(gate);
	for (int i = 0; i < N; i++)
		check_exited(children[i], i);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_error("a time that is none", nanosleep(&bad[i], NULL), EINVAL);
	return 0;
}
