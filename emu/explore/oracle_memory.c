/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Heap blocks and page frames.
 *
 * What was given out or taken back since the start is known by marks; the blocks that
 * were live at the start by the events from boot on.  A page of the heap where that is
 * all there can be is known to the byte: what lies between the blocks is nobody's.
 */
#include "explore/oracle_private.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct oracle_page *oracle_page(struct oracle *o, uint64_t pa)
{
	struct oracle_page *page = &o->pages[pa / ORACLE_PAGE];
	uint8_t *granules = page->granules;

	if (page->run != o->run)
		*page = (struct oracle_page){
			.run = o->run,
			.writer = ORACLE_NOBODY,
			.granules = granules,
		};
	return page;
}

void oracle_memory_free(struct oracle *o)
{
	for (uint64_t i = 0; o->pages && i < o->ram / ORACLE_PAGE; i++)
		free(o->pages[i].granules);
}

/* --- blocks --- */

static int by_address(const void *a, const void *b)
{
	const struct oracle_block *x = a, *y = b;

	return x->pa < y->pa ? -1 : x->pa > y->pa;
}

static bool at_start(const struct record *r, size_t event)
{
	return event < r->nevents && r->events[event].icount < r->start;
}

/* Takes out the newest block at an address that was freed. */
static void forget_old(struct oracle *o, uint64_t address)
{
	for (size_t i = o->nold_blocks; i-- > 0;) {
		if (o->old_blocks[i].pa != address)
			continue;
		o->old_blocks[i] = o->old_blocks[--o->nold_blocks];
		return;
	}
}

int oracle_memory_start(struct oracle *o)
{
	const struct record *r = o->record;
	size_t n = 0;

	for (size_t i = 0; at_start(r, i); i++)
		n += r->events[i].kind == TRACE_ALLOC;
	o->old_blocks = calloc(n + 1, sizeof(*o->old_blocks));
	if (!o->old_blocks)
		return error_set(ERR_MEMORY, "out of memory for the oracles");
	for (size_t i = 0; at_start(r, i); i++) {
		const struct trace_event *e = &r->events[i];

		if (e->kind == TRACE_FREE)
			forget_old(o, e->alloc.address);
		/* More than there is of memory is nobody's block. */
		if (e->kind == TRACE_ALLOC && e->alloc.size <= o->ram)
			o->old_blocks[o->nold_blocks++] = (struct oracle_block){
				.pa = e->alloc.address,
				.size = e->alloc.size,
			};
	}
	o->old_known = n > 0 && r->events[0].seq == 0;
	if (o->nold_blocks > 0)
		qsort(o->old_blocks, o->nold_blocks, sizeof(*o->old_blocks), by_address);
	return 0;
}

/* The event of an allocator's mark: what was recorded at the same count. */
static const struct trace_event *event_of(const struct oracle *o, size_t mark)
{
	const struct record *r = o->record;
	const struct record_mark *m = &r->marks[mark];
	enum trace_event_kind kind = m->kind == RECORD_ALLOC ? TRACE_ALLOC : TRACE_FREE;
	size_t low = 0, high = r->nevents;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->events[middle].icount < m->icount)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->nevents && r->events[low].icount == m->icount; low++)
		if (r->events[low].kind == kind)
			return &r->events[low];
	return NULL;
}

