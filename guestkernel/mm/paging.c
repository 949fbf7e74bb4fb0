/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mm/paging.h"

#include "abi/errno.h"
#include "boot/boot_info.h"
#include "compiler.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "x86.h"

#define ENTRIES 512
#define LARGE_SIZE 0x200000ull
#define KERNEL_TABLES 2 /* the image may be 4 MiB large */
#define DIRECT_TABLES (RAM_LIMIT / (ENTRIES * LARGE_SIZE))
#define LEVELS 4

#define ROOT_SLOT(va) (((va) >> 39) & (ENTRIES - 1))

/* The kernel's half, constant after boot but for the device table. */
static uint64_t kernel_pml4[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t direct_pdpt[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t direct_pd[DIRECT_TABLES][ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t kernel_pdpt[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t kernel_pd[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t kernel_pt[KERNEL_TABLES][ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t device_pd[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t device_pt[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static uint64_t image_phys(const void *p)
{
	return (uint64_t)p - KERNEL_BASE;
}

static unsigned slot(uint64_t va, unsigned level)
{
	return (va >> (PAGE_SHIFT + 9 * level)) & (ENTRIES - 1);
}

static void map_image(const char *start, const char *end, uint64_t flags)
{
	for (uint64_t va = (uint64_t)start; va < (uint64_t)end; va += PAGE_SIZE) {
		uint64_t page = (va - KERNEL_BASE) >> PAGE_SHIFT;

		if (page >= KERNEL_TABLES * ENTRIES)
			panic("boot: the kernel image is too large");
		kernel_pt[page / ENTRIES][page % ENTRIES] =
			(va - KERNEL_BASE) | PTE_PRESENT | flags;
	}
}

void paging_init(void)
{
	const uint64_t table = PTE_PRESENT | PTE_WRITABLE;
	uint64_t ram_end = 0;

	for (int i = 0; i < boot_info.ram_ranges; i++)
		ram_end = MAX(ram_end, boot_info.ram[i].end);
	for (uint64_t pa = 0; pa < ram_end; pa += LARGE_SIZE)
		direct_pd[slot(pa, 2)][slot(pa, 1)] =
			pa | PTE_PRESENT | PTE_WRITABLE | PTE_LARGE | PTE_NO_EXECUTE;
	for (unsigned i = 0; i < DIRECT_TABLES; i++)
		direct_pdpt[i] = image_phys(direct_pd[i]) | table;

	map_image(kernel_text_start, kernel_rodata_start, 0);
	map_image(kernel_rodata_start, kernel_data_start, PTE_NO_EXECUTE);
	map_image(kernel_data_start, kernel_end, PTE_WRITABLE | PTE_NO_EXECUTE);
	for (int i = 0; i < KERNEL_TABLES; i++)
		kernel_pd[i] = image_phys(kernel_pt[i]) | table;
	device_pd[slot(DEVICE_BASE, 1)] = image_phys(device_pt) | table;
	kernel_pdpt[slot(KERNEL_BASE, 2)] = image_phys(kernel_pd) | table;
	kernel_pdpt[slot(DEVICE_BASE, 2)] = image_phys(device_pd) | table;

	kernel_pml4[ROOT_SLOT(DIRECT_MAP_BASE)] = image_phys(direct_pdpt) | table;
	kernel_pml4[ROOT_SLOT(KERNEL_BASE)] = image_phys(kernel_pdpt) | table;
	x86_write_cr3(paging_kernel_root());
}

uint64_t paging_kernel_root(void)
{
	return image_phys(kernel_pml4);
}

volatile uint32_t *paging_map_device(uint64_t pa)
{
	static unsigned used; /* boot only */

	assert(used < ENTRIES && pa % PAGE_SIZE == 0);
	device_pt[used] = pa | PTE_PRESENT | PTE_WRITABLE | PTE_NO_EXECUTE |
	                  PTE_NO_CACHE | PTE_WRITE_THROUGH;
	return (volatile uint32_t *)(DEVICE_BASE + (uint64_t)used++ * PAGE_SIZE);
}

int page_table_create(struct page_table *pt)
{
	uint64_t *root;

	pt->tables = FRAME_NONE;
	pt->root = frame_alloc_zeroed();
	if (pt->root == FRAME_NONE)
		return -ENOMEM;
	root = phys_to_virt(pt->root);
	root[ROOT_SLOT(DIRECT_MAP_BASE)] = kernel_pml4[ROOT_SLOT(DIRECT_MAP_BASE)];
	root[ROOT_SLOT(KERNEL_BASE)] = kernel_pml4[ROOT_SLOT(KERNEL_BASE)];
	return 0;
}

void page_table_destroy(struct page_table *pt)
{
	while (pt->tables != FRAME_NONE) {
		uint64_t table = pt->tables;

		pt->tables = frame_chain(table);
		frame_unref(table);
	}
	frame_unref(pt->root);
	pt->root = FRAME_NONE;
}

uint64_t *page_table_make_entry(struct page_table *pt, uint64_t va)
{
	uint64_t *table = phys_to_virt(pt->root);

	assert(va < USER_MAX);
	for (unsigned level = LEVELS - 1; level > 0; level--) {
		uint64_t *entry = &table[slot(va, level)];

		if (!(*entry & PTE_PRESENT)) {
			uint64_t pa = frame_alloc_zeroed();

			if (pa == FRAME_NONE)
				return NULL;
			frame_set_chain(pa, pt->tables);
			pt->tables = pa;
			*entry = pa | PTE_PRESENT | PTE_WRITABLE | PTE_USER;
		}
		table = phys_to_virt(PTE_ADDRESS(*entry));
	}
	return &table[slot(va, 0)];
}

/* The last-level table for `va`; NULL sets *level to where the path ends. */
static uint64_t *leaf_table(const struct page_table *pt, uint64_t va, unsigned *level)
{
	uint64_t *table = phys_to_virt(pt->root);

	for (*level = LEVELS - 1; *level > 0; (*level)--) {
		uint64_t entry = table[slot(va, *level)];

		if (!(entry & PTE_PRESENT))
			return NULL;
		table = phys_to_virt(PTE_ADDRESS(entry));
	}
	return table;
}

uint64_t *page_table_next(const struct page_table *pt, uint64_t *va, uint64_t end)
{
	uint64_t at = *va;

	while (at < end) {
		unsigned level;
		uint64_t *table = leaf_table(pt, at, &level);

		if (table == NULL) {
			at = ALIGN_DOWN(at, 1ull << (PAGE_SHIFT + 9 * level)) +
			     (1ull << (PAGE_SHIFT + 9 * level));
			continue;
		}
		do {
			if (table[slot(at, 0)] & PTE_PRESENT) {
				*va = at;
				return &table[slot(at, 0)];
			}
			at += PAGE_SIZE;
		} while (at < end && slot(at, 0) != 0);
	}
	return NULL;
}
