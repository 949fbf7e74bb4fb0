/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs in C from elsewhere, compiled for the guest with the host's compiler. */
#ifndef FORKSCOPE_TOOLS_PROGRAM_H
#define FORKSCOPE_TOOLS_PROGRAM_H

#include <stdbool.h>

#include "base/file.h"

/* Whether a program is named by its source: "my.c". */
bool program_is_source(const char *name);

/*
 * Compiles one source file against the libc under `user_dir` (share/forkscope/user), with
 * the headers and library of `personality` in front unless it is NULL or "native".  The
 * same source gives the same bytes, wherever it lies.  What the compiler says goes to
 * standard error as it is.
 *
 * `image` is to be freed with file_free().  ERR_FAILED where it does not compile,
 * ERR_FILE where the source or the libc is missing, ERR_USAGE for an unknown personality,
 * ERR_SYSTEM where there is no compiler.
 */
int program_compile(struct file *image, const char *source, const char *user_dir,
                    const char *personality);
/* The same program with symbols and lines, which do depend on where the source lies. */
int program_compile_symbols(struct file *image, const char *source, const char *user_dir,
                            const char *personality);

#endif
