/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/search.h"

#include <stdlib.h>
#include <string.h>

#include "explore/search_private.h"

int search_no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the search");
}

void *search_room(void *array, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return array;
	size_t more = *room + *room / 2 + 8;
	void *bigger = reallocarray(array, more, size);

	if (bigger)
		*room = more;
	return bigger;
}

int search_last_bound(const struct search *s)
{
	return s->config->preemptions < 0 ? SEARCH_PREEMPTIONS : s->config->preemptions;
}

/* --- runs --- */

struct run *search_run(struct search *s)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->older = s->newest;
	if (s->newest)
		s->newest->newer = run;
	else
		s->oldest = run;
	s->newest = run;
	s->live++;
	search_charge(s, run, sizeof(*run));
	return run;
}

void search_charge(struct search *s, struct run *run, uint64_t bytes)
{
	run->bytes += bytes;
	s->bytes += bytes;
}

static void free_run(struct search *s, struct run *run)
{
	if (run->older)
		run->older->newer = run->newer;
	else
		s->oldest = run->newer;
	if (run->newer)
		run->newer->older = run->older;
	else
		s->newest = run->older;
	for (size_t i = 0; i < run->nnodes; i++) {
		for (size_t j = 0; j < run->nodes[i].nchoices; j++)
			free(run->nodes[i].choices[j].accesses);
		free(run->nodes[i].choices);
	}
	free(run->nodes);
	free(run->woken);
	free(run->passed);
	free((void *)run->item.switches);
	free((void *)run->item.sleepers);
	free((void *)run->item.awake);
	s->bytes -= run->bytes;
	s->live--;
	free(run);
}

/* Ends one use; where it was the last the run goes, and its use of its parent. */
static void release(struct search *s, struct run *run)
{
	while (run && --run->users == 0) {
		struct run *parent = run->parent;

		free_run(s, run);
		run = parent;
	}
}

int search_launch(struct search *s, struct run *run)
{
	if (s->nflight == s->flight_room) {
		size_t room = s->flight_room * 2 + 64;
		struct run **flight = reallocarray(s->flight, room, sizeof(*flight));

		if (!flight)
			return search_no_memory();
		s->flight = flight;
		const struct search_item **items =
			reallocarray(s->items, room, sizeof(*items));

		if (!items)
			return search_no_memory();
		s->items = items;
		s->flight_room = room;
	}
	s->flight[s->nflight] = run;
	s->items[s->nflight++] = &run->item;
	run->users++;
	return 0;
}

/* --- phases --- */

static bool by_chance(const struct search *s)
{
	return s->strategy == EXPLORE_PCT || s->strategy == EXPLORE_RANDOM;
}

static bool has_work(struct search *s)
{
	return by_chance(s) ? search_random_has_work(s) : search_tree_has_work(s);
}

/* What comes when a strategy has nothing more to do. */
static void next_phase(struct search *s)
{
	if (s->config->strategy != EXPLORE_DEFAULT || s->strategy == EXPLORE_DPOR) {
		s->over = true;
		return;
	}
	s->strategy = EXPLORE_DPOR;
	s->begun = false;
}

int search_create(struct search **search, const struct explore_config *config)
{
	struct search *s;

	if (config->strategy >= EXPLORE_STRATEGIES)
		return error_set(ERR_USAGE, "no strategy has the number %d",
		                 (int)config->strategy);
	s = calloc(1, sizeof(*s));
	if (!s)
		return search_no_memory();
	s->config = config;
	s->bytes_max = SEARCH_BYTES_MAX;
	s->strategy =
		config->strategy == EXPLORE_DEFAULT ? EXPLORE_BOUNDED : config->strategy;
	*search = s;
	return 0;
}

void search_free(struct search *s)
{
	if (!s)
		return;
	while (s->newest)
		free_run(s, s->newest);
	hash_set_free(&s->classes);
	free(s->now.items);
	free(s->later.items);
	free(s->flight);
	free(s->items);
	free(s);
}

size_t search_next(struct search *s, const struct search_item **items, size_t max)
{
	if (s->given == s->nflight) {
		BUG_ON(s->reported != s->nflight);
		s->nflight = s->given = s->reported = 0;
		while (!s->over && !has_work(s))
			next_phase(s);
		if (s->over || !max)
			return 0;
		if ((by_chance(s) ? search_random_batch(s, max)
		                  : search_tree_batch(s, max)) != 0)
			return 0;
	}
	size_t n = s->nflight - s->given < max ? s->nflight - s->given : max;

	memcpy(items, s->items + s->given, n * sizeof(*items));
	s->given += n;
	return n;
}

int search_report(struct search *s, const struct search_item *item,
                  const struct search_result *result)
{
	BUG_ON(s->reported >= s->given);
	struct run *run = s->flight[s->reported++];
	int err = 0;

	BUG_ON(&run->item != item);
	run->reported = true;
	switch (result->outcome) {
	case SEARCH_RAN:
		s->runs++;
		err = hash_set_add(&s->classes, result->hash);
		break;
	case SEARCH_REDUNDANT:
		s->redundant++;
		break;
	case SEARCH_IMPOSSIBLE:
		s->impossible++;
		break;
	}
	if (s->longest < result->steps)
		s->longest = result->steps;
	if (s->threads < result->threads)
		s->threads = result->threads;
	if (!err && !by_chance(s))
		err = search_tree_report(s, run, result);
	release(s, run);
	if (!by_chance(s) && ++s->share_age > s->live) {
		s->share = search_tree_share(s);
		s->share_age = 0;
	}
	return err;
}

/* A bound is under way once all that is within the one before has been run. */
static unsigned int below(const struct search *s)
{
	if (s->strategy == EXPLORE_BOUNDED)
		return (unsigned int)s->bound + s->over;
	return s->config->strategy == EXPLORE_DEFAULT ? (unsigned int)s->bound + 1 : 0;
}

void search_counts(const struct search *s, struct search_counts *counts)
{
	bool chance = by_chance(s);

	*counts = (struct search_counts){
		.runs = s->runs,
		.redundant = s->redundant,
		.impossible = s->impossible,
		.classes = s->classes.n,
		.pending = s->now.n + s->later.n,
		.preemptions =
			chance || s->config->strategy == EXPLORE_DPOR ? -1 : s->bound,
		.below = below(s),
		.complete = s->over,
		.share = chance ? search_random_share(s) : s->share,
		.probability =
			s->strategy == EXPLORE_PCT ? search_random_probability(s) : 0,
		.strategy = s->strategy,
	};
	if (s->over)
		counts->share = 1;
}
