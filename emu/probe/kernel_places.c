/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in a kernel's image some things are that a search treats apart. */
#include "probe/kernel_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Pieces of one compilation unit: .text, .text.unlikely, .init and the like. */
#define UNIT_PIECES 32

static int add_range(const struct kernel *k, struct kernel_ranges *set, uint64_t start,
                     uint64_t end)
{
	struct kernel_range *ranges;

	for (size_t i = 0; i < set->n; i++)
		if (start >= set->ranges[i].start && end <= set->ranges[i].end)
			return 0;
	if (start >= end)
		return 0;
	ranges = realloc(set->ranges, (set->n + 1) * sizeof(*ranges));
	if (!ranges)
		return error_set(ERR_MEMORY, "%s: no memory for its places",
		                 k->profile->file);
	set->ranges = ranges;
	set->ranges[set->n++] = (struct kernel_range){start, end};
	return 0;
}

/* The unit of a function, or where the image does not tell it, the function alone. */
static int add_unit(struct kernel *k, uint64_t address, uint64_t size)
{
	struct kernel_ranges *set = &k->allocator;
	struct symbols_range pieces[UNIT_PIECES];
	size_t n = symbols_unit(k->symbols, address, pieces, UNIT_PIECES);
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = add_range(k, set, pieces[i].start, pieces[i].end);
	return err || n > 0 ? err : add_range(k, set, address, address + size);
}

static int by_start(const void *a, const void *b)
{
	const struct kernel_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The name that a path starts with, behind a cast. */
static void find_percpu(struct kernel *k)
{
	const char *text = k->profile->current_thread;
	char name[128];
	size_t n = 0;

	if (strchr(text, ')'))
		text = strchr(text, ')') + 1;
	while (*text == ' ')
		text++;
	while (n + 1 < sizeof(name) &&
	       (isalnum((unsigned char)text[n]) || text[n] == '_')) {
		name[n] = text[n];
		n++;
	}
	name[n] = '\0';
	if (symbols_lookup(k->symbols, name, &k->percpu.start, &k->percpu.end))
		k->percpu.end += k->percpu.start;
}

int kernel_places_find(struct kernel *k)
{
	int err = 0;

	find_percpu(k);
	for (size_t i = 0; i < k->nprobes && !err; i++) {
		const struct kernel_probe *probe = &k->probes[i];
		uint64_t address, size;

		if (!symbols_lookup(k->symbols, k->profile->probes[i].function, &address,
		                    &size))
			continue;
		switch (probe->event) {
		case PROFILE_ALLOC:
		case PROFILE_FREE:
		case PROFILE_PAGES_ALLOC:
		case PROFILE_PAGES_FREE:
			err = add_unit(k, address, size);
			break;
		case PROFILE_LOCK_ACQUIRE:
		case PROFILE_LOCK_RELEASE:
			if (!probe->what)
				err = add_range(k, &k->locks, address, address + size);
			break;
		default:
			break;
		}
	}
	if (k->allocator.n > 0)
		qsort(k->allocator.ranges, k->allocator.n, sizeof(struct kernel_range),
		      by_start);
	if (k->locks.n > 0)
		qsort(k->locks.ranges, k->locks.n, sizeof(struct kernel_range), by_start);
	return err;
}

void kernel_places_free(struct kernel *k)
{
	free(k->allocator.ranges);
	free(k->locks.ranges);
}

/* Few ranges, and most addresses lie outside all of them. */
static bool within(const struct kernel_ranges *set, uint64_t address)
{
	if (set->n == 0 || address >= set->ranges[set->n - 1].end)
		return false;
	for (size_t i = 0; i < set->n && set->ranges[i].start <= address; i++)
		if (address < set->ranges[i].end)
			return true;
	return false;
}

bool kernel_in_allocator(const struct kernel *k, uint64_t rip)
{
	return within(&k->allocator, rip);
}

bool kernel_in_lock(const struct kernel *k, uint64_t rip)
{
	return within(&k->locks, rip);
}

bool kernel_percpu(const struct kernel *k, uint64_t *address, uint64_t *size)
{
	*address = k->percpu.start;
	*size = k->percpu.end - k->percpu.start;
	return *size > 0;
}

size_t kernel_thread_size(const struct kernel *k)
{
	struct type_info info;

	types_info(k->types, k->thread_type, &info);
	return (size_t)info.size;
}

bool kernel_thread_state_address(const struct kernel *k, struct machine *m, int cpu,
                                 uint64_t thread, uint64_t *va)
{
	struct expr_context context = {.machine = m, .cpu = cpu, .object = thread};

	return expr_address(&k->thread_state, &context, va);
}
