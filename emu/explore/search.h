/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search: which interleaving to run next.
 *
 * It knows nothing of machines.  It hands out pieces of work, plain data which any
 * process with the same start state can carry out, and takes back what each showed.
 * Results are taken in the order in which the pieces were handed out, so that the search
 * is the same whoever carries out what.
 */
#ifndef FORKSCOPE_EXPLORE_SEARCH_H
#define FORKSCOPE_EXPLORE_SEARCH_H

#include "explore/explore.h"
#include "explore/order.h"

struct search;

/* From count `at` on `thread` runs, until it blocks, exits, or the next one of these. */
struct search_switch {
	uint64_t at;
	uint16_t thread;
};

/*
 * A thread that must not run until another's step conflicts with its next one: what would
 * come of it is explored elsewhere.
 */
struct search_sleeper {
	uint16_t thread;
	const struct order_access *accesses;
	size_t naccesses;
};

/* One interleaving to run. */
struct search_item {
	uint64_t number; /* from 0, in the order of handing out */
	const struct search_switch *switches;
	size_t nswitches;
	/*
	 * Those asleep at the last switch; and after these `nawake` others that slept on
	 * the way there, with the counts at which they were woken, see search_result.
	 */
	const struct search_sleeper *sleepers;
	size_t nsleepers, nawake;
	const uint64_t *awake;
	/*
	 * What is under way: bounded, dpor, pct or random.  How the threads are chosen
	 * after the last switch: 0 for going on with whoever runs, and when that blocks
	 * or exits with the lowest number that can run and is not asleep; else the seed
	 * of a random choice as `strategy` makes it.  Before the last switch, where a
	 * thread blocks and no switch is given, it is the lowest number that can run.
	 */
	enum explore_strategy strategy;
	uint64_t seed;
	unsigned int depth; /* pct: change points */
	uint64_t length;    /* pct: steps among which they are drawn */
};

enum search_outcome {
	SEARCH_RAN,        /* to its end */
	SEARCH_REDUNDANT,  /* until all that could run were asleep */
	SEARCH_IMPOSSIBLE, /* the last switch could not be made */
};

/*
 * One conflict that could be the other way round; see struct order_race.  Bounded
 * searches need the races of an order with `stretches`, each of them as one of these.
 */
struct search_race {
	uint64_t at;                         /* of the step `node`, */
	uint16_t thread;                     /* whose it is, */
	const struct order_access *accesses; /* and what it touches, all of it */
	size_t naccesses;
	/*
	 * Preemptions before `at`, and whether one of the initials there would be one
	 * more: the step is not switched in, or preempting.
	 */
	unsigned int preemptions;
	bool costs;
	/* Threads to try, with their first steps; in the order that struct order has. */
	const struct search_sleeper *initials;
	size_t ninitials;
};

struct search_result {
	enum search_outcome outcome;
	uint64_t hash; /* of the Mazurkiewicz trace, where it ran to its end */
	uint64_t steps;
	size_t threads;
	/*
	 * For each sleeper: a count above `at` of the step that woke it and not above
	 * that of the next one, or UINT64_MAX.
	 */
	const uint64_t *woken;
	/*
	 * What the thread of the last switch touched from there on up to the end of its
	 * first step, whether others do or not.  That of a race may be another: what
	 * comes first there decides what this step does.  NULL: it is the race's.
	 */
	const struct order_access *first;
	size_t nfirst;
	/*
	 * After the last switch, where a sleeper was passed over: who ran instead.  With
	 * these as switches the same comes of it with nobody asleep.
	 */
	const struct search_switch *passed;
	size_t npassed;
	const struct search_race *races;
	size_t nraces;
};

/* ERR_MEMORY; ERR_USAGE.  `config` is borrowed. */
int search_create(struct search **search, const struct explore_config *config);
void search_free(struct search *search);

/*
 * Up to `max` pieces that can be carried out in any order, at once; the first call gives
 * the one with no switch.  All of them must be reported before the next call.  0: the
 * search is over (search_counts() says complete), or memory is out.  They live until they
 * are reported.
 */
size_t search_next(struct search *search, const struct search_item **items, size_t max);
/* What came of them, in the order in which they were given.  ERR_MEMORY. */
int search_report(struct search *search, const struct search_item *item,
                  const struct search_result *result);

struct search_counts {
	uint64_t runs, redundant, impossible;
	uint64_t classes; /* up to a bound, beyond which they are not counted */
	uint64_t pending;
	int preemptions; /* the bound completed or under way; -1: none */
	/* Interleavings with fewer preemptions than these have all been run. */
	unsigned int below;
	bool complete;      /* everything that the strategy promises has been run */
	double share;       /* estimate, 0 to 1; negative: unknown */
	double probability; /* pct */
	enum explore_strategy strategy; /* under way */
};

void search_counts(const struct search *search, struct search_counts *counts);

/*
 * Appends the whole search as bytes; and one made of them, which goes on just as the
 * first one would have; what was handed out and not reported is handed out again, with
 * the same number.  ERR_MEMORY; ERR_FILE for bytes that are damaged, or of a search with
 * another configuration: the message names them by `name`.
 */
void search_save(const struct search *search, struct text *out);
int search_restore(struct search **search, const struct explore_config *config,
                   const uint8_t *bytes, size_t size, const char *name);

#endif
