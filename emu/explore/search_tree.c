/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Systematic searches.  Both begin with a plain run; each race of a run asks for other
 * threads to be tried at a node of its path.
 *
 * dpor: source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, Optimal Dynamic
 * Partial Order Reduction, POPL 2014, algorithm 1).  At each node the choices have an
 * order, that in which they were added, and each sleeps for those before it.  It does not
 * matter to the proof when they are run, so that a batch can hold many: what must hold in
 * the end is that some initial of each race is a choice or asleep, and that each choice
 * is run.
 *
 * bounded: all interleavings with at most k preemptions, after Coons, Musuvathi,
 * McKinley, Bounded Partial-Order Reduction, OOPSLA 2013.  Without sleep sets: what a
 * sleeper stands for may be beyond the bound.  That nothing is missed needs more than
 * dpor does:
 *
 * - all initials, not one.  Let w be what is to be reached from a node, within the bound.
 *   Beginning with another of its initials gives the same class, but maybe for one
 *   preemption more; so that which w begins with must be there.  It is one of the race's
 *   initials, and which one is not known.
 * - each race also at the starts of the stretches that lead to it (order.h).  Where a
 *   thread p was chosen freely, all its steps until it blocks are put before w without a
 *   preemption more, or one of them, maybe a late one, races with a step of w.  Just
 *   before that late one another thread costs a preemption, at the start it is free.
 */
#include <stdlib.h>
#include <string.h>

#include "explore/search_private.h"

/* --- the heap --- */

static bool comes_first(const struct piece *a, const struct piece *b)
{
	if (a->at != b->at)
		return a->at > b->at;
	if (a->sequence != b->sequence)
		return a->sequence > b->sequence;
	return a->choice != b->choice ? a->choice < b->choice : a->thread < b->thread;
}

int search_tree_push(struct heap *heap, struct piece piece)
{
	struct piece *items =
		search_room(heap->items, heap->n, &heap->room, sizeof(*items));
	size_t i = heap->n;

	if (!items)
		return search_no_memory();
	heap->items = items;
	heap->n++;
	for (; i && comes_first(&piece, &items[(i - 1) / 2]); i = (i - 1) / 2)
		items[i] = items[(i - 1) / 2];
	items[i] = piece;
	return 0;
}

static struct piece pop(struct heap *heap)
{
	struct piece top = heap->items[0], last = heap->items[--heap->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < heap->n &&
		    comes_first(&heap->items[child + 1], &heap->items[child]))
			child++;
		if (child >= heap->n || !comes_first(&heap->items[child], &last))
			break;
		heap->items[i] = heap->items[child];
		i = child;
	}
	heap->items[i] = last;
	return top;
}

/* --- nodes --- */

