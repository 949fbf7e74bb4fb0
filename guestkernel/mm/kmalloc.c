/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of up to half a page come from slabs: a frame cut into blocks of one size, its
 * first bytes a record of what is free in it.  Larger ones are whole frames.  In both a
 * header stands right before the caller's bytes.
 */
#include "mm/kmalloc.h"

#include <stdbool.h>

#include "lib/format.h"
#include "lib/list.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "thread/spinlock.h"

#define MAGIC_LIVE 0x6b6d616c6c6f6321ull
#define MAGIC_FREE 0x6b66726565642121ull
#define POISON 0xde

/* In front of each block. */
struct header {
	struct list link; /* heap_lock; of live_blocks, or of the slab's free blocks */
	const char *label;
	uint64_t magic;
	uint32_t size; /* as asked for */
	uint32_t generation;
	uint32_t capacity; /* of the block with its header */
	uint32_t reserved;
};

/* At the start of a slab's frame. */
struct slab {
	struct list link; /* heap_lock; of its class's slabs that have room */
	struct list free; /* heap_lock */
	uint32_t class;
	uint32_t live; /* heap_lock */
};

/* Header included, so that a class wastes little of a 4 KiB frame. */
static const uint32_t class_size[] = {80, 112, 176, 336, 576, 1008, 2016};

#define CLASSES ARRAY_SIZE(class_size)
#define SLAB_HEADER 64

_Static_assert(sizeof(struct header) % 16 == 0, "blocks stay aligned");
_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "a slab's record has its place");

static struct spinlock heap_lock = SPINLOCK_INIT("heap_lock");
static struct list live_blocks = LIST_INIT(live_blocks); /* heap_lock; oldest first */
static struct kheap_usage in_use;                        /* heap_lock */
static uint32_t generation;                              /* heap_lock */

/* heap_lock: slabs with room.  One empty slab per class is kept for the next block. */
static struct list partial[CLASSES] = {
	LIST_INIT(partial[0]), LIST_INIT(partial[1]), LIST_INIT(partial[2]),
	LIST_INIT(partial[3]), LIST_INIT(partial[4]), LIST_INIT(partial[5]),
	LIST_INIT(partial[6]),
};

static struct slab *slab_create(unsigned class)
{
	uint64_t pa = frame_alloc();
	struct slab *s;
	uint32_t size = class_size[class];

	if (pa == FRAME_NONE)
		return NULL;
	frame_set_use(pa, FRAME_SLAB);
	s = phys_to_virt(pa);
	s->class = class;
	s->live = 0;
	list_init(&s->free);
	for (uint32_t at = SLAB_HEADER; at + size <= PAGE_SIZE; at += size) {
		struct header *h = (struct header *)((char *)s + at);

		h->magic = MAGIC_FREE;
		h->label = "no one";
		h->capacity = size;
		list_append(&s->free, &h->link);
	}
	list_append(&partial[class], &s->link);
	return s;
}

static struct slab *slab_of(struct header *h)
{
	return (struct slab *)ALIGN_DOWN((uint64_t)h, PAGE_SIZE);
}

static struct header *slab_alloc(unsigned class)
{
	struct slab *s;
	struct header *h;

	if (list_empty(&partial[class]))
		s = slab_create(class);
	else
		s = LIST_ENTRY(partial[class].next, struct slab, link);
	if (s == NULL)
		return NULL;
	h = LIST_ENTRY(list_take_first(&s->free), struct header, link);
	s->live++;
	if (list_empty(&s->free))
		list_remove(&s->link);
	return h;
}

static void slab_free(struct header *h)
{
	struct slab *s = slab_of(h);
	struct list *slabs = &partial[s->class];

	if (list_empty(&s->free))
		list_append(slabs, &s->link);
	list_prepend(&s->free, &h->link);
	s->live--;
	if (s->live == 0 && slabs->next != slabs->prev) {
		list_remove(&s->link);
		frame_set_use(virt_to_phys(s), FRAME_PLAIN);
		frame_unref(virt_to_phys(s));
	}
}

static unsigned large_order(size_t bytes)
{
	unsigned order = 0;

	while (((size_t)PAGE_SIZE << order) < bytes)
		order++;
	return order;
}

