/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/oracle_private.h"

#include <inttypes.h>
#include <stdio.h>

static void describe_place(const struct oracle *o, uint64_t rip, char *text, size_t size)
{
	uint64_t offset;
	const char *function = symbols_function(o->symbols, rip, &offset), *file;
	int line;

	if (!function) {
		snprintf(text, size, "0x%" PRIx64, rip);
		return;
	}
	file = symbols_line(o->symbols, rip, &line);
	if (file)
		snprintf(text, size, "%s (%s:%d)", function, file, line);
	else
		snprintf(text, size, "%s+0x%" PRIx64, function, offset);
}

/* The line table is slow to ask, and the same few places come again and again. */
const char *oracle_at(struct oracle *o, uint64_t rip)
{
	struct oracle_place *place =
		&o->places[oracle_mix(0, rip) >> 32 & (ORACLE_PLACES - 1)];

	if (place->rip != rip || !place->text[0]) {
		place->rip = rip;
		describe_place(o, rip, place->text, sizeof(place->text));
	}
	return place->text;
}

uint64_t oracle_function(const struct oracle *o, uint64_t rip)
{
	uint64_t offset;

	return symbols_function(o->symbols, rip, &offset) ? rip - offset : rip;
}

const char *oracle_who(const struct oracle *o, uint16_t thread)
{
	return record_who(o->record, thread);
}

static bool is_push(const struct machine_access *a)
{
	return a->flags & MACHINE_ACCESS_WRITE && a->size == 8;
}

static bool is_push_to(const struct machine_access *a, uint32_t pa)
{
	return is_push(a) && a->pa == pa;
}

/*
 * The last access before the entry of a function is the return address that the call
 * pushed, unless an interrupt came in between; a function begins by pushing the frame
 * pointer right below it, which tells where it lies.
 */
uint64_t oracle_mark_rip(const struct oracle *o, size_t mark)
{
	const struct machine_access *accesses = o->record->accesses, *next;
	size_t at = o->record->marks[mark].access;

	if (at == 0)
		return 0;
	next = &accesses[at];
	if (at == o->record->naccesses || !is_push(next) ||
	    is_push_to(&accesses[at - 1], next->pa + 8))
		return accesses[at - 1].rip;
	for (size_t i = at - 1; i-- > 0;)
		if (is_push_to(&accesses[i], next->pa + 8))
			return accesses[i].rip;
	return accesses[at - 1].rip;
}

const char *oracle_lock_name(const struct oracle *o, const struct oracle_lock *lock)
{
	uint64_t offset;
	const char *name = symbols_object(o->symbols, lock->address, &offset);

	if (name)
		return name;
	return lock->sleeps ? "a sleeplock in the heap" : "a spinlock in the heap";
}

/* One in the heap lies elsewhere in every run: what counts is who takes it. */
uint64_t oracle_lock_key(const struct oracle *o, const struct oracle_lock *lock)
{
	uint64_t offset;

	if (symbols_object(o->symbols, lock->address, &offset))
		return lock->address;
	return oracle_function(o, oracle_mark_rip(o, lock->mark));
}
