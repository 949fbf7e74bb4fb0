/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search as bytes: a header, a hash of the configuration, the counters, the classes,
 * the runs that live from the oldest on, the waiting pieces, the runs under way.
 *
 * Switches and sleepers of a run are not in there: they follow from its parent's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xxh3.h"
#include "explore/search_private.h"
#include "explore/state_bytes.h"

#define MAGIC UINT64_C(0x6863726165536b46) /* "FkSearch" */
#define NOBODY UINT64_MAX

/* --- writing --- */

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

	hash = hash_list(config->within, hash) + 1;
	hash = hash_list(config->without, hash) + 1;
	return hash_list(config->commute, hash);
}

static void put_counters(struct text *out, const struct search *s)
{
	state_put(out, s->strategy);
	state_put(out, s->begun);
	state_put(out, s->over);
	state_put(out, (uint64_t)s->bound);
	state_put(out, s->number);
	state_put(out, s->sequence);
	state_put(out, s->runs);
	state_put(out, s->redundant);
	state_put(out, s->impossible);
	state_put(out, s->longest);
	state_put(out, s->threads);
}

static void put_classes(struct text *out, const struct hash_set *set)
{
	state_put(out, set->n);
	for (size_t i = 0; i < set->nslots; i++)
		if (set->slots[i])
			state_put(out, set->slots[i]);
}

static void put_node(struct text *out, const struct node *node)
{
	state_put(out, node->at);
	state_put(out, node->tried);
	state_put(out, node->ways);
	state_put(out, node->sequence);
	state_put(out, node->nchoices);
	for (size_t i = 0; i < node->nchoices; i++) {
		const struct choice *c = &node->choices[i];

		state_put(out, c->thread);
		state_put(out, c->impossible);
		state_put(out, c->naccesses);
		for (size_t j = 0; j < c->naccesses; j++)
			state_put(out, c->accesses[j].pa |
			                       (uint64_t)c->accesses[j].size << 32 |
			                       (uint64_t)c->accesses[j].write << 48 |
			                       (uint64_t)c->accesses[j].commutes << 49);
	}
}

static void put_run(struct text *out, const struct run *run)
{
	const struct search_item *item = &run->item;
	uint64_t asleep = 0;

	for (size_t i = 0; i < item->nsleepers; i++)
		asleep |= UINT64_C(1) << item->sleepers[i].thread;
	state_put(out, item->number);
	state_put(out, item->seed);
	state_put(out, item->depth);
	state_put(out, item->length);
	state_put(out, run->parent ? run->parent->item.number : NOBODY);
	state_put(out, run->at);
	state_put(out, item->nswitches ? item->switches[item->nswitches - 1].thread : 0);
	state_put(out, run->choice);
	state_put(out, asleep);
	state_put(out, run->reported);
	for (size_t i = 0; i < item->nsleepers; i++)
		state_put(out, run->woken[i]);
	state_put(out, run->npassed);
	for (size_t i = 0; i < run->npassed; i++) {
		state_put(out, run->passed[i].at);
		state_put(out, run->passed[i].thread);
	}
	state_put(out, run->nnodes);
	for (size_t i = 0; i < run->nnodes; i++)
		put_node(out, &run->nodes[i]);
}

static void put_heap(struct text *out, const struct heap *heap)
{
	state_put(out, heap->n);
	for (size_t i = 0; i < heap->n; i++) {
		const struct piece *piece = &heap->items[i];

		state_put(out, piece->owner->item.number);
		state_put(out, piece->at);
		state_put(out, piece->sequence);
		state_put(out, piece->choice);
		state_put(out, piece->thread);
		state_put(out, piece->cost);
	}
}

void search_save(const struct search *s, struct text *out)
{
	size_t begun = state_begin(out, MAGIC);
	uint64_t runs = 0;

	state_put(out, hash_config(s->config));
	put_counters(out, s);
	put_classes(out, &s->classes);
	for (const struct run *run = s->oldest; run; run = run->newer)
		runs++;
	state_put(out, runs);
	for (const struct run *run = s->oldest; run; run = run->newer)
		put_run(out, run);
	put_heap(out, &s->now);
	put_heap(out, &s->later);
	state_put(out, s->nflight - s->reported);
	for (size_t i = s->reported; i < s->nflight; i++)
		state_put(out, s->flight[i]->item.number);
	state_end(out, begun);
}

/* --- reading --- */

struct reader {
	struct state_reader bytes;
	struct search *search;
	struct run **runs; /* by number */
	size_t nruns;
};

