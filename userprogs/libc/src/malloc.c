/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * malloc over sbrk: one list of free blocks in order of address, first fit, neighbours
 * joined when a block is freed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Before each block; its size keeps what follows 16-byte aligned. */
struct block {
	size_t size;        /* bytes, with this header */
	struct block *next; /* the next free block, while free */
};

#define GROW ((size_t)16384) /* sbrk() no less, so that small blocks share a call */

static struct block *free_list;

/* Puts a block into the list and joins it with the neighbours that touch it. */
static void insert(struct block *b)
{
	struct block *before = NULL;
	struct block *after = free_list;

	while (after != NULL && after < b) {
		before = after;
		after = after->next;
	}
	b->next = after;
	if (after != NULL && (char *)b + b->size == (char *)after) {
		b->size += after->size;
		b->next = after->next;
	}
	if (before == NULL) {
		free_list = b;
	} else if ((char *)before + before->size == (char *)b) {
		before->size += b->size;
		before->next = b->next;
	} else {
		before->next = b;
	}
}

static int grow(size_t need)
{
	size_t size = (need + GROW - 1) / GROW * GROW;
	uintptr_t end = (uintptr_t)sbrk(0);
	size_t pad = -end & (sizeof(struct block) - 1);
	struct block *b;

	/* The program itself may have moved the end of the heap: start aligned. */
	b = sbrk((ptrdiff_t)(pad + size));
	if (b == (void *)-1)
		return -1;
	b = (struct block *)((char *)b + pad);
	b->size = size;
	insert(b);
	return 0;
}

/* Cuts `need` bytes out of the first block that has them; NULL where none has. */
static struct block *take(size_t need)
{
	struct block **link = &free_list;
	struct block *b;

	while (*link != NULL && (*link)->size < need)
		link = &(*link)->next;
	b = *link;
	if (b == NULL)
		return NULL;
	if (b->size - need >= 2 * sizeof(struct block)) {
		struct block *rest = (struct block *)((char *)b + need);

		rest->size = b->size - need;
		rest->next = b->next;
		b->size = need;
		*link = rest;
	} else {
		*link = b->next;
	}
	return b;
}

void *malloc(size_t size)
{
	size_t need = size + sizeof(struct block) + sizeof(struct block) - 1;
	struct block *b;

	if (size > PTRDIFF_MAX - GROW) {
		errno = ENOMEM;
		return NULL;
	}
	need &= ~(sizeof(struct block) - 1);
	b = take(need);
	if (b == NULL) {
		if (grow(need) < 0)
			return NULL;
		b = take(need);
	}
	return b + 1;
}

void free(void *p)
{
	if (p != NULL)
		insert((struct block *)p - 1);
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	p = malloc(total);
	return p != NULL ? memset(p, 0, total) : NULL;
}

void *realloc(void *p, size_t size)
{
	size_t old;
	void *copy;

	if (p == NULL)
		return malloc(size);
	old = ((struct block *)p - 1)->size - sizeof(struct block);
	if (size <= old)
		return p;
	copy = malloc(size);
	if (copy != NULL) {
		memcpy(copy, p, old);
		free(p);
	}
	return copy;
}
