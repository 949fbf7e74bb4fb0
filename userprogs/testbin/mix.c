/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mix [CHILDREN [ROUNDS]]: computing and forking, for measurements.  Forks CHILDREN
 * processes (1,000), eight at a time, of which each does ROUNDS rounds of work (5, a
 * million instructions) and exits with a digit of the result, which the parent checks.
 */
#include "check.h"
#include "work.h"

#include <stdio.h>
#include <unistd.h>

#define AT_ONCE 8
#define SEEDS 4

static int digit(unsigned long rounds, unsigned long seed)
{
	return (int)(work(rounds, (uint32_t)seed) & 0xff);
}

int main(int argc, char **argv)
{
	unsigned long children = argument(argc, argv, 1, 1000);
	unsigned long rounds = argument(argc, argv, 2, 5);
	int expected[SEEDS];
	pid_t pids[AT_ONCE];

	for (unsigned long s = 0; s < SEEDS; s++)
		expected[s] = digit(rounds, s);

	for (unsigned long first = 0; first < children; first += AT_ONCE) {
		unsigned long n = children - first;

		if (n > AT_ONCE)
			n = AT_ONCE;
		for (unsigned long i = 0; i < n; i++) {
			pids[i] = check_fork();
			if (pids[i] == 0)
				_exit(digit(rounds, i % SEEDS));
		}
		for (unsigned long i = 0; i < n; i++)
			check_exited(pids[i], expected[i % SEEDS]);
	}
	printf("mix: %lu children of %lu rounds, %02x %02x %02x %02x\n", children, rounds,
	       (unsigned int)expected[0], (unsigned int)expected[1],
	       (unsigned int)expected[2], (unsigned int)expected[3]);
	return 0;
}