/* The first block from before the start at or above a virtual address. */
static size_t old_from(const struct oracle *o, uint64_t va)
{
	size_t low = 0, high = o->nold_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->old_blocks[middle].pa < va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How large such a block is; where that is not known, one granule. */
static uint64_t old_size(const struct oracle *o, size_t mark)
{
	const struct trace_event *event = event_of(o, mark);
	size_t i = event ? old_from(o, event->alloc.address) : o->nold_blocks;

	if (i == o->nold_blocks || o->old_blocks[i].pa != event->alloc.address)
		return ORACLE_GRANULE;
	return o->old_blocks[i].size;
}

static struct oracle_block *block_at(struct oracle *o, uint64_t pa, bool add)
{
	size_t i = oracle_mix(0, pa) >> 32 & (ORACLE_BLOCKS - 1);

	while (o->blocks[i].run == o->run && o->blocks[i].pa != pa)
		i = (i + 1) & (ORACLE_BLOCKS - 1);
	if (o->blocks[i].run == o->run)
		return &o->blocks[i];
	if (!add || o->nblocks == ORACLE_BLOCKS / 2)
		return NULL;
	o->block_list[o->nblocks++] = (uint16_t)i;
	o->blocks[i] = (struct oracle_block){
		.pa = pa,
		.run = o->run,
		.alloc = ORACLE_NEVER,
		.free = ORACLE_NEVER,
	};
	return &o->blocks[i];
}

/* The known block that holds `pa`, the last one of those that did. */
static const struct oracle_block *block_around(const struct oracle *o, uint64_t pa)
{
	const struct oracle_block *found = NULL;

	for (size_t i = 0; i < o->nblocks; i++) {
		const struct oracle_block *b = &o->blocks[o->block_list[i]];

		if (pa >= b->pa && pa - b->pa < b->size &&
		    (!found || b->free == ORACLE_NEVER || found->free < b->free))
			found = b;
	}
	return found;
}

/* Where it was allocated, "" where that is not known. */
static const char *label_of(const struct oracle *o, const struct oracle_block *b)
{
	const struct trace_event *event =
		b->alloc == ORACLE_NEVER ? NULL : event_of(o, b->alloc);

	return event && event->alloc.label ? event->alloc.label : "";
}

/* Bytes from `from` up to `end` of one page. */
static void fill(uint8_t *granules, uint64_t from, uint64_t end, uint8_t what)
{
	size_t first = from / ORACLE_GRANULE;
	size_t last = (end + ORACLE_GRANULE - 1) / ORACLE_GRANULE;

	memset(granules + first, what, last - first);
	if (what == ORACLE_LIVE && end % ORACLE_GRANULE)
		granules[last - 1] = (uint8_t)(ORACLE_PARTLY | end % ORACLE_GRANULE);
}

/* What was live in the page at the start; `va` is where its first byte lies. */
static void fill_old(const struct oracle *o, uint8_t *granules, uint64_t va)
{
	size_t i = old_from(o, va);

	for (i -= i > 0; i < o->nold_blocks; i++) {
		uint64_t from = o->old_blocks[i].pa, end = from + o->old_blocks[i].size;

		if (from >= va + ORACLE_PAGE)
			return;
		if (end <= va)
			continue;
		from = from > va ? from - va : 0;
		end = end - va < ORACLE_PAGE ? end - va : ORACLE_PAGE;
		fill(granules, from, end, ORACLE_LIVE);
	}
}

/* The page becomes one of the heap; `va` is 0 where its address is not known. */
static uint8_t *heap_granules(struct oracle *o, uint64_t pa, uint64_t va)
{
	struct oracle_page *page = oracle_page(o, pa);

	if (!page->granules) {
		page->granules = malloc(ORACLE_PAGE_GRANULES);
		if (!page->granules)
			return NULL;
	}
	if (page->heap)
		return page->granules;
	memset(page->granules, ORACLE_UNKNOWN, ORACLE_PAGE_GRANULES);
	page->heap = true;
	page->known = page->state == ORACLE_PAGE_GIVEN;
	if (!page->known && o->old_known && va != 0) {
		page->known = true;
		fill_old(o, page->granules, va - va % ORACLE_PAGE);
	}
	return page->granules;
}

static void paint(struct oracle *o, const struct oracle_block *b, size_t mark,
                  uint8_t what)
{
	const struct trace_event *event = event_of(o, mark);
	uint64_t va = event ? event->alloc.address : 0, pa = b->pa;

	while (pa < b->pa + b->size) {
		uint64_t stop = (pa / ORACLE_PAGE + 1) * ORACLE_PAGE, from;
		uint8_t *granules = heap_granules(o, pa, va ? va + (pa - b->pa) : 0);

		from = pa % ORACLE_PAGE;
		if (stop > b->pa + b->size)
			stop = b->pa + b->size;
		if (granules)
			fill(granules, from, from + (stop - pa), what);
		pa = stop;
	}
}

static bool sound(const struct oracle *o, uint64_t pa, uint64_t size)
{
	return pa < o->ram && size <= o->ram - pa;
}

static void take_alloc(struct oracle *o, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	struct oracle_block *b;

	if (!sound(o, m->a, m->b) || m->a % ORACLE_GRANULE)
		return;
	b = block_at(o, m->a, true);
	if (!b)
		return;
	b->size = m->b;
	b->alloc = (uint32_t)mark;
	b->free = ORACLE_NEVER;
	paint(o, b, mark, ORACLE_LIVE);
}

static void double_free(struct oracle *o, size_t mark, size_t before, const char *what)
{
	uint64_t second = oracle_mark_rip(o, mark), first = oracle_mark_rip(o, before);
	struct oracle_finding *f =
		oracle_find(o, EXPLORE_DOUBLE_FREE, oracle_function(o, second),
	                    oracle_function(o, first));

	if (!f)
		return;
	oracle_place_mark(o, f, mark);
	oracle_place_mark(o, f, before);
	oracle_reason(f, "%s frees %s in %s that %s has freed in %s",
	              oracle_who(o, o->record->marks[mark].thread), what,
	              oracle_at(o, second),
	              oracle_who(o, o->record->marks[before].thread),
	              oracle_at(o, first));
}

static void take_free(struct oracle *o, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	struct oracle_block *b;

	if (!sound(o, m->a, ORACLE_GRANULE) || m->a % ORACLE_GRANULE)
		return;
	b = block_at(o, m->a, true);
	if (!b)
		return;
	if (b->free != ORACLE_NEVER)
		double_free(o, mark, b->free, "a heap block");
	if (b->alloc == ORACLE_NEVER)
		b->size = old_size(o, mark);
	b->free = (uint32_t)mark;
	if (sound(o, b->pa, b->size))
		paint(o, b, mark, ORACLE_FREED);
}

static void take_pages(struct oracle *o, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	bool given = m->kind == RECORD_PAGES;

	if (!sound(o, m->a, m->b))
		return;
	for (uint64_t pa = m->a; pa < m->a + m->b; pa += ORACLE_PAGE) {
		struct oracle_page *page = oracle_page(o, pa);

		if (!given && page->state == ORACLE_PAGE_FREE)
			double_free(o, mark, page->mark, "a page frame");
		page->state = given ? ORACLE_PAGE_GIVEN : ORACLE_PAGE_FREE;
		page->heap = false;
		page->writer = ORACLE_NOBODY;
		page->mark = (uint32_t)mark;
		if (given && o->ngiven < ORACLE_PAGES_GIVEN)
			o->given[o->ngiven++] = (uint32_t)(pa / ORACLE_PAGE);
	}
}

void oracle_memory_mark(struct oracle *o, size_t mark)
{
	switch (o->record->marks[mark].kind) {
	case RECORD_ALLOC:
		take_alloc(o, mark);
		break;
	case RECORD_FREE:
		take_free(o, mark);
		break;
	default:
		take_pages(o, mark);
		break;
	}
}

/* --- accesses --- */

/* What the allocator calls, to fill a block say, it calls with its lock held. */
static bool by_allocator(const struct oracle *o, const struct machine_access *a)
{
	return o->threads[o->current].nallocator > 0 ||
	       (!(a->flags & MACHINE_ACCESS_USER) &&
	        kernel_in_allocator(o->kernel, a->rip));
}

static const char *verb(const struct machine_access *a)
{
	return a->flags & MACHINE_ACCESS_WRITE ? "writes" : "reads";
}

static void used_after_free(struct oracle *o, size_t access, uint32_t mark,
                            const char *what, const char *label)
{
	const struct machine_access *a = &o->record->accesses[access];
	uint64_t freed = oracle_mark_rip(o, mark);
	struct oracle_finding *f;

	f = oracle_find(o, EXPLORE_USE_AFTER_FREE,
	                a->flags & MACHINE_ACCESS_USER ? 0 : oracle_function(o, a->rip),
	                oracle_function(o, freed));
	if (!f)
		return;
	oracle_place_access(o, f, access, o->current);
	oracle_place_mark(o, f, mark);
	oracle_reason(f, "%s %s in %s %s%s%s that %s freed in %s",
	              oracle_who(o, o->current), verb(a), oracle_at(o, a->rip), what,
	              label[0] ? " of " : "", label,
	              oracle_who(o, o->record->marks[mark].thread), oracle_at(o, freed));
}

static void outside(struct oracle *o, size_t access)
{
	const struct machine_access *a = &o->record->accesses[access];
	struct oracle_finding *f;

	f = oracle_find(o, EXPLORE_OUT_OF_BLOCK, oracle_function(o, a->rip), 0);
	if (!f)
		return;
	oracle_place_access(o, f, access, o->current);
	oracle_reason(
		f, "%s writes %u bytes in %s to memory of the heap that is in no block",
		oracle_who(o, o->current), a->size, oracle_at(o, a->rip));
}

static void freed_block(struct oracle *o, size_t access, uint64_t pa)
{
	const struct oracle_block *b = block_around(o, pa);

	if (b && b->free != ORACLE_NEVER)
		used_after_free(o, access, b->free, "a heap block", label_of(o, b));
}

void oracle_memory_access(struct oracle *o, struct oracle_page *page, size_t access)
{
	const struct machine_access *a = &o->record->accesses[access];
	bool writes =
		a->flags & MACHINE_ACCESS_WRITE && !(a->flags & MACHINE_ACCESS_USER);
	uint32_t at = a->pa % ORACLE_PAGE, end = at + a->size;

	if (page->state == ORACLE_PAGE_FREE) {
		if (!by_allocator(o, a))
			used_after_free(o, access, page->mark, "a page frame", "");
		return;
	}
	for (uint32_t i = at / ORACLE_GRANULE;
	     i < ORACLE_PAGE_GRANULES && i * ORACLE_GRANULE < end; i++) {
		uint8_t what = page->granules[i];

		if (what == ORACLE_LIVE)
			continue;
		if (what == ORACLE_FREED) {
			if (!by_allocator(o, a))
				freed_block(o, access, a->pa - at + i * ORACLE_GRANULE);
		} else if (!writes) {
			continue;
		} else if (what == ORACLE_UNKNOWN
		                   ? page->known
		                   : end > i * ORACLE_GRANULE + (what & 0xfu)) {
			if (!by_allocator(o, a))
				outside(o, access);
		}
	}
}

/* --- the end --- */

static void leaked_blocks(struct oracle *o)
{
	for (size_t i = 0; i < o->nblocks; i++) {
		const struct oracle_block *b = &o->blocks[o->block_list[i]];
		const char *label;
		struct oracle_finding *f;

		if (b->alloc == ORACLE_NEVER || b->free != ORACLE_NEVER ||
		    oracle_page(o, b->pa)->state == ORACLE_PAGE_FREE)
			continue;
		label = label_of(o, b);
		f = oracle_find(o, EXPLORE_LEAK, XXH3_64bits(label, strlen(label)),
		                b->size);
		if (!f)
			continue;
		oracle_place_mark(o, f, b->alloc);
		oracle_reason(f,
		              "a heap block of %llu bytes%s%s, allocated by %s, is "
		              "never freed",
		              (unsigned long long)b->size, label[0] ? " of " : "", label,
		              oracle_who(o, o->record->marks[b->alloc].thread));
	}
}

/* Of user memory only: the kernel may keep pages of its own for later. */
static void leaked_pages(struct oracle *o)
{
	for (size_t i = 0; i < o->ngiven; i++) {
		const struct oracle_page *page = &o->pages[o->given[i]];
		struct oracle_finding *f;

		if (page->state != ORACLE_PAGE_GIVEN || page->writer == ORACLE_NOBODY ||
		    !o->record->threads[page->writer].exited)
			continue;
		f = oracle_find(o, EXPLORE_LEAK, 0,
		                oracle_function(o, oracle_mark_rip(o, page->mark)));
		if (!f)
			continue;
		oracle_place_mark(o, f, page->mark);
		oracle_reason(f, "a page frame of %s, which is gone, is never freed",
		              oracle_who(o, page->writer));
	}
}

void oracle_memory_end(struct oracle *o)
{
	if (o->record->outcome != TRACE_POWEROFF || !o->all_reaped)
		return;
	leaked_blocks(o);
	leaked_pages(o);
}
