/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/xxh3.h"
#include "trace/strings.h"
#include "trace/text.h"

/* A power of two, so that PLACES_MAX leave half of it free. */
#define SLOTS (2u * PLACES_MAX)
/* Columns of what a trace says of a fault. */
#define TEXT_WIDTH 200

struct places {
	struct strings *strings; /* those of the list */
	struct place *list;
	size_t n, room;
	bool lost;
	int slots[SLOTS]; /* by hash: a number + 1, or 0 */
};

struct places *places_create(void)
{
	struct places *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->strings = strings_create();
	if (!p->strings) {
		free(p);
		return NULL;
	}
	return p;
}

void places_free(struct places *p)
{
	if (!p)
		return;
	strings_free(p->strings);
	free(p->list);
	free(p);
}

static bool same(const struct place *a, const struct place *b)
{
	return a->line == b->line && strcmp(a->image, b->image) == 0 &&
	       strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->source, b->source) == 0 && strcmp(a->code, b->code) == 0;
}

static XXH64_hash_t hash(XXH64_hash_t seed, const char *text)
{
	return XXH3_64bits_withSeed(text, strlen(text), seed);
}

/* Where its number stands, or would stand. */
static int *find(struct places *p, const struct place *place)
{
	XXH64_hash_t at = hash((XXH64_hash_t)place->line, place->function);

	at = hash(hash(hash(at, place->code), place->image), place->file);
	for (;; at++) {
		int *slot = &p->slots[at % SLOTS];

		if (*slot == 0 || same(&p->list[*slot - 1], place))
			return slot;
	}
}

static bool copy(struct places *p, const char **text)
{
	*text = strings_intern(p->strings, *text, strlen(*text));
	return *text;
}

static bool append(struct places *p, const struct place *place)
{
	struct place kept = *place;

	if (p->n == PLACES_MAX ||
	    !array_grow(&p->list, &p->room, p->n + 1, sizeof(*p->list)) ||
	    !copy(p, &kept.image) || !copy(p, &kept.function) || !copy(p, &kept.file) ||
	    !copy(p, &kept.source) || !copy(p, &kept.code))
		return false;
	p->list[p->n++] = kept;
	return true;
}

int places_put(struct places *p, const struct place *place)
{
	int *slot = find(p, place);

	if (*slot == 0) {
		if (!append(p, place)) {
			p->lost = true;
			return PLACE_NONE;
		}
		*slot = (int)p->n;
	}
	return *slot - 1;
}

bool places_lost(const struct places *p)
{
	return p->lost;
}

size_t places_count(const struct places *p)
{
	return p->n;
}

const struct place *places_get(const struct places *p, size_t number)
{
	return &p->list[number];
}

struct event_place places_of_event(struct places *p, const struct trace_event *e)
{
	struct event_place at = {PLACE_NONE, PLACE_NONE};
	struct place place = {"", "", "", 0, "", ""};
	struct text function = {0}, code = {0};

	if (e->kind != TRACE_FAULT || (!e->fault.symbol && !e->fault.insn))
		return at;
	if (e->fault.symbol)
		text_printable(&function, e->fault.symbol, TEXT_WIDTH);
	if (e->fault.insn) {
		text_printf(&code, "> %08x  ", (unsigned)e->fault.rip);
		text_printable(&code, e->fault.insn, TEXT_WIDTH);
	}
	if (function.data)
		place.function = function.data;
	if (code.data)
		place.code = code.data;
	if (!function.failed && !code.failed)
		at.here = places_put(p, &place);
	text_free(&function);
	text_free(&code);
	return at;
}
