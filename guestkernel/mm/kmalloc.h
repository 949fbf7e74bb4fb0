/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel heap.  Each block remembers where it was allocated (its label) and in which
 * generation, so that what a piece of work left behind can be listed afterwards.
 *
 * Blocks are 16-byte aligned, with any contents.  Never sleeps.
 */
#ifndef MM_KMALLOC_H
#define MM_KMALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define KMALLOC_STRING(x) #x
#define KMALLOC_LINE(line) KMALLOC_STRING(line)

/* NULL where memory is short. */
#define kmalloc(size) kmalloc_labelled((size), __FILE__ ":" KMALLOC_LINE(__LINE__))

/* `label` must live for ever. */
PROBED void *kmalloc_labelled(size_t size, const char *label);

/* NULL is allowed.  Panics, naming the label, on a block freed twice or never handed out.
 */
PROBED void kfree(void *block);

/* Begins a generation; returns its number. */
uint32_t kheap_next_generation(void);

/* Prints the live blocks of generation `from` and later on the console. */
void kheap_dump(uint32_t from);

struct kheap_usage {
	uint64_t blocks;
	uint64_t bytes; /* as asked for */
};

void kheap_usage(struct kheap_usage *usage);

#endif
