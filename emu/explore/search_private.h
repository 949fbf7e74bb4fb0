/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search's own structures, shared by search*.c.
 *
 * Interleavings form a tree.  A run is its parent's up to the count where it branches
 * off, then a thread chosen there, then what comes of itself.  A node is the state just
 * before a step of its owner, beyond the owner's own branching; what is tried there is
 * kept with the owner.  A run lives as long as a piece of work at one of its nodes is
 * waiting, or one of its children lives: no race can concern its nodes after that.
 */
#ifndef FORKSCOPE_EXPLORE_SEARCH_PRIVATE_H
#define FORKSCOPE_EXPLORE_SEARCH_PRIVATE_H

#include "base/error.h"
#include "explore/search.h"

enum {
	SEARCH_PREEMPTIONS = 2, /* nearly all known bugs need no more */
	/* With what malloc() adds, and the classes, well below 1 GiB. */
	SEARCH_BYTES_MAX = 256 << 20,
};

/* A thread tried at a node, with the step that it makes there; dpor only. */
struct choice {
	uint16_t thread;
	bool impossible;
	uint32_t naccesses;
	struct order_access *accesses; /* owned */
};

struct node {
	uint64_t at;
	uint64_t tried;    /* threads */
	uint16_t ways;     /* those of them that are run: within the last bound */
	uint16_t waiting;  /* pieces of work among these */
	uint64_t sequence; /* of the first piece */
	uint64_t batch;    /* the last one with a piece of it */
	double share;      /* of each way; search_tree_share() */
	/* In the order in which they were added; the owner's own is the first. */
	struct choice *choices;
	uint32_t nchoices, room;
};

struct run {
	struct search_item item; /* what it points at is owned, but for the accesses */
	struct run *parent;      /* NULL: the first */
	uint64_t at;             /* where it branches off, */
	uint32_t choice;         /* and which one of that node it is */
	uint64_t *woken;         /* for each sleeper; all UINT64_MAX until reported */
	struct search_switch *passed;
	size_t npassed;
	struct node *nodes; /* by count */
	size_t nnodes, nodes_room;
	uint64_t users; /* children, waiting pieces at its nodes, being under way */
	bool reported;
	uint64_t bytes;            /* of memory, and of all that it owns */
	struct run *older, *newer; /* all that live, by number */
};

/* A piece of work that waits. */
struct piece {
	struct run *owner; /* of the node; NULL: the first piece */
	uint64_t at;
	uint64_t sequence; /* of the node */
	uint32_t choice;
	uint16_t thread;
	uint16_t cost; /* preemptions; bounded only */
};

/* A heap: the deepest first, of these the latest node, of these the first choice. */
struct heap {
	struct piece *items;
	size_t n, room;
};

/* Hashes of classes, by open addressing; 0 is none. */
struct hash_set {
	uint64_t *slots;
	size_t nslots, n;
};

struct search {
	const struct explore_config *config;
	enum explore_strategy strategy; /* under way */
	bool begun;                     /* its first piece was handed out */
	bool over;
	int bound; /* of preemptions */
	uint64_t number, sequence, batch;
	uint64_t runs, redundant, impossible;
	uint64_t restored; /* of the runs, those of before search_restore() */
	uint64_t longest;  /* steps */
	uint64_t threads;
	struct hash_set classes;
	struct heap now, later; /* later: those above the bound */
	/*
	 * Of the runs that live.  Where it grows too large, pieces above the bound no
	 * longer wait for it to be raised, so that the runs they belong to can go.
	 */
	uint64_t bytes, bytes_max;
	struct run *oldest, *newest;
	size_t live;
	/* Computed anew when as many results have come as runs live. */
	double share;
	size_t share_age;
	/* Handed out in this order; up to `reported` they have been taken back. */
	struct run **flight;
	const struct search_item **items;
	size_t nflight, given, reported, flight_room;
};

/* search.c */
int search_no_memory(void);
int search_last_bound(const struct search *s);
/* Room for one more of `size` bytes in an array of `n`, or NULL. */
void *search_room(void *array, size_t n, size_t *room, size_t size);
void search_charge(struct search *s, struct run *run, uint64_t bytes);
/* An empty run, the newest, with nobody's use.  NULL: out of memory. */
struct run *search_run(struct search *s);
/* Puts a run under way.  ERR_MEMORY. */
int search_launch(struct search *s, struct run *run);

/* search_classes.c */
int hash_set_add(struct hash_set *set, uint64_t hash);
void hash_set_free(struct hash_set *set);

/* search_tree.c: bounded and dpor */
bool search_tree_has_work(struct search *s);
int search_tree_batch(struct search *s, size_t max);
int search_tree_report(struct search *s, struct run *run,
                       const struct search_result *result);
struct node *search_tree_node(const struct run *run, uint64_t at);
/* A thread tried at a node, or by its owner; the step is copied.  ERR_MEMORY. */
int search_tree_choice(struct search *s, struct run *run, struct node *node,
                       const struct search_sleeper *with);
/* A node of a run that has none with that count, or NULL: out of memory. */
struct node *search_tree_add_node(struct search *s, struct run *run, uint64_t at);
/*
 * Switches and sleepers of a run, out of its parent's; of the choices before it those in
 * `sleepers` sleep.  ERR_MEMORY.
 */
int search_tree_fill(struct search *s, struct run *run, uint16_t thread,
                     uint64_t sleepers);
int search_tree_push(struct heap *heap, struct piece piece);
double search_tree_share(const struct search *s); /* walks through all that lives */

/* search_random.c: pct and random */
bool search_random_has_work(const struct search *s);
int search_random_batch(struct search *s, size_t max);
double search_random_share(const struct search *s);
double search_random_probability(const struct search *s);

#endif
