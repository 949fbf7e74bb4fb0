/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSV_LIB_MALLOC_H
#define OSV_LIB_MALLOC_H

#include <arch/types.h>
#include <lib/stddef.h>

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void free(void *p);

#endif
