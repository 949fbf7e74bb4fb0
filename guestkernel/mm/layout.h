/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of virtual memory.
 *
 *	0000000000001000..00007ffffffff000  a process (its page tables' lower half)
 *	ffff800000000000..+4 GiB            all RAM, read-write, never executable
 *	ffffffff80000000..+2 MiB a table    the kernel image, W^X in 4 KiB pages
 *	ffffffffc0000000..                  device registers, uncached
 *
 * The upper half is the same in every address space and never changes after boot.
 */
#ifndef MM_LAYOUT_H
#define MM_LAYOUT_H

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096

/* In assembly a suffix would be a syntax error, in C its absence a signed constant. */
#ifdef __ASSEMBLER__
#define ADDRESS(x) x
#else
#define ADDRESS(x) x##ull
#endif

#define DIRECT_MAP_BASE ADDRESS(0xffff800000000000)
#define KERNEL_BASE ADDRESS(0xffffffff80000000)
#define DEVICE_BASE ADDRESS(0xffffffffc0000000)

/* RAM beyond this is left alone. */
#define RAM_LIMIT ADDRESS(0x100000000)

/* What the tables of boot/entry.S map. */
#define BOOT_MAP_LIMIT ADDRESS(0x40000000)

#define USER_MIN ADDRESS(0x1000)
#define USER_MAX ADDRESS(0x7ffffffff000)

/* Images and heap end here, far below the stack. */
#define USER_HEAP_LIMIT ADDRESS(0x4000000000)

#ifndef __ASSEMBLER__

#include <stdint.h>

/* Where the kernel sees a physical address below RAM_LIMIT, and the way back. */
static inline void *phys_to_virt(uint64_t pa)
{
	return (void *)(DIRECT_MAP_BASE + pa);
}

static inline uint64_t virt_to_phys(const void *va)
{
	return (uint64_t)va - DIRECT_MAP_BASE;
}

#endif
#endif
