/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/strings.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define BLOCK_SIZE ((size_t)64 << 10)
#define FIRST_SLOTS 256

struct block {
	struct block *next;
	alignas(max_align_t) char data[];
};

struct slot {
	const char *string; /* NULL where free */
	size_t length;
	uint64_t hash;
};

struct strings {
	struct block *blocks; /* the first has `room` bytes left at `free` */
	char *free;
	size_t room;
	struct slot *slots; /* a power of two, at most three quarters used */
	size_t nslots, used;
};

struct strings *strings_create(void)
{
	struct strings *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->nslots = FIRST_SLOTS;
	s->slots = calloc(s->nslots, sizeof(*s->slots));
	if (!s->slots) {
		free(s);
		return NULL;
	}
	return s;
}

void strings_free(struct strings *s)
{
	if (!s)
		return;
	while (s->blocks) {
		struct block *next = s->blocks->next;

		free(s->blocks);
		s->blocks = next;
	}
	free(s->slots);
	free(s);
}

static char *take(struct strings *s, size_t n)
{
	if (n > s->room) {
		size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;

		if (size > SIZE_MAX - sizeof(struct block))
			return NULL;
		struct block *block = malloc(sizeof(*block) + size);

		if (!block)
			return NULL;
		block->next = s->blocks;
		s->blocks = block;
		s->free = block->data;
		s->room = size;
	}
	char *at = s->free;

	s->free += n;
	s->room -= n;
	return at;
}

void *strings_memory(struct strings *s, size_t n)
{
	size_t skew = s->free ? (uintptr_t)s->free % alignof(max_align_t) : 0;
	size_t pad = skew ? alignof(max_align_t) - skew : 0;

	if (n > SIZE_MAX - alignof(max_align_t))
		return NULL;
	/* A new block is aligned as it is. */
	return pad + n <= s->room ? take(s, pad + n) + pad : take(s, n);
}

static struct slot *find(struct slot *slots, size_t nslots, uint64_t hash,
                         const char *bytes, size_t n)
{
	size_t at = hash & (nslots - 1);

	while (slots[at].string && (slots[at].hash != hash || slots[at].length != n ||
	                            memcmp(slots[at].string, bytes, n) != 0))
		at = (at + 1) & (nslots - 1);
	return &slots[at];
}

static int grow(struct strings *s)
{
	size_t nslots = s->nslots * 2;
	struct slot *slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < s->nslots; i++) {
		struct slot *old = &s->slots[i];

		if (old->string)
			*find(slots, nslots, old->hash, old->string, old->length) = *old;
	}
	free(s->slots);
	s->slots = slots;
	s->nslots = nslots;
	return 0;
}

const char *strings_intern(struct strings *s, const char *bytes, size_t n)
{
	uint64_t hash = XXH3_64bits(bytes, n);
	struct slot *slot = find(s->slots, s->nslots, hash, bytes, n);

	if (slot->string)
		return slot->string;
	if (s->used >= s->nslots / 4 * 3) {
		if (grow(s) != 0)
			return NULL;
		slot = find(s->slots, s->nslots, hash, bytes, n);
	}
	char *copy = take(s, n + 1);

	if (!copy)
		return NULL;
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	*slot = (struct slot){copy, n, hash};
	s->used++;
	return copy;
}
