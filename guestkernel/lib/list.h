/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Circular doubly linked lists through a `struct list` inside each element.  A head is a
 * `struct list` of its own; a node that is on no list points to itself.  Lists do no
 * locking: the owner of a head says which lock covers it.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>

#include "compiler.h"

struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_INIT(name) {&(name), &(name)}

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/* Before `at`; with a head, at the end of the list. */
static inline void list_insert_before(struct list *at, struct list *node)
{
	node->next = at;
	node->prev = at->prev;
	at->prev->next = node;
	at->prev = node;
}

static inline void list_append(struct list *head, struct list *node)
{
	list_insert_before(head, node);
}

static inline void list_prepend(struct list *head, struct list *node)
{
	list_insert_before(head->next, node);
}

static inline void list_remove(struct list *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	list_init(node);
}

/* The first element taken off, or NULL. */
static inline struct list *list_take_first(struct list *head)
{
	struct list *node = head->next;

	if (node == head)
		return NULL;
	head->next = node->next;
	node->next->prev = head;
	list_init(node);
	return node;
}

#define LIST_ENTRY(node, type, member) CONTAINER_OF(node, type, member)

/* The body must not remove `it`. */
#define LIST_FOR_EACH(it, head)                                                          \
	for (struct list *it = (head)->next; it != (head); it = it->next)

#endif
