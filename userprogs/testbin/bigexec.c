/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bigexec [STAGE]: a chain of execs of this program by itself, each with a larger
 * argument vector than the one before, in another shape, and checked by the image that
 * gets it. The argument vector at the end is as large as can be; a larger one is
 * refused.
 */
#include "check.h"

#include <abi/limits.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SELF "/testbin/bigexec"
#define FRONT 2 /* argv[0] and the stage */

/* The shape of a stage: n arguments, of which number i has length(i) bytes. */
static const struct shape {
	unsigned int n;
	unsigned int base, step;
} shapes[] = {
	{1, 100, 0},   {1, 4096, 0},  {8, 1000, 1},  {8, 4097, 0},
	{4, 16000, 7}, {1, 60000, 0}, {500, 5, 0},   {300, 40, 1},
	{100, 1, 10},  {2000, 30, 0}, {13000, 4, 0}, {1, 65510, 0},
};

#define STAGES (sizeof(shapes) / sizeof(shapes[0]))

static size_t length_of(const struct shape *s, unsigned int i)
{
	return s->base + (size_t)i * s->step;
}

static char byte_of(unsigned int i, size_t j)
{
	return (char)('!' + (i * 7 + j) % 90);
}

static void verify(int argc, char **argv, const struct shape *s)
{
	if (argc != (int)(FRONT + s->n) || argv[argc] != NULL)
		fail("argc is %d, not %u", argc, FRONT + s->n);
	for (unsigned int i = 0; i < s->n; i++) {
		size_t n = length_of(s, i);

		if (strlen(argv[FRONT + i]) != n)
			fail("argument %u has %zu bytes, not %zu", i,
			     strlen(argv[FRONT + i]), n);
		for (size_t j = 0; j < n; j++)
			if (argv[FRONT + i][j] != byte_of(i, j))
				fail("argument %u differs at %zu", i, j);
	}
}

static char **build(const struct shape *s, char *stage)
{
	char **argv = calloc(FRONT + s->n + 1, sizeof(*argv));

	if (argv == NULL)
		err(1, "malloc");
	argv[0] = (char *)"bigexec";
	argv[1] = stage;
	for (unsigned int i = 0; i < s->n; i++) {
		size_t n = length_of(s, i);
		char *arg = malloc(n + 1);

		if (arg == NULL)
			err(1, "malloc");
		for (size_t j = 0; j < n; j++)
			arg[j] = byte_of(i, j);
		arg[n] = '\0';
		argv[FRONT + i] = arg;
	}
	return argv;
}

int main(int argc, char **argv)
{
	static const struct shape too_big = {5, ARG_MAX / 5 + 1, 0};
	unsigned long stage = argument(argc, argv, 1, 0);
	char next[24];

	if (stage > STAGES)
		fail("stages are 0 to %zu", STAGES);
	if (stage > 0) {
		verify(argc, argv, &shapes[stage - 1]);
		printf("bigexec: %u arguments from %u bytes on\n", shapes[stage - 1].n,
		       shapes[stage - 1].base);
	}
	snprintf(next, sizeof(next), "%lu", stage + 1);
	if (stage < STAGES) {
		execv(SELF, build(&shapes[stage], next));
		err(1, "stage %lu", stage + 1);
	}
	check_error("too many bytes", execv(SELF, build(&too_big, next)), E2BIG);
	printf("bigexec: more than %d bytes are refused\n", ARG_MAX);
	return 0;
}