/* Where a node with that count is, or would be. */
static size_t node_index(const struct run *run, uint64_t at)
{
	size_t low = 0, high = run->nnodes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->nodes[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct node *search_tree_node(const struct run *run, uint64_t at)
{
	size_t i = node_index(run, at);

	return i < run->nnodes && run->nodes[i].at == at ? &run->nodes[i] : NULL;
}

int search_tree_choice(struct search *s, struct run *run, struct node *node,
                       const struct search_sleeper *with)
{
	struct choice choice = {.thread = with->thread,
	                        .naccesses = (uint32_t)with->naccesses};

	BUG_ON(with->thread >= RECORD_THREADS_MAX);
	node->tried |= UINT64_C(1) << with->thread;
	if (s->strategy == EXPLORE_BOUNDED)
		return 0;
	if (node->nchoices == node->room) {
		uint32_t room = node->room * 2 + 2;
		struct choice *choices =
			reallocarray(node->choices, room, sizeof(*choices));

		if (!choices)
			return search_no_memory();
		node->choices = choices;
		node->room = room;
	}
	choice.accesses = calloc(choice.naccesses + 1, sizeof(*choice.accesses));
	if (!choice.accesses)
		return search_no_memory();
	if (choice.naccesses)
		memcpy(choice.accesses, with->accesses,
		       choice.naccesses * sizeof(*choice.accesses));
	node->choices[node->nchoices++] = choice;
	search_charge(s, run,
	              sizeof(choice) + choice.naccesses * sizeof(*choice.accesses));
	return 0;
}

struct node *search_tree_add_node(struct search *s, struct run *run, uint64_t at)
{
	size_t i = node_index(run, at);
	struct node *nodes =
		search_room(run->nodes, run->nnodes, &run->nodes_room, sizeof(*nodes));

	if (!nodes)
		return NULL;
	run->nodes = nodes;
	memmove(&nodes[i + 1], &nodes[i], (run->nnodes - i) * sizeof(*nodes));
	nodes[i] = (struct node){.at = at, .ways = 1};
	run->nnodes++;
	search_charge(s, run, sizeof(*nodes));
	return &nodes[i];
}

/* The node of a race, made if need be; NULL: out of memory. */
static struct node *node_of(struct search *s, struct run *run,
                            const struct search_race *race)
{
	struct search_sleeper own = {race->thread, race->accesses, race->naccesses};
	struct node *node = search_tree_node(run, race->at);

	if (node)
		return node;
	node = search_tree_add_node(s, run, race->at);
	return node && search_tree_choice(s, run, node, &own) == 0 ? node : NULL;
}

static bool asleep(const struct run *run, uint64_t at, uint16_t thread)
{
	for (size_t i = 0; i < run->item.nsleepers; i++)
		if (run->item.sleepers[i].thread == thread && run->woken[i] > at)
			return true;
	return false;
}

static bool is_possible(const struct node *node, uint16_t thread)
{
	for (size_t i = 0; i < node->nchoices; i++)
		if (node->choices[i].thread == thread)
			return !node->choices[i].impossible;
	return true;
}

/* --- pieces and runs --- */

/* The switches of a run: its parent's, who ran there instead of sleepers, and its own. */
static int fill_switches(struct search *s, struct run *run, uint16_t thread)
{
	const struct run *parent = run->parent;
	size_t n = parent->item.nswitches;
	struct search_switch *switches =
		calloc(n + parent->npassed + 1, sizeof(*switches));

	if (!switches)
		return search_no_memory();
	if (n)
		memcpy(switches, parent->item.switches, n * sizeof(*switches));
	for (size_t i = 0; i < parent->npassed && parent->passed[i].at < run->at; i++)
		switches[n++] = parent->passed[i];
	switches[n++] = (struct search_switch){run->at, thread};
	run->item.switches = switches;
	run->item.nswitches = n;
	search_charge(s, run, n * sizeof(*switches));
	return 0;
}

/* Those that slept and were woken before the node. */
static int fill_awake(struct search *s, struct run *run, struct search_sleeper *sleepers)
{
	const struct search_item *from = &run->parent->item;
	uint64_t *awake = calloc(from->nsleepers + from->nawake + 1, sizeof(*awake));
	size_t n = 0;

	run->item.awake = awake;
	if (!awake)
		return search_no_memory();
	for (size_t i = 0; i < from->nsleepers + from->nawake; i++) {
		uint64_t at = i < from->nsleepers ? run->parent->woken[i]
		                                  : from->awake[i - from->nsleepers];

		if (at > run->at)
			continue;
		sleepers[n] = from->sleepers[i];
		awake[n++] = at;
	}
	run->item.nawake = n;
	search_charge(s, run, n * (sizeof(*sleepers) + sizeof(*awake)));
	return 0;
}

/*
 * Those asleep at the node already, and the choices before this one; of these the ones in
 * `threads`.
 */
static int fill_sleepers(struct search *s, struct run *run, uint64_t threads)
{
	const struct run *parent = run->parent;
	const struct node *node = search_tree_node(parent, run->at);
	size_t n = 0, slept = parent->item.nsleepers + parent->item.nawake;
	struct search_sleeper *sleepers =
		calloc(slept + run->choice + 1, sizeof(*sleepers));

	run->item.sleepers = sleepers;
	run->woken =
		calloc(parent->item.nsleepers + run->choice + 1, sizeof(*run->woken));
	if (!sleepers || !run->woken)
		return search_no_memory();
	for (size_t i = 0; i < parent->item.nsleepers; i++)
		if (parent->woken[i] > run->at)
			sleepers[n++] = parent->item.sleepers[i];
	for (size_t i = 0; i < run->choice; i++) {
		const struct choice *c = &node->choices[i];

		if (threads >> c->thread & 1)
			sleepers[n++] = (struct search_sleeper){c->thread, c->accesses,
			                                        c->naccesses};
	}
	for (size_t i = 0; i < n; i++)
		run->woken[i] = UINT64_MAX;
	run->item.nsleepers = n;
	search_charge(s, run, n * (sizeof(*sleepers) + sizeof(*run->woken)));
	return fill_awake(s, run, sleepers + n);
}

int search_tree_fill(struct search *s, struct run *run, uint16_t thread,
                     uint64_t sleepers)
{
	run->item.strategy = s->strategy;
	if (!run->parent)
		return 0;
	int err = fill_switches(s, run, thread);

	return err || s->strategy == EXPLORE_BOUNDED ? err
	                                             : fill_sleepers(s, run, sleepers);
}

/* What turned out impossible at a node stands for nothing. */
static uint64_t possible(const struct piece *piece)
{
	const struct node *node =
		piece->owner ? search_tree_node(piece->owner, piece->at) : NULL;
	uint64_t threads = UINT64_MAX;

	for (size_t i = 0; node && i < node->nchoices; i++)
		if (node->choices[i].impossible)
			threads &= ~(UINT64_C(1) << node->choices[i].thread);
	return threads;
}

static int launch(struct search *s, struct piece piece)
{
	struct run *run = search_run(s);

	if (!run)
		return search_no_memory();
	run->item.number = s->number++;
	/* The piece's use of the owner is the run's now. */
	run->parent = piece.owner;
	run->at = piece.at;
	run->choice = piece.choice;
	if (run->parent)
		search_tree_node(run->parent, run->at)->waiting--;
	int err = search_tree_fill(s, run, piece.thread, possible(&piece));

	return err ? err : search_launch(s, run);
}

bool search_tree_has_work(struct search *s)
{
	if (!s->begun || s->now.n)
		return true;
	if (s->strategy != EXPLORE_BOUNDED)
		return false;
	while (!s->now.n && s->bound < search_last_bound(s)) {
		struct heap empty = s->now;

		s->now = s->later;
		s->later = empty;
		s->bound++;
	}
	return s->now.n;
}

/*
 * Of dpor one piece of each node: a choice sleeps in those after it, and what its first
 * step touches is known when it has been run.
 */
int search_tree_batch(struct search *s, size_t max)
{
	struct heap aside = {0};
	int err = 0;

	if (!s->begun) {
		s->begun = true;
		return launch(s, (struct piece){0});
	}
	s->batch++;
	while (max && s->now.n && !err) {
		struct piece piece = pop(&s->now);
		struct node *node = search_tree_node(piece.owner, piece.at);

		if (s->strategy == EXPLORE_DPOR && node->batch == s->batch) {
			err = search_tree_push(&aside, piece);
			continue;
		}
		node->batch = s->batch;
		err = launch(s, piece);
		max--;
	}
	for (size_t i = 0; i < aside.n && !err; i++)
		err = search_tree_push(&s->now, aside.items[i]);
	free(aside.items);
	return err;
}

/* --- results --- */

static int add_piece(struct search *s, struct run *owner, struct node *node,
                     const struct search_sleeper *with, unsigned int cost)
{
	struct piece piece = {.owner = owner,
	                      .at = node->at,
	                      .choice = node->nchoices,
	                      .thread = with->thread,
	                      .cost = (uint16_t)cost};
	int err = search_tree_choice(s, owner, node, with);
	bool wait = (int)cost > s->bound &&
	            s->bytes + s->later.n * sizeof(piece) < s->bytes_max;

	if (err || (int)cost > search_last_bound(s))
		return err;
	if (!node->waiting && node->ways == 1)
		node->sequence = s->sequence++;
	piece.sequence = node->sequence;
	owner->users++;
	node->ways++;
	node->waiting++;
	return search_tree_push(wait ? &s->later : &s->now, piece);
}

static int add_bounded(struct search *s, struct run *owner, struct node *node,
                       const struct search_race *race)
{
	int err = 0;

	for (size_t i = 0; i < race->ninitials && !err; i++)
		if (!(node->tried >> race->initials[i].thread & 1))
			err = add_piece(s, owner, node, &race->initials[i],
			                race->preemptions + race->costs);
	return err;
}

static int add_dpor(struct search *s, struct run *owner, struct node *node,
                    const struct search_race *race)
{
	const struct search_sleeper *chosen = NULL;

	for (size_t i = 0; i < race->ninitials; i++) {
		const struct search_sleeper *q = &race->initials[i];

		if (asleep(owner, node->at, q->thread))
			return 0;
		if (!(node->tried >> q->thread & 1)) {
			if (!chosen)
				chosen = q;
		} else if (is_possible(node, q->thread)) {
			return 0;
		}
	}
	return chosen ? add_piece(s, owner, node, chosen, 0) : 0;
}

static int add_race(struct search *s, struct run *run, const struct search_race *race)
{
	struct run *owner = run;

	while (owner->parent && race->at <= owner->at)
		owner = owner->parent;
	struct node *node = node_of(s, owner, race);

	if (!node)
		return search_no_memory();
	return s->strategy == EXPLORE_BOUNDED ? add_bounded(s, owner, node, race)
	                                      : add_dpor(s, owner, node, race);
}

static int keep_result(struct search *s, struct run *run,
                       const struct search_result *result)
{
	if (run->item.nsleepers)
		memcpy(run->woken, result->woken,
		       run->item.nsleepers * sizeof(*run->woken));
	if (!result->npassed)
		return 0;
	run->passed = calloc(result->npassed, sizeof(*run->passed));
	if (!run->passed)
		return search_no_memory();
	memcpy(run->passed, result->passed, result->npassed * sizeof(*run->passed));
	run->npassed = result->npassed;
	search_charge(s, run, run->npassed * sizeof(*run->passed));
	return 0;
}

/* Now it is known what the first step touches. */
static int keep_first(struct search *s, struct run *run,
                      const struct search_result *result)
{
	struct node *node = search_tree_node(run->parent, run->at);
	struct choice *choice = &node->choices[run->choice];
	struct order_access *accesses = calloc(result->nfirst + 1, sizeof(*accesses));

	if (!accesses)
		return search_no_memory();
	if (result->nfirst)
		memcpy(accesses, result->first, result->nfirst * sizeof(*accesses));
	free(choice->accesses);
	search_charge(s, run->parent,
	              (result->nfirst - choice->naccesses) * sizeof(*accesses));
	choice->accesses = accesses;
	choice->naccesses = (uint32_t)result->nfirst;
	return 0;
}

int search_tree_report(struct search *s, struct run *run,
                       const struct search_result *result)
{
	bool chosen = run->parent && s->strategy == EXPLORE_DPOR;
	int err;

	if (result->outcome == SEARCH_IMPOSSIBLE) {
		if (chosen)
			search_tree_node(run->parent, run->at)
				->choices[run->choice]
				.impossible = true;
		return 0;
	}
	err = keep_result(s, run, result);
	if (!err && chosen && result->first)
		err = keep_first(s, run, result);
	for (size_t i = 0; i < result->nraces && !err; i++)
		err = add_race(s, run, &result->races[i]);
	return err;
}

/*
 * As if all ways on from a node took the same time (Knuth, Estimating the Efficiency of
 * Backtrack Programs, 1975): what is left is the sum of what waits and what is under way.
 */
static double left_to_do(const struct search *s)
{
	double left = 0;

	for (const struct run *run = s->oldest; run; run = run->newer) {
		double share =
			run->parent ? search_tree_node(run->parent, run->at)->share : 1;

		if (!run->reported)
			left += share;
		for (size_t i = 0; i < run->nnodes; i++) {
			struct node *node = &run->nodes[i];

			share /= node->ways;
			node->share = share;
			left += share * node->waiting;
		}
	}
	return left;
}

double search_tree_share(const struct search *s)
{
	double done = s->begun ? 1 - left_to_do(s) : 0;

	done = done < 0 ? 0 : done;
	if (s->config->strategy != EXPLORE_DEFAULT)
		return done;
	/* Which of the two takes longer nobody knows. */
	return s->strategy == EXPLORE_BOUNDED ? done / 2 : 0.5 + done / 2;
}
