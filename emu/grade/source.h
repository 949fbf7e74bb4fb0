/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A submission that is a folder: kernel files that replace those of the reference, built
 * into a kernel.
 *
 * Everything in the folder is from strangers.  Only regular files with names of the
 * kernel's tree are taken, and they are copied before anything reads them; the compiler
 * runs apart, with limits, and reads nothing else where confine.h can see to that.
 */
#ifndef FORKSCOPE_GRADE_SOURCE_H
#define FORKSCOPE_GRADE_SOURCE_H

#include <limits.h>

#include "base/error.h"
#include "trace/text.h"

/* One that differs from the reference's, or is new. */
struct source_file {
	char name[80]; /* "proc/exit.c" */
	bool is_new;
};

struct source {
	const char *reference; /* share/forkscope/kernel-src: sources, objects, flags */
	const char *work;      /* a folder of its own, for the build */
	struct source_file *files;
	size_t nfiles;
	bool headers;      /* one of them is a header: everything is to be compiled */
	struct text words; /* what the compiler had to say */
};

/*
 * Takes over `folder`: copies what replaces a file of the reference, or is new, to
 * `work`, which is made.  ERR_FAILED with a sentence where the folder holds what is not
 * allowed; ERR_SYSTEM, ERR_MEMORY.  To be freed with source_free() in any case.
 */
int source_take(struct source *s, const char *folder, const char *reference,
                const char *work);

/*
 * Builds the kernel into the file `output`.  ERR_FAILED with a sentence where it does not
 * compile or link; the compiler's words, bounded, are in `words` then.  ERR_SYSTEM.
 */
int source_build(struct source *s, const char *output);

/*
 * Makes the folders within `work` that a file of this name there lies in.  ERR_SYSTEM.
 */
int source_make_folders(const struct source *s, const char *name);

/* Frees, and removes `work`. */
void source_free(struct source *s);

/* Removes a folder with all that is in it; what is not there is fine. */
void source_remove_tree(const char *path);

#endif
