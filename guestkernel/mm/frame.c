/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mm/frame.h"

#include "boot/boot_info.h"
#include "compiler.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/paging.h"
#include "thread/spinlock.h"

#define LOW_MEMORY_END 0x100000 /* left to the firmware */

enum frame_state {
	FRAME_RESERVED, /* not ours, or inside a block: only a block's first frame counts
	                 */
	FRAME_FREE,
	FRAME_USED,
};

/* Indices instead of pointers keep a frame's record at 12 bytes; index 0 is no frame. */
struct frame {
	uint32_t next;     /* frame_lock while free, else the owner's chain */
	uint32_t prev;     /* frame_lock */
	uint16_t refs;     /* frame_lock */
	uint8_t order;     /* frame_lock; of the block that starts here */
	uint8_t state : 4; /* frame_lock */
	uint8_t use : 4;   /* the owner's */
};

static struct spinlock frame_lock = SPINLOCK_INIT("frame_lock");

static struct frame *frames; /* one for each page below frame_limit; set at boot */
static uint32_t frame_limit;
static uint32_t free_head[FRAME_ORDER_MAX + 1]; /* frame_lock */
static uint64_t frames_free;  /* frame_lock; one word, so a look needs no lock */
static uint64_t frames_total; /* constant after boot */

static void push_free(uint32_t index, unsigned order)
{
	struct frame *f = &frames[index];

	f->state = FRAME_FREE;
	f->order = (uint8_t)order;
	f->prev = 0;
	f->next = free_head[order];
	if (f->next != 0)
		frames[f->next].prev = index;
	free_head[order] = index;
}

static void remove_free(uint32_t index)
{
	struct frame *f = &frames[index];

	if (f->prev != 0)
		frames[f->prev].next = f->next;
	else
		free_head[f->order] = f->next;
	if (f->next != 0)
		frames[f->next].prev = f->prev;
	f->state = FRAME_RESERVED;
}

/* Smallest block that is large enough, split until it fits; the upper halves go back. */
PROBED uint64_t frame_alloc_order(unsigned order)
{
	unsigned k = order;
	uint32_t index;

	spinlock_acquire(&frame_lock);
	while (k <= FRAME_ORDER_MAX && free_head[k] == 0)
		k++;
	if (k > FRAME_ORDER_MAX) {
		spinlock_release(&frame_lock);
		return FRAME_NONE;
	}
	index = free_head[k];
	remove_free(index);
	while (k > order) {
		k--;
		push_free(index + (1u << k), k);
	}
	frames[index].state = FRAME_USED;
	frames[index].order = (uint8_t)order;
	frames[index].refs = 1;
	frames[index].use = FRAME_PLAIN;
	frames[index].next = 0;
	frames_free -= 1u << order;
	spinlock_release(&frame_lock);
	return (uint64_t)index << PAGE_SHIFT;
}

/*
 * Invariant: no two buddies are both free; the one that completes a pair joins it.  Every
 * frame but a block's first is FRAME_RESERVED, so a state found free is a block's.
 */
PROBED static void free_block(uint32_t index, unsigned order)
{
	while (order < FRAME_ORDER_MAX) {
		uint32_t buddy = index ^ (1u << order);

		if (buddy >= frame_limit || frames[buddy].state != FRAME_FREE ||
		    frames[buddy].order != order)
			break;
		remove_free(buddy);
		frames[index].state = FRAME_RESERVED;
		index &= buddy;
		order++;
	}
	push_free(index, order);
}

static struct frame *used_frame(uint64_t pa)
{
	struct frame *f = &frames[pa >> PAGE_SHIFT];

	if (!frame_is_managed(pa) || pa % PAGE_SIZE != 0 || f->state != FRAME_USED)
		panic("frame: %lx is not in use", pa);
	return f;
}

void frame_free_order(uint64_t pa, unsigned order)
{
	struct frame *f;

	spinlock_acquire(&frame_lock);
	f = used_frame(pa);
	assert(f->order == order && f->refs == 1);
	frames_free += 1u << order;
	free_block((uint32_t)(pa >> PAGE_SHIFT), order);
	spinlock_release(&frame_lock);
}

uint64_t frame_alloc(void)
{
	return frame_alloc_order(0);
}

uint64_t frame_alloc_zeroed(void)
{
	uint64_t pa = frame_alloc_order(0);

	if (pa != FRAME_NONE)
		memset(phys_to_virt(pa), 0, PAGE_SIZE);
	return pa;
}

