/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's page tables as the host reads them: 4-level paging (Intel SDM vol. 3A,
 * 4.5), or none at all where CR0.PG is clear.
 */
#ifndef FORKSCOPE_CPU_PAGING_H
#define FORKSCOPE_CPU_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE 4096u

struct watch;

struct paging {
	uint8_t *ram;
	struct watch *watch; /* hears of what is written here; may be NULL */
	uint64_t ram_size;
	uint64_t cr3;
	bool enabled; /* false: virtual is physical */
};

struct translation {
	uint64_t pa;
	bool writable;
	bool user;
	bool executable;
};

/* False where `va` is not mapped.  Changes nothing. */
bool paging_walk(const struct paging *p, uint64_t va, struct translation *t);

/*
 * The first page of the lower half, from `*va` on, that is mapped to `frame`; false where
 * there is none.  Slow.
 */
bool paging_find_user(const struct paging *p, uint64_t frame, uint64_t *va);

/* Reads `n` bytes; false where a page is unmapped or outside RAM. */
bool paging_read(const struct paging *p, uint64_t va, void *buf, size_t n);

/* Writes as the processor does: needs a writable page, and marks it accessed and dirty */
bool paging_write64(const struct paging *p, uint64_t va, uint64_t value);

#endif
