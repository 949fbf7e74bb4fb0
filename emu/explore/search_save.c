/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search as bytes: numbers of 8 bytes, the lowest byte first.
 *
 *	magic, version, XXH3 of all that follows, hash of the configuration,
 *	the counters, the classes, the runs that live from the oldest on, the waiting
 *	pieces, the runs under way.
 *
 * Switches and sleepers of a run are not in there: they follow from its parent's.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "explore/search_private.h"
#include "trace/text.h"

#define MAGIC UINT64_C(0x6863726165536b46) /* "FkSearch" */
#define VERSION 1
#define NOBODY UINT64_MAX

enum { HEADER = 3 * 8 };

/* --- writing --- */

static void put(struct text *out, uint64_t value)
{
	value = htole64(value);
	text_bytes(out, (const char *)&value, sizeof(value));
}

static uint64_t hash_list(const char *const *list, uint64_t hash)
{
	for (; list && *list; list++)
		hash = XXH3_64bits_withSeed(*list, strlen(*list) + 1, hash);
	return hash;
}

/* Of what decides which interleavings are run. */
static uint64_t hash_config(const struct explore_config *config)
{
	uint64_t fields[] = {config->strategy, (uint64_t)config->preemptions,
	                     config->seed};
	uint64_t hash = XXH3_64bits(fields, sizeof(fields));

	return hash_list(config->without, hash_list(config->within, hash) + 1);
}

static void put_counters(struct text *out, const struct search *s)
{
	put(out, s->strategy);
	put(out, s->begun);
	put(out, s->over);
	put(out, (uint64_t)s->bound);
	put(out, s->number);
	put(out, s->sequence);
	put(out, s->runs);
	put(out, s->redundant);
	put(out, s->impossible);
	put(out, s->longest);
	put(out, s->threads);
}

static void put_classes(struct text *out, const struct hash_set *set)
{
	put(out, set->n);
	for (size_t i = 0; i < set->nslots; i++)
		if (set->slots[i])
			put(out, set->slots[i]);
}

static void put_node(struct text *out, const struct node *node)
{
	put(out, node->at);
	put(out, node->tried);
	put(out, node->ways);
	put(out, node->sequence);
	put(out, node->nchoices);
	for (size_t i = 0; i < node->nchoices; i++) {
		const struct choice *c = &node->choices[i];

		put(out, c->thread);
		put(out, c->impossible);
		put(out, c->naccesses);
		for (size_t j = 0; j < c->naccesses; j++)
			put(out, c->accesses[j].pa | (uint64_t)c->accesses[j].size << 32 |
			                 (uint64_t)c->accesses[j].write << 48);
	}
}

static void put_run(struct text *out, const struct run *run)
{
	const struct search_item *item = &run->item;
	uint64_t asleep = 0;

	for (size_t i = 0; i < item->nsleepers; i++)
		asleep |= UINT64_C(1) << item->sleepers[i].thread;
	put(out, item->number);
	put(out, item->seed);
	put(out, item->depth);
	put(out, item->length);
	put(out, run->parent ? run->parent->item.number : NOBODY);
	put(out, run->at);
	put(out, item->nswitches ? item->switches[item->nswitches - 1].thread : 0);
	put(out, run->choice);
	put(out, asleep);
	put(out, run->reported);
	for (size_t i = 0; i < item->nsleepers; i++)
		put(out, run->woken[i]);
	put(out, run->npassed);
	for (size_t i = 0; i < run->npassed; i++) {
		put(out, run->passed[i].at);
		put(out, run->passed[i].thread);
	}
	put(out, run->nnodes);
	for (size_t i = 0; i < run->nnodes; i++)
		put_node(out, &run->nodes[i]);
}

static void put_heap(struct text *out, const struct heap *heap)
{
	put(out, heap->n);
	for (size_t i = 0; i < heap->n; i++) {
		const struct piece *piece = &heap->items[i];

		put(out, piece->owner->item.number);
		put(out, piece->at);
		put(out, piece->sequence);
		put(out, piece->choice);
		put(out, piece->thread);
		put(out, piece->cost);
	}
}

int search_save(const struct search *s, uint8_t **bytes, size_t *size)
{
	struct text out = {0};
	uint64_t hash, runs = 0;

	put(&out, MAGIC);
	put(&out, VERSION);
	put(&out, 0);
	put(&out, hash_config(s->config));
	put_counters(&out, s);
	put_classes(&out, &s->classes);
	for (const struct run *run = s->oldest; run; run = run->newer)
		runs++;
	put(&out, runs);
	for (const struct run *run = s->oldest; run; run = run->newer)
		put_run(&out, run);
	put_heap(&out, &s->now);
	put_heap(&out, &s->later);
	put(&out, s->nflight - s->reported);
	for (size_t i = s->reported; i < s->nflight; i++)
		put(&out, s->flight[i]->item.number);
	if (out.failed) {
		text_free(&out);
		return search_no_memory();
	}
	hash = htole64(XXH3_64bits(out.data + HEADER, out.length - HEADER));
	memcpy(out.data + HEADER - sizeof(hash), &hash, sizeof(hash));
	*bytes = (uint8_t *)out.data;
	*size = out.length;
	return 0;
}

