/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/explore_wire.h"

#include <stdlib.h>

#define ALIGNMENT 8u

/* --- writing --- */

/* Where `bytes` lie in the message, as what will be a pointer. */
static void *put(struct text *out, const void *bytes, size_t size)
{
	size_t at = out->length;

	if (size)
		text_bytes(out, bytes, size);
	text_repeat(out, '\0', -out->length % ALIGNMENT);
	return (void *)(uintptr_t)at;
}

static void begin(struct text *out, enum wire_kind kind, int error, uint64_t index)
{
	struct wire_header header = {.kind = kind, .error = error, .index = index};

	text_clear(out);
	put(out, &header, sizeof(header));
}

static void end(struct text *out)
{
	if (!out->failed)
		((struct wire_header *)out->data)->size = out->length;
}

static void *at(struct text *out, size_t place)
{
	return out->data + place;
}

void wire_put_item(struct text *out, const struct search_item *item, uint64_t index)
{
	struct search_item copy = *item;
	size_t place, sleepers, nsleepers = item->nsleepers + item->nawake;

	begin(out, WIRE_ITEM, 0, index);
	place = (size_t)(uintptr_t)put(out, item, sizeof(*item));
	copy.switches =
		put(out, item->switches, item->nswitches * sizeof(*item->switches));
	copy.sleepers = put(out, item->sleepers, nsleepers * sizeof(*item->sleepers));
	copy.awake = put(out, item->awake, item->nawake * sizeof(*item->awake));
	sleepers = (size_t)(uintptr_t)copy.sleepers;
	for (size_t i = 0; i < nsleepers; i++) {
		const struct search_sleeper *s = &item->sleepers[i];
		void *accesses =
			put(out, s->accesses, s->naccesses * sizeof(*s->accesses));

		if (!out->failed)
			((struct search_sleeper *)at(out, sleepers))[i].accesses =
				accesses;
	}
	if (!out->failed)
		*(struct search_item *)at(out, place) = copy;
	end(out);
}

/* Accesses that several races name go once. */
struct shared {
	struct {
		const struct order_access *accesses;
		void *place;
	} *slots;
	size_t mask;
};

static bool share(struct shared *s, size_t n)
{
	size_t size = 16;

	while (size < 2 * n)
		size *= 2;
	s->slots = calloc(size, sizeof(*s->slots));
	s->mask = size - 1;
	return s->slots != NULL;
}

static void *put_accesses(struct text *out, struct shared *s,
                          const struct order_access *accesses, size_t n)
{
	size_t i = (uintptr_t)accesses / sizeof(*accesses) * 0x9e3779b97f4a7c15u >> 32;

	if (n == 0)
		return NULL;
	for (i &= s->mask; s->slots[i].accesses; i = (i + 1) & s->mask)
		if (s->slots[i].accesses == accesses)
			return s->slots[i].place;
	s->slots[i].accesses = accesses;
	s->slots[i].place = put(out, accesses, n * sizeof(*accesses));
	return s->slots[i].place;
}

static void put_race(struct text *out, struct shared *s, const struct search_race *race,
                     size_t place)
{
	struct search_race copy = *race;
	size_t initials;

	copy.accesses = put_accesses(out, s, race->accesses, race->naccesses);
	copy.initials =
		put(out, race->initials, race->ninitials * sizeof(*race->initials));
	initials = (size_t)(uintptr_t)copy.initials;
	for (size_t i = 0; i < race->ninitials; i++) {
		void *accesses = put_accesses(out, s, race->initials[i].accesses,
		                              race->initials[i].naccesses);

		if (!out->failed)
			((struct search_sleeper *)at(out, initials))[i].accesses =
				accesses;
	}
	if (!out->failed)
		*(struct search_race *)at(out, place) = copy;
}

static size_t count_lists(const struct search_result *r)
{
	size_t n = r->nraces + 1;

	for (size_t i = 0; i < r->nraces; i++)
		n += r->races[i].ninitials;
	return n;
}

void wire_put_outcome(struct text *out, const struct explore_outcome *outcome,
                      size_t nsleepers, uint64_t index)
{
	struct search_result result = outcome->result;
	struct shared shared;
	size_t place, races;

	begin(out, WIRE_OUTCOME, 0, index);
	if (!share(&shared, count_lists(&result))) {
		out->failed = true;
		return;
	}
	place = (size_t)(uintptr_t)put(out, outcome, sizeof(*outcome));
	result.woken = put(out, result.woken, nsleepers * sizeof(*result.woken));
	result.passed = put(out, result.passed, result.npassed * sizeof(*result.passed));
	result.first = put_accesses(out, &shared, result.first, result.nfirst);
	races = out->length;
	result.races = put(out, result.races, result.nraces * sizeof(*result.races));
	for (size_t i = 0; i < result.nraces; i++)
		put_race(out, &shared, &outcome->result.races[i],
		         races + i * sizeof(*result.races));
	if (!out->failed)
		((struct explore_outcome *)at(out, place))->result = result;
	free(shared.slots);
	end(out);
}

void wire_put_error(struct text *out, int error, uint64_t index)
{
	begin(out, WIRE_ERROR, error, index);
	put(out, error_message(), strlen(error_message()) + 1);
	end(out);
}

void wire_put_stopped(struct text *out, uint64_t index)
{
	begin(out, WIRE_STOPPED, 0, index);
	end(out);
}

/* --- reading --- */

static void *relocated(struct wire_header *header, const void *offset)
{
	return (char *)header + (uintptr_t)offset;
}

static void relocate_sleepers(struct wire_header *header, struct search_sleeper *s,
                              size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i].accesses = relocated(header, s[i].accesses);
}

const struct search_item *wire_item(struct wire_header *header)
{
	struct search_item *item = (struct search_item *)(header + 1);
	struct search_sleeper *sleepers = relocated(header, item->sleepers);

	BUG_ON(header->kind != WIRE_ITEM);
	item->switches = relocated(header, item->switches);
	item->sleepers = sleepers;
	item->awake = relocated(header, item->awake);
	relocate_sleepers(header, sleepers, item->nsleepers + item->nawake);
	return item;
}

const struct explore_outcome *wire_outcome(struct wire_header *header)
{
	struct explore_outcome *outcome = (struct explore_outcome *)(header + 1);
	struct search_result *r = &outcome->result;
	struct search_race *races = relocated(header, r->races);

	BUG_ON(header->kind != WIRE_OUTCOME);
	r->woken = relocated(header, r->woken);
	r->passed = relocated(header, r->passed);
	if (r->first)
		r->first = relocated(header, r->first);
	r->races = races;
	for (size_t i = 0; i < r->nraces; i++) {
		struct search_sleeper *initials = relocated(header, races[i].initials);

		races[i].accesses = relocated(header, races[i].accesses);
		races[i].initials = initials;
		relocate_sleepers(header, initials, races[i].ninitials);
	}
	return outcome;
}

const char *wire_error(const struct wire_header *header)
{
	BUG_ON(header->kind != WIRE_ERROR);
	return (const char *)(header + 1);
}