static uint64_t get(struct reader *in)
{
	return state_get(&in->bytes);
}

/* A number of things of `size` bytes at least that follow. */
static size_t get_count(struct reader *in, size_t size)
{
	uint64_t n = get(in);

	if (n <= in->bytes.left / size)
		return n;
	in->bytes.bad = true;
	return 0;
}

static uint16_t get_thread(struct reader *in)
{
	uint64_t thread = get(in);

	if (thread < RECORD_THREADS_MAX)
		return (uint16_t)thread;
	in->bytes.bad = true;
	return 0;
}

static void get_counters(struct reader *in)
{
	struct search *s = in->search;
	uint64_t strategy = get(in);

	if (strategy == EXPLORE_DEFAULT || strategy >= EXPLORE_STRATEGIES)
		in->bytes.bad = true;
	else
		s->strategy = (enum explore_strategy)strategy;
	s->begun = get(in);
	s->over = get(in);
	uint64_t bound = get(in);

	if (bound > (uint64_t)search_last_bound(s))
		in->bytes.bad = true;
	else
		s->bound = (int)bound;
	s->number = get(in);
	s->sequence = get(in);
	s->runs = s->restored = get(in);
	s->redundant = get(in);
	s->impossible = get(in);
	s->longest = get(in);
	s->threads = get(in);
	/* By chance there is more, where another limit asks for it. */
	if (strategy == EXPLORE_PCT || strategy == EXPLORE_RANDOM)
		s->over &= !search_random_has_work(s);
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
	in->bytes.bad = in->bytes.bad || number != NOBODY;
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
		                                    a >> 48 & 1, a >> 49 & 1};
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
	for (size_t n = get_count(in, 5 * 8); n && !in->bytes.bad; n--) {
		uint64_t at = get(in);

		if (search_tree_node(run, at)) {
			in->bytes.bad = true;
			break;
		}
		struct node *node = search_tree_add_node(in->search, run, at);

		if (!node)
			return search_no_memory();
		uint64_t tried = get(in);

		uint64_t ways = get(in);

		node->sequence = get(in);
		node->ways = (uint16_t)ways;
		in->bytes.bad = in->bytes.bad || !ways || ways > RECORD_THREADS_MAX;
		for (size_t m = get_count(in, 3 * 8); m && !in->bytes.bad; m--)
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
		in->bytes.bad = true;
	if (run->parent && !has_choice(s, run->parent, run->at, run->choice))
		in->bytes.bad = true;
	int err = in->bytes.bad ? 0 : search_tree_fill(s, run, thread, asleep);

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
	for (; n && !in->bytes.bad; n--) {
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
	for (size_t n = get_count(in, 6 * 8); n && !in->bytes.bad; n--) {
		struct piece piece = {.owner = get_run_number(in)};

		piece.at = get(in);
		piece.sequence = get(in);
		piece.choice = (uint32_t)get(in);
		piece.thread = get_thread(in);
		piece.cost = (uint16_t)get(in);
		if (!piece.owner ||
		    !has_choice(in->search, piece.owner, piece.at, piece.choice)) {
			in->bytes.bad = true;
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
	for (size_t n = get_count(in, 8); n && !in->bytes.bad; n--) {
		struct run *run = get_run_number(in);

		if (!run)
			in->bytes.bad = true;
		else if (run->reported)
			in->bytes.bad = true;
		else if (search_launch(s, run) != 0)
			return ERR_MEMORY;
	}
	in->bytes.bad = in->bytes.bad || in->bytes.left;
	for (size_t i = 0; i < in->nruns; i++)
		in->bytes.bad = in->bytes.bad || !in->runs[i]->users;
	return 0;
}

/* Whether these bytes can be what search_save() gave for that configuration. */
static int check_header(struct reader *in, const struct explore_config *config,
                        const char *name)
{
	int err = state_check(&in->bytes, MAGIC, name);

	if (err)
		return err;
	if (get(in) != hash_config(config))
		return error_set(ERR_FILE,
		                 "%s: the state of a search with another strategy, seed, "
		                 "number of preemptions, --within, --without or "
		                 "--commute",
		                 name);
	return 0;
}

int search_restore(struct search **search, const struct explore_config *config,
                   const uint8_t *bytes, size_t size, const char *name)
{
	struct reader in = {.bytes = {bytes, size, false}};
	int err = check_header(&in, config, name);

	if (err)
		return err;
	err = search_create(&in.search, config);
	if (err)
		return err;
	err = get_all(&in);
	if (!err && in.bytes.bad)
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