/* --- reading --- */

struct reader {
	const uint8_t *at;
	size_t left;
	bool bad; /* what it says cannot be */
	struct search *search;
	struct run **runs; /* by number */
	size_t nruns;
};

static uint64_t get(struct reader *in)
{
	uint64_t value = 0;

	if (in->left < sizeof(value)) {
		in->bad = true;
		return 0;
	}
	memcpy(&value, in->at, sizeof(value));
	in->at += sizeof(value);
	in->left -= sizeof(value);
	return le64toh(value);
}

/* A number of things of `size` bytes at least that follow. */
static size_t get_count(struct reader *in, size_t size)
{
	uint64_t n = get(in);

	if (n <= in->left / size)
		return n;
	in->bad = true;
	return 0;
}

static uint16_t get_thread(struct reader *in)
{
	uint64_t thread = get(in);

	if (thread < RECORD_THREADS_MAX)
		return (uint16_t)thread;
	in->bad = true;
	return 0;
}

static void get_counters(struct reader *in)
{
	struct search *s = in->search;
	uint64_t strategy = get(in);

	if (strategy == EXPLORE_DEFAULT || strategy >= EXPLORE_STRATEGIES)
		in->bad = true;
	else
		s->strategy = (enum explore_strategy)strategy;
	s->begun = get(in);
	s->over = get(in);
	uint64_t bound = get(in);

	if (bound > (uint64_t)search_last_bound(s))
		in->bad = true;
	else
		s->bound = (int)bound;
	s->number = get(in);
	s->sequence = get(in);
	s->runs = get(in);
	s->redundant = get(in);
	s->impossible = get(in);
	s->longest = get(in);
	s->threads = get(in);
}

static int get_classes(struct reader *in)
{
	for (size_t n = get_count(in, 8); n; n--)
		if (hash_set_add(&in->search->classes, get(in)) != 0)
			return ERR_MEMORY;
	return 0;
}

/* NULL: none has that number. */
static struct run *get_run_number(struct reader *in)
{
	uint64_t number = get(in);
	size_t low = 0, high = in->nruns;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (in->runs[middle]->item.number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < in->nruns && in->runs[low]->item.number == number)
		return in->runs[low];
	in->bad = in->bad || number != NOBODY;
	return NULL;
}

static int get_choice(struct reader *in, struct run *run, struct node *node)
{
	struct search_sleeper own = {.thread = get_thread(in)};
	bool impossible = get(in);
	size_t n = get_count(in, 8);
	struct order_access *accesses = calloc(n + 1, sizeof(*accesses));

	if (!accesses)
		return search_no_memory();
	for (size_t i = 0; i < n; i++) {
		uint64_t a = get(in);

		accesses[i] = (struct order_access){(uint32_t)a, (uint16_t)(a >> 32),
		                                    a >> 48 & 1};
	}
	own.accesses = accesses;
	own.naccesses = n;
	int err = search_tree_choice(in->search, run, node, &own);

	free(accesses);
	if (!err && node->nchoices)
		node->choices[node->nchoices - 1].impossible = impossible;
	return err;
}

static int get_nodes(struct reader *in, struct run *run)
{
	for (size_t n = get_count(in, 5 * 8); n && !in->bad; n--) {
		uint64_t at = get(in);

		if (search_tree_node(run, at)) {
			in->bad = true;
			break;
		}
		struct node *node = search_tree_add_node(in->search, run, at);

		if (!node)
			return search_no_memory();
		uint64_t tried = get(in);

		uint64_t ways = get(in);

		node->sequence = get(in);
		node->ways = (uint16_t)ways;
		in->bad = in->bad || !ways || ways > RECORD_THREADS_MAX;
		for (size_t m = get_count(in, 3 * 8); m && !in->bad; m--)
			if (get_choice(in, run, node) != 0)
				return ERR_MEMORY;
		node->tried = tried;
	}
	return 0;
}

static int get_passed(struct reader *in, struct run *run)
{
	run->npassed = get_count(in, 2 * 8);
	if (!run->npassed)
		return 0;
	run->passed = calloc(run->npassed, sizeof(*run->passed));
	if (!run->passed)
		return search_no_memory();
	for (size_t i = 0; i < run->npassed; i++) {
		run->passed[i].at = get(in);
		run->passed[i].thread = get_thread(in);
	}
	search_charge(in->search, run, run->npassed * sizeof(*run->passed));
	return 0;
}

