/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source files of the guest, found by the names that the compiler was given. */
#ifndef FORKSCOPE_PROBE_SOURCES_H
#define FORKSCOPE_PROBE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sources;

/*
 * `folders` are where to look, in order; then the folder of `program`, the source of one
 * in C, or NULL; then kernel-src beside `kernel`, the folders above that, nearest first,
 * since a build lies within its checkout, and the working directory.  All is borrowed.
 * ERR_MEMORY.
 */
int sources_create(struct sources **sources, const char *const *folders, size_t n,
                   const char *program, const char *kernel);
void sources_free(struct sources *sources); /* NULL is fine */

/*
 * Line `line`, from 1, without its end, and its length; NULL where there is no such file
 * or line.  Lives as long as `sources`.  The image that has the name need not be trusted:
 * only names of sources are looked for (.c, .h, .S, .s), none with "..", and one from the
 * root on only within `folders`.
 */
const char *sources_line(struct sources *sources, const char *file, int line,
                         size_t *length);

#endif
