/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the engine keeps what its interface does not show.
 *
 * Unicorn has no call for the privilege level, the interrupt shadow, or the error code of
 * an exception; they lie in a saved context (struct uc_context), at offsets that differ
 * between versions.  layout_find() learns them by experiment: it runs a few instructions
 * in rings 0 and 3 and compares saved contexts, then confirms what it found by putting a
 * ring-3 context into ring 0 and running privileged code.
 */
#ifndef FORKSCOPE_CPU_LAYOUT_H
#define FORKSCOPE_CPU_LAYOUT_H

#include <stddef.h>

/* Indices of 32-bit words in a saved context. */
struct layout {
	size_t hflags;        /* bits 0-1: privilege level; bit 3: interrupt shadow */
	size_t old_exception; /* -1, or the exception being delivered (for #DF) */
	size_t error_code;    /* of the last exception */
	size_t is_int;        /* 1: the last exception was an INT instruction */
};

#define LAYOUT_HF_CPL 3u
#define LAYOUT_HF_SHADOW 8u

/*
 * The layout of the engine in this process; the experiment runs at the first call only.
 * ERR_ENGINE where it does not come out.
 */
int layout_find(const struct layout **layout);

#endif
