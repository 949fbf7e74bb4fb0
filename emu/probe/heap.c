/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/heap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe/map.h"
#include "probe/profile.h"
#include "probe/symbols.h"

/* More blocks than a kernel has that is in its right mind; 100 MiB of ours. */
#define BLOCKS_MAX (1u << 20)
#define LABEL_SIZE 64
#define PLACE_SIZE 160

struct block {
	uint64_t address, size;
	uint64_t serial; /* of all allocations */
	uint64_t site;   /* the call returns there; 0: unknown */
	char label[LABEL_SIZE];
};

struct heap {
	struct machine *machine;
	const struct symbols *symbols;
	bool started;         /* a program runs: from now on blocks count */
	struct block *blocks; /* without gaps, in no order */
	size_t nblocks, room;
	struct map by_address; /* guest address -> index in blocks */
	uint64_t serial, lost;
};

static bool has_probe(const struct profile *p, enum profile_event event)
{
	for (size_t i = 0; i < p->nprobes; i++)
		if (p->probes[i].event == event)
			return true;
	return false;
}

int heap_create(struct heap **h, struct machine *m, const struct kernel *kernel)
{
	const struct profile *p = kernel_profile(kernel);

	if (!has_probe(p, PROFILE_ALLOC) || !has_probe(p, PROFILE_FREE))
		return error_set(ERR_USAGE,
		                 "%s names no probes \"alloc\" and \"free\", "
		                 "without which there is no --heap",
		                 p->file);
	*h = calloc(1, sizeof(**h));
	if (!*h)
		return error_set(ERR_MEMORY, "out of memory");
	(*h)->machine = m;
	(*h)->symbols = kernel_symbols(kernel);
	return 0;
}

void heap_destroy(struct heap *h)
{
	if (!h)
		return;
	map_clear(&h->by_address);
	free(h->blocks);
	free(h);
}

/*
 * Where the allocation returns to.  A probe at return stops right there, one at entry
 * with the address on top of the stack.
 */
static uint64_t call_site(struct heap *h, int cpu)
{
	struct machine_registers registers;
	uint64_t site, offset;

	machine_registers(h->machine, cpu, &registers);
	if (!symbols_function(h->symbols, registers.rip, &offset) || offset > 0)
		return registers.rip;
	return machine_read(h->machine, cpu, registers.gpr[GPR_RSP], &site, sizeof(site))
	               ? site
	               : 0;
}

static void forget(struct heap *h, uint64_t address)
{
	uint32_t i = map_get(&h->by_address, address);

	if (i == MAP_NONE)
		return;
	map_remove(&h->by_address, address);
	if (i == --h->nblocks)
		return;
	h->blocks[i] = h->blocks[h->nblocks];
	map_put(&h->by_address, h->blocks[i].address, i);
}

static bool make_room(struct heap *h)
{
	size_t room = h->room ? 2 * h->room : 1024;
	struct block *blocks;

	if (h->nblocks < h->room)
		return true;
	if (room > BLOCKS_MAX)
		return false;
	blocks = realloc(h->blocks, room * sizeof(*blocks));
	if (!blocks)
		return false;
	h->blocks = blocks;
	h->room = room;
	return true;
}

static void keep(struct heap *h, const struct trace_event *event)
{
	struct block *b;

	if (!h->started || event->alloc.address == 0)
		return;
	forget(h, event->alloc.address);
	if (!make_room(h) ||
	    !map_put(&h->by_address, event->alloc.address, (uint32_t)h->nblocks)) {
		h->lost++;
		return;
	}
	b = &h->blocks[h->nblocks++];
	*b = (struct block){
		.address = event->alloc.address,
		.size = event->alloc.size,
		.serial = h->serial++,
		.site = call_site(h, event->cpu),
	};
	snprintf(b->label, sizeof(b->label), "%s", event->alloc.label);
}

void heap_emit(void *ctx, const struct trace_event *event)
{
	struct heap *h = ctx;

	switch (event->kind) {
	case TRACE_EXEC:
		h->started = true;
		break;
	case TRACE_ALLOC:
		keep(h, event);
		break;
	case TRACE_FREE:
		forget(h, event->alloc.address);
		break;
	default:
		break;
	}
}

/* --- printing --- */

static int by_serial(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return (x->serial > y->serial) - (x->serial < y->serial);
}

/* The map needs no more memory for a key that was just taken out. */
static void sort(struct heap *h)
{
	qsort(h->blocks, h->nblocks, sizeof(h->blocks[0]), by_serial);
	for (size_t i = 0; i < h->nblocks; i++) {
		map_remove(&h->by_address, h->blocks[i].address);
		map_put(&h->by_address, h->blocks[i].address, (uint32_t)i);
	}
}

/* "function (file:line)"; the call is the instruction before the one returned to. */
static void describe(const struct heap *h, uint64_t site, char text[PLACE_SIZE])
{
	uint64_t offset;
	int line = 0;
	const char *function = symbols_function(h->symbols, site - 1, &offset);
	const char *file = symbols_line(h->symbols, site - 1, &line);

	if (function && file)
		snprintf(text, PLACE_SIZE, "%s (%s:%d)", function, file, line);
	else if (function)
		snprintf(text, PLACE_SIZE, "%s+0x%" PRIx64, function, offset + 1);
	else
		snprintf(text, PLACE_SIZE, "0x%" PRIx64, site);
}

/* A label is the guest's: it must not steer a terminal. */
static void clean(char *label)
{
	for (; *label; label++)
		if (*label < 0x20 || *label > 0x7e)
			*label = '?';
}

void heap_print(struct heap *h, FILE *out)
{
	char place[PLACE_SIZE];
	uint64_t bytes = 0;

	if (!h->started) {
		fprintf(out, "heap: no program was started\n");
		return;
	}
	if (h->lost > 0)
		fprintf(out, "heap: %" PRIu64 " blocks were too many to follow\n",
		        h->lost);
	if (h->nblocks == 0) {
		fprintf(out, "heap: nothing remains\n");
		return;
	}
	sort(h);
	fprintf(out, "%10s  %-18s  %-32s  %s\n", "BYTES", "ADDRESS", "LABEL",
	        "ALLOCATED BY");
	for (size_t i = 0; i < h->nblocks; i++) {
		struct block *b = &h->blocks[i];

		bytes += b->size;
		clean(b->label);
		describe(h, b->site, place);
		fprintf(out, "%10" PRIu64 "  %#018" PRIx64 "  %-32s  %s\n", b->size,
		        b->address, b->label, place);
	}
	fprintf(out, "heap: %zu blocks, %" PRIu64 " bytes remain\n", h->nblocks, bytes);
}