/* Whether a choice of that number can be in a node of the owner's. */
static bool has_choice(const struct search *s, const struct run *owner, uint64_t at,
                       uint64_t choice)
{
	const struct node *node = search_tree_node(owner, at);

	return node && (s->strategy == EXPLORE_BOUNDED || choice < node->nchoices);
}

static int get_run(struct reader *in, struct run *run)
{
	struct search *s = in->search;

	run->item.number = get(in);
	run->item.strategy = s->strategy;
	run->item.seed = get(in);
	run->item.depth = (unsigned int)get(in);
	run->item.length = get(in);
	run->parent = get_run_number(in);
	if (run->parent)
		run->parent->users++;
	run->at = get(in);
	uint16_t thread = get_thread(in);

	run->choice = (uint32_t)get(in);
	uint64_t asleep = get(in);

	run->reported = get(in);
	if (in->nruns && run->item.number <= in->runs[in->nruns - 1]->item.number)
		in->bad = true;
	if (run->parent && !has_choice(s, run->parent, run->at, run->choice))
		in->bad = true;
	int err = in->bad ? 0 : search_tree_fill(s, run, thread, asleep);

	for (size_t i = 0; !err && i < run->item.nsleepers; i++)
		run->woken[i] = get(in);
	if (!err)
		err = get_passed(in, run);
	return err ? err : get_nodes(in, run);
}

static int get_runs(struct reader *in)
{
	size_t n = get_count(in, 12 * 8);

	in->runs = calloc(n + 1, sizeof(struct run *));
	if (!in->runs)
		return search_no_memory();
	for (; n && !in->bad; n--) {
		struct run *run = search_run(in->search);

		if (!run)
			return search_no_memory();
		int err = get_run(in, run);

		if (err)
			return err;
		in->runs[in->nruns++] = run;
	}
	return 0;
}

static int get_heap(struct reader *in, struct heap *heap)
{
	for (size_t n = get_count(in, 6 * 8); n && !in->bad; n--) {
		struct piece piece = {.owner = get_run_number(in)};

		piece.at = get(in);
		piece.sequence = get(in);
		piece.choice = (uint32_t)get(in);
		piece.thread = get_thread(in);
		piece.cost = (uint16_t)get(in);
		if (!piece.owner ||
		    !has_choice(in->search, piece.owner, piece.at, piece.choice)) {
			in->bad = true;
			break;
		}
		piece.owner->users++;
		search_tree_node(piece.owner, piece.at)->waiting++;
		if (search_tree_push(heap, piece) != 0)
			return ERR_MEMORY;
	}
	return 0;
}

static int get_all(struct reader *in)
{
	struct search *s = in->search;

	get_counters(in);
	if (get_classes(in) != 0 || get_runs(in) != 0 || get_heap(in, &s->now) != 0 ||
	    get_heap(in, &s->later) != 0)
		return ERR_MEMORY;
	for (size_t n = get_count(in, 8); n && !in->bad; n--) {
		struct run *run = get_run_number(in);

		if (!run)
			in->bad = true;
		else if (run->reported)
			in->bad = true;
		else if (search_launch(s, run) != 0)
			return ERR_MEMORY;
	}
	in->bad = in->bad || in->left;
	for (size_t i = 0; i < in->nruns; i++)
		in->bad = in->bad || !in->runs[i]->users;
	return 0;
}

/* Whether these bytes can be what search_save() gave for that configuration. */
static int check_header(struct reader *in, const struct explore_config *config,
                        const char *name)
{
	uint64_t magic = get(in), version = get(in), hash = get(in);

	if (in->bad || magic != MAGIC)
		return error_set(ERR_FILE, "%s: not the state of a search", name);
	if (version != VERSION)
		return error_set(ERR_FILE,
		                 "%s: the state of a search, of version %llu; only %d is "
		                 "understood",
		                 name, (unsigned long long)version, VERSION);
	if (hash != XXH3_64bits(in->at, in->left))
		return error_set(ERR_FILE, "%s: the state of a search, but damaged",
		                 name);
	if (get(in) != hash_config(config))
		return error_set(ERR_FILE,
		                 "%s: the state of a search with another strategy, seed, "
		                 "number of preemptions, --within or --without",
		                 name);
	return 0;
}

int search_restore(struct search **search, const struct explore_config *config,
                   const uint8_t *bytes, size_t size, const char *name)
{
	struct reader in = {.at = bytes, .left = size};
	int err = check_header(&in, config, name);

	if (err)
		return err;
	err = search_create(&in.search, config);
	if (err)
		return err;
	err = get_all(&in);
	if (!err && in.bad)
		err = error_set(ERR_FILE, "%s: the state of a search, but impossible",
		                name);
	free(in.runs);
	if (err) {
		search_free(in.search);
		return err;
	}
	in.search->share = search_tree_share(in.search);
	*search = in.search;
	return 0;
}
