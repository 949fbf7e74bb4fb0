/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables: four levels, 4 KiB pages.  The kernel's half is built once; the user half
 * belongs to one address space, whose owner does all locking.
 */
#ifndef MM_PAGING_H
#define MM_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/layout.h"

#define PTE_PRESENT (1ull << 0)
#define PTE_WRITABLE (1ull << 1)
#define PTE_USER (1ull << 2)
#define PTE_WRITE_THROUGH (1ull << 3)
#define PTE_NO_CACHE (1ull << 4)
#define PTE_LARGE (1ull << 7)
#define PTE_NO_EXECUTE (1ull << 63)

#define PTE_ADDRESS(pte) ((pte) & 0x000ffffffffff000ull)

/* Page-aligned ends of the image, by the linker script. */
extern char kernel_text_start[], kernel_rodata_start[], kernel_data_start[], kernel_end[];

/* One process's user half.  Every field: the address space's owner. */
struct page_table {
	uint64_t root;   /* physical address of the PML4 */
	uint64_t tables; /* its tables below the root, chained through their frames */
};

/* Replaces the boot tables by the map that mm/layout.h describes. */
void paging_init(void);

/* Physical address of the tables without a user half. */
uint64_t paging_kernel_root(void);

/* Maps one page of device registers, for ever. */
volatile uint32_t *paging_map_device(uint64_t pa);

/* An empty user half.  -ENOMEM. */
int page_table_create(struct page_table *pt);

/* Frees the tables; what they map must have been taken out before. */
void page_table_destroy(struct page_table *pt);

/*
 * The entry for `va`, through tables made where they are missing: NULL if there is no
 * memory for one.
 */
uint64_t *page_table_make_entry(struct page_table *pt, uint64_t va);

/*
 * The first present entry at or after *va and below `end`; sets *va to its page.  NULL
 * where there is none.  Passes over missing tables in one step.
 */
uint64_t *page_table_next(const struct page_table *pt, uint64_t *va, uint64_t end);

#endif