static struct header *large_alloc(size_t bytes)
{
	unsigned order = large_order(bytes);
	uint64_t pa = order > FRAME_ORDER_MAX ? FRAME_NONE : frame_alloc_order(order);
	struct header *h;

	if (pa == FRAME_NONE)
		return NULL;
	frame_set_use(pa, FRAME_LARGE);
	h = phys_to_virt(pa);
	h->capacity = PAGE_SIZE << order;
	return h;
}

static void large_free(struct header *h)
{
	uint64_t pa = virt_to_phys(h);

	frame_set_use(pa, FRAME_PLAIN);
	frame_free_order(pa, large_order(h->capacity));
}

static unsigned class_for(size_t bytes)
{
	unsigned class = 0;

	while (class < CLASSES && class_size[class] < bytes)
		class ++;
	return class;
}

PROBED void *kmalloc_labelled(size_t size, const char *label)
{
	struct header *h;
	unsigned class;

	if (size > ((size_t)PAGE_SIZE << FRAME_ORDER_MAX) - sizeof(*h))
		return NULL;
	class = class_for(size + sizeof(*h));
	spinlock_acquire(&heap_lock);
	h = class < CLASSES ? slab_alloc(class) : large_alloc(size + sizeof(*h));
	if (h == NULL) {
		spinlock_release(&heap_lock);
		return NULL;
	}
	h->magic = MAGIC_LIVE;
	h->label = label;
	h->size = (uint32_t)size;
	h->generation = generation;
	list_append(&live_blocks, &h->link);
	in_use.blocks++;
	in_use.bytes += size;
	spinlock_release(&heap_lock);
	return h + 1;
}

/* Panics unless a header can lie there; its magic is then for the caller to look at. */
static enum frame_use check_place(const void *block)
{
	uint64_t header = (uint64_t)block - sizeof(struct header);
	uint64_t pa = header - DIRECT_MAP_BASE;
	uint64_t frame = ALIGN_DOWN(pa, PAGE_SIZE);

	if (header < DIRECT_MAP_BASE || !frame_is_managed(pa))
		panic("kfree: %p is not in the heap", block);
	if (frame_use(frame) == FRAME_SLAB) {
		const struct slab *s = phys_to_virt(frame);
		uint64_t offset = pa - frame;

		if (offset < SLAB_HEADER || (offset - SLAB_HEADER) % class_size[s->class])
			panic("kfree: %p is inside a block", block);
		return FRAME_SLAB;
	}
	if (frame_use(frame) != FRAME_LARGE || pa != frame)
		panic("kfree: %p is no block of the heap", block);
	return FRAME_LARGE;
}

PROBED void kfree(void *block)
{
	struct header *h;
	enum frame_use use;

	if (block == NULL)
		return;
	h = (struct header *)block - 1;
	spinlock_acquire(&heap_lock);
	use = check_place(block);
	if (h->magic == MAGIC_FREE)
		panic("kfree: %p freed twice (allocated at %s)", block, h->label);
	if (h->magic != MAGIC_LIVE)
		panic("kfree: the header of %p is overwritten", block);
	h->magic = MAGIC_FREE;
	list_remove(&h->link);
	in_use.blocks--;
	in_use.bytes -= h->size;
	if (use == FRAME_SLAB) {
		memset(block, POISON, h->size);
		slab_free(h);
	} else {
		large_free(h);
	}
	spinlock_release(&heap_lock);
}

uint32_t kheap_next_generation(void)
{
	uint32_t now;

	spinlock_acquire(&heap_lock);
	now = ++generation;
	spinlock_release(&heap_lock);
	return now;
}

void kheap_dump(uint32_t from)
{
	spinlock_acquire(&heap_lock);
	kprintf("Remaining allocations from generation %u:\n", from);
	LIST_FOR_EACH(it, &live_blocks)
	{
		const struct header *h = LIST_ENTRY(it, struct header, link);

		if (h->generation >= from)
			kprintf("%u bytes at %p, allocated at %s\n", h->size,
			        (void *)(h + 1), h->label);
	}
	spinlock_release(&heap_lock);
}

void kheap_usage(struct kheap_usage *usage)
{
	spinlock_acquire(&heap_lock);
	*usage = in_use;
	spinlock_release(&heap_lock);
}
