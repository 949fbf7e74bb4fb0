/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols and lines of the guest's programs, by their path in the guest: from the initrd
 * itself where the program there has them, else from the program in C or from debug/NAME
 * beside the kernel or the initrd, if that is the same program before it was stripped.
 */
#ifndef FORKSCOPE_INSPECT_PROGRAMS_H
#define FORKSCOPE_INSPECT_PROGRAMS_H

#include "probe/symbols.h"
#include "sched/images.h"

struct programs;

/* What a guest boots. */
struct program_images {
	const struct images *boot;
	const struct file
		*program; /* in C, with its symbols; its data is NULL for none */
};

/* ERR_MEMORY.  The images are borrowed. */
int programs_create(struct programs **programs, const struct program_images *images);
void programs_free(struct programs *programs); /* NULL is fine */

/* NULL where none are found; owned by `programs`. */
const struct symbols *programs_symbols(struct programs *programs, const char *path);

#endif
