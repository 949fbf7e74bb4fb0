/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers by the additive generator over x^31 + x^3 + 1 that 4.4BSD and OS/161
 * have, seeded as there: programs may expect what comes of a seed.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define DEGREE 31
#define SEPARATION 3
#define WARM_UP (10 * DEGREE)

static uint32_t state[DEGREE];
static unsigned int at; /* of the older of the two that are added */
static bool seeded;

static uint32_t next(void)
{
	uint32_t *front = &state[(at + SEPARATION) % DEGREE];

	*front += state[at];
	at = (at + 1) % DEGREE;
	return *front;
}

void srandom(unsigned int seed)
{
	state[0] = seed;
	for (int i = 1; i < DEGREE; i++)
		state[i] = 1103515245u * state[i - 1] + 12345u;
	at = 0;
	seeded = true;
	for (int i = 0; i < WARM_UP; i++)
		next();
}

/* The lowest bit is the least random. */
long random(void)
{
	if (!seeded)
		srandom(1);
	return next() >> 1;
}

int rand(void)
{
	return (int)random();
}

void srand(unsigned int seed)
{
	srandom(seed);
}
