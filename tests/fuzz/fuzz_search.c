/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a search from any bytes.  Checksum and configuration are made right first;
 * what is accepted must go on for some pieces, whatever comes of them, and be saved
 * again.
 */
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/error.h"
#include "explore/search.h"

enum { HEADER = 24, CONFIG = 8, BATCH = 4, PIECES = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Puts in what a search of that configuration has there. */
static void seal(uint8_t *bytes, size_t size, const struct explore_config *config)
{
	struct search *search;
	struct text other = {0};

	if (search_create(&search, config) != 0)
		abort();
	search_save(search, &other);
	memcpy(bytes, other.data, HEADER + CONFIG);
	text_free(&other);
	search_free(search);
	uint64_t hash = XXH3_64bits(bytes + HEADER, size - HEADER);

	memcpy(bytes + HEADER - sizeof(hash), &hash, sizeof(hash));
}

static void report(struct search *search, const struct search_item *item)
{
	static const struct order_access access = {.pa = 4096, .size = 8, .write = true};
	const struct search_sleeper initials[] = {{1, &access, 1}, {2, &access, 1}};
	struct search_race race = {.at = item->number * 7 % 50,
	                           .accesses = &access,
	                           .naccesses = 1,
	                           .costs = true,
	                           .initials = initials,
	                           .ninitials = 2};
	uint64_t *woken = calloc(item->nsleepers + 1, sizeof(*woken));
	struct search_result result = {.outcome = (enum search_outcome)(item->number % 3),
	                               .hash = item->number,
	                               .steps = 10,
	                               .threads = 3,
	                               .woken = woken,
	                               .races = &race,
	                               .nraces = 1};

	if (!woken)
		abort();
	for (size_t i = 0; i < item->nsleepers; i++)
		woken[i] = item->sleepers[i].thread % 2 ? UINT64_MAX : 20;
	BUG_ON(search_report(search, item, &result) != 0);
	free(woken);
}

static void go_on(struct search *search)
{
	const struct search_item *items[BATCH];
	struct search_counts counts;
	struct text bytes = {0};

	for (size_t done = 0, n; done < PIECES; done += n) {
		n = search_next(search, items, BATCH);
		if (!n)
			break;
		for (size_t i = 0; i < n; i++)
			report(search, items[i]);
	}
	search_counts(search, &counts);
	search_save(search, &bytes);
	BUG_ON(bytes.failed);
	text_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum explore_strategy strategies[] = {EXPLORE_DEFAULT, EXPLORE_DPOR,
	                                                   EXPLORE_PCT};

	if (size < HEADER + CONFIG)
		return 0;
	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		struct explore_config config = {.strategy = strategies[i],
		                                .preemptions = -1};
		struct search *search;
		/* Of the exact size, for the sanitizer to see the first byte beyond. */
		uint8_t *bytes = malloc(size);

		if (!bytes)
			abort();
		memcpy(bytes, data, size);
		seal(bytes, size, &config);
		if (search_restore(&search, &config, bytes, size, "fuzz") == 0) {
			go_on(search);
			search_free(search);
		}
		free(bytes);
	}
	return 0;
}
