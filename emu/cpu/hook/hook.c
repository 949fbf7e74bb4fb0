/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fast way of the hook on blocks: every block of the guest comes through here.
 *
 * It is a shared library of its own because of where that is loaded.  The engine's
 * translations call directly what lies within 2 GiB of them, as libraries do, and
 * anything further away, as the program itself, through a pointer: that costs a run 3 %
 * more.
 */
#include "cpu/internal.h"

/*
 * Each instruction here is paid for at every block: two more cost a run 10 %.  So the
 * address of the entry is computed once, in bytes; one stamp is compared; and the slow
 * way is jumped to and takes what is in the registers already.  Aligned, to lie in one
 * cache line.
 */
__attribute__((aligned(64))) void blocks_on_block(uc_engine *uc, uint64_t pc,
                                                  uint32_t size, void *opaque)
{
	struct cpu *cpu = opaque;
	struct block *b =
		(struct block *)((unsigned char *)cpu->blocks + block_offset(pc));
	uint32_t tag = cpu->half_stamp | size;

	/* Keeps the compiler from computing it again for each use. */
	__asm__("" : "+r"(b));
	if (CPU_LIKELY(b->pc == pc && b->tag == tag)) {
		uint64_t after = cpu->icount + b->count;

		if (CPU_LIKELY(after <= cpu->fast_limit)) {
			cpu->icount = after;
			cpu->block = b;
			return;
		}
	}
	cpu->slow_block(uc, pc, tag, cpu);
}
