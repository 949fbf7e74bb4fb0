/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/policy.h"

/* Of a random run without a depth of its own: as many as most bugs need, and some. */
#define RANDOM_CHANGES 4u

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t draw(struct policy *p)
{
	uint64_t z = p->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void add_change(struct policy *p, uint64_t step)
{
	unsigned int i = p->nchanges++;

	for (; i > 0 && p->changes[i - 1] > step; i--)
		p->changes[i] = p->changes[i - 1];
	p->changes[i] = step;
}

void policy_begin(struct policy *p, const struct search_item *item)
{
	unsigned int n = item->depth;

	*p = (struct policy){
		.on = item->seed != 0,
		.priorities = item->strategy == EXPLORE_PCT,
		.random = item->seed,
	};
	if (!p->on || item->length == 0)
		return;
	if (!p->priorities)
		n = (unsigned int)(draw(p) % (RANDOM_CHANGES + 1));
	for (unsigned int i = 0; i < n && i < POLICY_CHANGES_MAX; i++)
		add_change(p, 1 + draw(p) % item->length);
}

uint64_t policy_change(const struct policy *p)
{
	return p->on && p->next < p->nchanges ? p->changes[p->next] : UINT64_MAX;
}

static void draw_priorities(struct policy *p, uint64_t ready)
{
	for (uint16_t t = 0; t < RECORD_THREADS_MAX; t++)
		if ((ready & ~p->drawn) >> t & 1) {
			p->drawn |= 1ull << t;
			p->priority[t] = 1 + (int)(draw(p) >> 34);
		}
}

static uint16_t highest(const struct policy *p, uint16_t otherwise, uint64_t ready)
{
	uint16_t best = otherwise;

	for (uint16_t t = 0; t < RECORD_THREADS_MAX; t++)
		if ((ready >> t & 1) &&
		    (!(ready >> best & 1) || p->priority[t] > p->priority[best]))
			best = t;
	return best;
}

uint16_t policy_choose(struct policy *p, uint16_t chosen, uint64_t ready)
{
	if (!p->priorities)
		return chosen;
	draw_priorities(p, ready);
	return highest(p, chosen, ready);
}

static uint16_t any_other(struct policy *p, uint16_t current, uint64_t ready)
{
	uint64_t others = ready & ~(1ull << current);
	unsigned int n = (unsigned int)__builtin_popcountll(others);
	unsigned int skip;

	if (n == 0)
		return current;
	for (skip = (unsigned int)(draw(p) % n); skip > 0; skip--)
		others &= others - 1;
	return (uint16_t)__builtin_ctzll(others);
}

uint16_t policy_pass_change(struct policy *p, uint16_t current, uint64_t ready)
{
	p->next++;
	if (!p->priorities)
		return any_other(p, current, ready);
	draw_priorities(p, ready);
	p->priority[current] = -(int)p->next;
	return highest(p, current, ready);
}
