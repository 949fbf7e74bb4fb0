/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings kept once: equal strings are the same pointer.  Also plain memory with the same
 * lifetime.  Everything is freed together.
 */
#ifndef FORKSCOPE_TRACE_STRINGS_H
#define FORKSCOPE_TRACE_STRINGS_H

#include <stddef.h>

struct strings;

/* NULL where memory is short, as with the functions below. */
struct strings *strings_create(void);
void strings_free(struct strings *s);

/* A copy with a NUL after its `n` bytes. */
const char *strings_intern(struct strings *s, const char *bytes, size_t n);
/* `n` bytes, aligned for any type, not cleared. */
void *strings_memory(struct strings *s, size_t n);

#endif
