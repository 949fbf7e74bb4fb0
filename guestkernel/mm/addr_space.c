/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mm/addr_space.h"

#include "abi/errno.h"
#include "abi/limits.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"
#include "x86.h"

#define HEAP 0
#define STACK 1

struct addr_space *as_create(void)
{
	struct addr_space *as = kmalloc(sizeof(*as));

	if (as == NULL)
		return NULL;
	if (page_table_create(&as->pages) != 0) {
		kfree(as);
		return NULL;
	}
	as->region_count = 2;
	as->heap_start = as->heap_end = USER_MIN;
	as->regions[HEAP] =
		(struct region){USER_MIN, USER_MIN, REGION_READ | REGION_WRITE};
	as->regions[STACK] = (struct region){USER_STACK_TOP - USER_STACK_SIZE,
	                                     USER_STACK_TOP, REGION_READ | REGION_WRITE};
	return as;
}

/* Drops the frames of pages [start, end). */
static void drop_pages(struct addr_space *as, uint64_t start, uint64_t end)
{
	uint64_t *entry;
	uint64_t va = start;

	while ((entry = page_table_next(&as->pages, &va, end)) != NULL) {
		uint64_t pa = PTE_ADDRESS(*entry);

		*entry = 0;
		x86_invlpg(va);
		frame_unref(pa);
		va += PAGE_SIZE;
	}
}

PROBED void as_destroy(struct addr_space *as)
{
	assert(x86_read_cr3() != as->pages.root);
	for (int i = 0; i < as->region_count; i++)
		drop_pages(as, as->regions[i].start, as->regions[i].end);
	page_table_destroy(&as->pages);
	kfree(as);
}

static uint64_t entry_flags(unsigned rights)
{
	return PTE_PRESENT | PTE_USER | (rights & REGION_WRITE ? PTE_WRITABLE : 0) |
	       (rights & REGION_EXEC ? 0 : PTE_NO_EXECUTE);
}

/* A zeroed page in `region`.  -ENOMEM. */
static int make_page(struct addr_space *as, const struct region *region, uint64_t va,
                     uint64_t **entry)
{
	uint64_t pa;

	*entry = page_table_make_entry(&as->pages, va);
	if (*entry == NULL)
		return -ENOMEM;
	pa = frame_alloc_zeroed();
	if (pa == FRAME_NONE)
		return -ENOMEM;
	**entry = pa | entry_flags(region->rights);
	return 0;
}

static int copy_region(struct addr_space *to, const struct addr_space *from,
                       const struct region *region)
{
	uint64_t va = region->start;
	uint64_t *entry;

	for (; (entry = page_table_next(&from->pages, &va, region->end)) != NULL;
	     va += PAGE_SIZE) {
		uint64_t pa = PTE_ADDRESS(*entry);
		uint64_t *copy = page_table_make_entry(&to->pages, va);

		if (copy == NULL)
			return -ENOMEM;
		if (region->rights & REGION_WRITE) {
			uint64_t new = frame_alloc();

			if (new == FRAME_NONE)
				return -ENOMEM;
			memcpy(phys_to_virt(new), phys_to_virt(pa), PAGE_SIZE);
			pa = new;
		} else {
			frame_ref(pa);
		}
		*copy = pa | entry_flags(region->rights);
	}
	return 0;
}

struct addr_space *as_copy(const struct addr_space *from)
{
	struct addr_space *to = as_create();

	if (to == NULL)
		return NULL;
	memcpy(to->regions, from->regions, sizeof(from->regions));
	to->region_count = from->region_count;
	to->heap_start = from->heap_start;
	to->heap_end = from->heap_end;
	for (int i = 0; i < from->region_count; i++) {
		if (copy_region(to, from, &from->regions[i]) != 0) {
			as_destroy(to);
			return NULL;
		}
	}
	return to;
}

int as_add_region(struct addr_space *as, uint64_t start, uint64_t end, unsigned rights)
{
	assert(start % PAGE_SIZE == 0 && end % PAGE_SIZE == 0);
	assert(as->heap_end == as->heap_start);
	if (start >= end || start < USER_MIN || end > USER_HEAP_LIMIT ||
	    as->region_count == AS_REGIONS_MAX)
		return -ENOEXEC;
	for (int i = 0; i < as->region_count; i++)
		if (i != HEAP && start < as->regions[i].end && as->regions[i].start < end)
			return -ENOEXEC;
	as->regions[as->region_count++] = (struct region){start, end, rights};
	if (end > as->heap_start) {
		as->heap_start = as->heap_end = end;
		as->regions[HEAP].start = as->regions[HEAP].end = end;
	}
	return 0;
}

int as_sbrk(struct addr_space *as, int64_t delta, uint64_t *old)
{
	struct region *heap = &as->regions[HEAP];
	uint64_t was = heap->end;
	uint64_t *entry;
	uint64_t end;

	*old = as->heap_end;
	if (delta < 0 && 0 - (uint64_t)delta > as->heap_end - as->heap_start)
		return -EINVAL;
	if (delta > 0 && (uint64_t)delta > USER_HEAP_LIMIT - as->heap_end)
		return -ENOMEM;
	end = ALIGN_UP(as->heap_end + (uint64_t)delta, PAGE_SIZE);
	if (end > was && (end - was) / PAGE_SIZE > frame_count_free())
		return -ENOMEM;
	for (uint64_t va = was; va < end; va += PAGE_SIZE) {
		if (make_page(as, heap, va, &entry) != 0) {
			drop_pages(as, was, va);
			return -ENOMEM;
		}
	}
	if (end < was)
		drop_pages(as, end, was);
	heap->end = end;
	as->heap_end += (uint64_t)delta;
	return 0;
}

static const struct region *find_region(const struct addr_space *as, uint64_t va)
{
	for (int i = 0; i < as->region_count; i++)
		if (va >= as->regions[i].start && va < as->regions[i].end)
			return &as->regions[i];
	return NULL;
}

int as_page(struct addr_space *as, uint64_t va, unsigned rights, uint8_t **bytes)
{
	const struct region *region = find_region(as, va);
	uint64_t page = ALIGN_DOWN(va, PAGE_SIZE);
	uint64_t *entry;

	if (region == NULL || (region->rights & rights) != rights)
		return -EFAULT;
	entry = page_table_next(&as->pages, &page, page + PAGE_SIZE);
	if (entry == NULL) {
		int error = make_page(as, region, va, &entry);

		if (error != 0)
			return error;
	}
	*bytes = (uint8_t *)phys_to_virt(PTE_ADDRESS(*entry)) + va % PAGE_SIZE;
	return 0;
}

int as_check(const struct addr_space *as, uint64_t va, uint64_t n, unsigned rights)
{
	if (va + n < va)
		return -EFAULT;
	while (n > 0) {
		const struct region *region = find_region(as, va);
		uint64_t part;

		if (region == NULL || (region->rights & rights) != rights)
			return -EFAULT;
		part = MIN(n, region->end - va);
		va += part;
		n -= part;
	}
	return 0;
}

int as_fill(struct addr_space *as, uint64_t va, const void *src, size_t n)
{
	const uint8_t *from = src;

	while (n > 0) {
		size_t part = MIN(n, PAGE_SIZE - va % PAGE_SIZE);
		uint8_t *to;
		int error = as_page(as, va, 0, &to);

		if (error != 0)
			return error;
		memcpy(to, from, part);
		va += part;
		from += part;
		n -= part;
	}
	return 0;
}
