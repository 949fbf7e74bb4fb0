/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Searches by chance.  The choices themselves are the executor's; here are the seeds.
 *
 * pct: Burckhardt, Kothari, Musuvathi, Nagarakatte, A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs, ASPLOS 2010.  With n threads and k steps one
 * run finds a bug of depth d with probability 1 / (n * k^(d-1)) or more; n and k are
 * those of the longest run so far, since a program does not tell them.
 */
#include "explore/search_private.h"

/* When nobody sets a limit: some seconds' work. */
#define RUNS_DEFAULT 10000

bool search_random_has_work(const struct search *s)
{
	return s->number < RUNS_DEFAULT || s->config->max_runs ||
	       s->config->max_seconds > 0;
}

/* splitmix64; never 0, which would be a run without chance. */
static uint64_t seed_of(uint64_t seed, uint64_t number)
{
	uint64_t x = seed + (number + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x ? x : 1;
}

int search_random_batch(struct search *s, size_t max)
{
	/* The first one tells how long a run is. */
	for (size_t n = s->begun ? max : 1; n && search_random_has_work(s); n--) {
		struct run *run = search_run(s);

		if (!run)
			return search_no_memory();
		run->item.number = s->number++;
		run->item.strategy = s->strategy;
		run->item.seed =
			s->begun ? seed_of(s->config->seed, run->item.number) : 0;
		run->item.length = s->longest;
		if (s->strategy == EXPLORE_PCT)
			run->item.depth = (unsigned int)search_last_bound(s);
		if (search_launch(s, run) != 0)
			return ERR_MEMORY;
	}
	s->begun = true;
	return 0;
}

double search_random_share(const struct search *s)
{
	uint64_t max = s->config->max_runs;

	if (max)
		return (double)(s->runs - s->restored) / (double)max;
	return s->config->max_seconds > 0 ? -1 : (double)s->runs / RUNS_DEFAULT;
}

double search_random_probability(const struct search *s)
{
	double p = s->threads ? 1 / (double)s->threads : 0;
	double found = 0;

	for (int i = 0; i < search_last_bound(s) && s->longest; i++)
		p /= (double)s->longest;
	if (s->runs < 2)
		return 0;
	/* 1 - (1 - p)^(runs - 1), without taking a small number from 1. */
	for (int bit = 63; bit >= 0; bit--) {
		found = found * (2 - found);
		if ((s->runs - 1) >> bit & 1)
			found = found + p - found * p;
	}
	return found;
}
