/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/paging.h"

#include <string.h>

#include "cpu/watch.h"

#define LEVELS 4
#define PTE_PRESENT 0x1ull
#define PTE_WRITABLE 0x2ull
#define PTE_USER 0x4ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_NX (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull

static bool load_entry(const struct paging *p, uint64_t pa, uint64_t *entry)
{
	if (pa > p->ram_size - sizeof(*entry))
		return false;
	memcpy(entry, p->ram + pa, sizeof(*entry));
	return true;
}

static void set_bits(const struct paging *p, uint64_t pa, uint64_t bits)
{
	uint64_t entry;

	if (p->watch)
		watch_write(p->watch, pa);
	memcpy(&entry, p->ram + pa, sizeof(entry));
	entry |= bits;
	memcpy(p->ram + pa, &entry, sizeof(entry));
}

/* Walks; where `mark` is set, the way down becomes accessed and the leaf dirty. */
static bool walk(const struct paging *p, uint64_t va, struct translation *t, bool mark)
{
	uint64_t table = p->cr3 & PTE_ADDRESS;

	*t = (struct translation){.writable = true, .user = true, .executable = true};
	for (int level = LEVELS - 1; level >= 0; level--) {
		int shift = 12 + 9 * level;
		uint64_t at = table + ((va >> shift) & 511) * sizeof(uint64_t);
		bool leaf = level == 0;
		uint64_t entry;

		if (!load_entry(p, at, &entry) || !(entry & PTE_PRESENT))
			return false;
		if (entry & PTE_LARGE)
			leaf = level < LEVELS - 1;
		t->writable &= (entry & PTE_WRITABLE) != 0;
		t->user &= (entry & PTE_USER) != 0;
		t->executable &= (entry & PTE_NX) == 0;
		if (mark)
			set_bits(p, at, PTE_ACCESSED | (leaf ? PTE_DIRTY : 0));
		if (leaf) {
			uint64_t mask = (1ull << shift) - 1;

			t->pa = (entry & PTE_ADDRESS & ~mask) | (va & mask);
			return true;
		}
		table = entry & PTE_ADDRESS;
	}
	return false;
}

bool paging_walk(const struct paging *p, uint64_t va, struct translation *t)
{
	if (p->enabled)
		return walk(p, va, t, false);
	*t = (struct translation){va, .writable = true, .user = true, .executable = true};
	return true;
}

/* In the table at `table` of `level`, whose first entry maps `base`. */
static bool find_user(const struct paging *p, uint64_t table, int level, uint64_t base,
                      uint64_t frame, uint64_t *va)
{
	int shift = 12 + 9 * level;
	uint64_t entries = level == LEVELS - 1 ? 256 : 512;

	for (uint64_t i = 0; i < entries; i++) {
		uint64_t from = base | i << shift;
		uint64_t entry;

		if (from + (1ull << shift) <= *va ||
		    !load_entry(p, table + i * sizeof(entry), &entry) ||
		    !(entry & PTE_PRESENT) || (level > 0 && (entry & PTE_LARGE)))
			continue;
		if (level > 0) {
			if (find_user(p, entry & PTE_ADDRESS, level - 1, from, frame, va))
				return true;
		} else if ((entry & PTE_ADDRESS) == frame) {
			*va = from;
			return true;
		}
	}
	return false;
}

bool paging_find_user(const struct paging *p, uint64_t frame, uint64_t *va)
{
	return p->enabled && find_user(p, p->cr3 & PTE_ADDRESS, LEVELS - 1, 0, frame, va);
}

bool paging_read(const struct paging *p, uint64_t va, void *buf, size_t n)
{
	uint8_t *to = buf;

	while (n > 0) {
		struct translation t;
		size_t part = PAGE_SIZE - va % PAGE_SIZE;

		if (part > n)
			part = n;
		if (!paging_walk(p, va, &t) || t.pa > p->ram_size - part)
			return false;
		memcpy(to, p->ram + t.pa, part);
		to += part;
		va += part;
		n -= part;
	}
	return true;
}

bool paging_write64(const struct paging *p, uint64_t va, uint64_t value)
{
	struct translation t;

	/* Looked at before it is marked: a refused write leaves no trace. */
	if (va % sizeof(value) || !p->enabled || !paging_walk(p, va, &t) || !t.writable ||
	    t.pa > p->ram_size - sizeof(value))
		return false;
	walk(p, va, &t, true);
	if (p->watch)
		watch_write(p->watch, t.pa);
	memcpy(p->ram + t.pa, &value, sizeof(value));
	return true;
}