void frame_ref(uint64_t pa)
{
	struct frame *f;

	spinlock_acquire(&frame_lock);
	f = used_frame(pa);
	assert(f->order == 0 && f->refs > 0 && f->refs < UINT16_MAX);
	f->refs++;
	spinlock_release(&frame_lock);
}

void frame_unref(uint64_t pa)
{
	struct frame *f;

	spinlock_acquire(&frame_lock);
	f = used_frame(pa);
	assert(f->order == 0 && f->refs > 0);
	f->refs--;
	if (f->refs == 0) {
		frames_free++;
		free_block((uint32_t)(pa >> PAGE_SHIFT), 0);
	}
	spinlock_release(&frame_lock);
}

void frame_set_use(uint64_t pa, enum frame_use use)
{
	frames[pa >> PAGE_SHIFT].use = use;
}

enum frame_use frame_use(uint64_t pa)
{
	return (enum frame_use)frames[pa >> PAGE_SHIFT].use;
}

void frame_set_chain(uint64_t pa, uint64_t next)
{
	frames[pa >> PAGE_SHIFT].next = (uint32_t)(next >> PAGE_SHIFT);
}

uint64_t frame_chain(uint64_t pa)
{
	return (uint64_t)frames[pa >> PAGE_SHIFT].next << PAGE_SHIFT;
}

bool frame_is_managed(uint64_t pa)
{
	return pa >= LOW_MEMORY_END && pa >> PAGE_SHIFT < frame_limit;
}

uint64_t frame_count_total(void)
{
	return frames_total;
}

uint64_t frame_count_free(void)
{
	return frames_free;
}

/* Describes [start, end) by the largest aligned blocks it consists of. */
static void add_range(uint64_t start, uint64_t end)
{
	uint32_t index = (uint32_t)(start >> PAGE_SHIFT);
	uint32_t stop = (uint32_t)(end >> PAGE_SHIFT);

	while (index < stop) {
		unsigned order = 0;

		while (order < FRAME_ORDER_MAX && (index & ((2u << order) - 1)) == 0 &&
		       index + (2u << order) <= stop)
			order++;
		push_free(index, order);
		frames_free += 1u << order;
		index += 1u << order;
	}
}

#define RESERVED_MAX 4

/* Calls `visit` for the parts of RAM that none of `reserved` covers. */
static void visit_free_ranges(const struct boot_range *reserved, int n,
                              void (*visit)(uint64_t start, uint64_t end))
{
	for (int i = 0; i < boot_info.ram_ranges; i++) {
		uint64_t at = boot_info.ram[i].start;

		while (at < boot_info.ram[i].end) {
			uint64_t end = boot_info.ram[i].end;
			bool covered = false;

			for (int r = 0; r < n; r++) {
				if (at >= reserved[r].start && at < reserved[r].end) {
					at = reserved[r].end;
					covered = true;
				} else if (reserved[r].start > at) {
					end = MIN(end, reserved[r].start);
				}
			}
			if (covered)
				continue;
			visit(at, end);
			at = end;
		}
	}
}

static uint64_t table_at; /* where the frame table will lie, FRAME_NONE until found */

static uint64_t table_size(void)
{
	return ALIGN_UP(frame_limit * sizeof(struct frame), PAGE_SIZE);
}

static void find_table_place(uint64_t start, uint64_t end)
{
	if (table_at == FRAME_NONE && end - start >= table_size())
		table_at = start;
}

void frame_init(void)
{
	struct boot_range reserved[RESERVED_MAX] = {
		{0, LOW_MEMORY_END},
		{LOW_MEMORY_END, ALIGN_UP((uint64_t)kernel_end - KERNEL_BASE, PAGE_SIZE)},
		{ALIGN_DOWN(boot_info.initrd.start, PAGE_SIZE),
	         ALIGN_UP(boot_info.initrd.end, PAGE_SIZE)},
	};

	for (int i = 0; i < boot_info.ram_ranges; i++)
		frame_limit = MAX(frame_limit, boot_info.ram[i].end >> PAGE_SHIFT);
	visit_free_ranges(reserved, 3, find_table_place);
	if (table_at == FRAME_NONE)
		panic("boot: not enough memory (%u KiB)",
		      frame_limit * (PAGE_SIZE / 1024));
	frames = phys_to_virt(table_at);
	memset(frames, 0, table_size());
	reserved[3] = (struct boot_range){table_at, table_at + table_size()};
	visit_free_ranges(reserved, 4, add_range);
	frames_total = frames_free;
}
