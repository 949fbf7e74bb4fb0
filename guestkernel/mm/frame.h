/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory in frames of 4 KiB: a buddy allocator over blocks of 2^order frames,
 * with a reference count so that several address spaces may map one read-only frame.
 *
 * Memory is described at boot by its largest free blocks only; smaller ones come into
 * being as they are split off.  No frame is touched before it is handed out, and its
 * contents are then whatever they are.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "mm/layout.h"

#define FRAME_ORDER_MAX 14 /* blocks of 64 MiB */

/* No frame: physical page 0 is never handed out. */
#define FRAME_NONE 0

/* What kmalloc notes about a frame of its own, see mm/kmalloc.c. */
enum frame_use {
	FRAME_PLAIN,
	FRAME_SLAB,
	FRAME_LARGE,
};

/* From boot_info; takes the kernel's image and the initrd out. */
void frame_init(void);

/* A block of 2^order frames, aligned to its size: physical address, or FRAME_NONE. */
PROBED uint64_t frame_alloc_order(unsigned order);

/* Gives back exactly what frame_alloc_order() handed out; panics on anything else. */
void frame_free_order(uint64_t pa, unsigned order);

/* A single frame with one reference; cleared, or with any contents. */
uint64_t frame_alloc(void);
uint64_t frame_alloc_zeroed(void);

/* One more holder of a single frame. */
void frame_ref(uint64_t pa);

/* One holder less; frees the frame with the last. */
void frame_unref(uint64_t pa);

/*
 * Whoever owns a frame may tag it, and chain it to another (by physical address,
 * FRAME_NONE ends a chain).  No lock but the owner's own.
 */
void frame_set_use(uint64_t pa, enum frame_use use);
enum frame_use frame_use(uint64_t pa);
void frame_set_chain(uint64_t pa, uint64_t next);
uint64_t frame_chain(uint64_t pa);

/* Whether `pa` lies in memory this allocator looks after. */
bool frame_is_managed(uint64_t pa);

uint64_t frame_count_total(void);
uint64_t frame_count_free(void);

#endif
