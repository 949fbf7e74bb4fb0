/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols and source lines of an ELF image, the kernel's or a program's.
 *
 * The image is not trusted: a wrong one gives an error or fewer names, never a crash, and
 * no name has control characters.  An image without DWARF still has its functions, just
 * no lines and no types.
 */
#ifndef FORKSCOPE_PROBE_SYMBOLS_H
#define FORKSCOPE_PROBE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct symbols;
struct Dwarf; /* libdw's */

/* Reads an ELF64 x86-64 file.  ERR_FILE with `path` in the message; ERR_MEMORY. */
int symbols_open(struct symbols **s, const char *path);
/* The same from memory, which is copied; `name` is what messages call it. */
int symbols_open_memory(struct symbols **s, const void *image, size_t size,
                        const char *name);
void symbols_close(struct symbols *s); /* NULL is fine */

const char *symbols_name(const struct symbols *s);
/* The debugging information, for types.c; NULL where the image has none. */
struct Dwarf *symbols_dwarf(const struct symbols *s);

/*
 * The function that holds `address`, and how far into it that is; NULL where none does.
 */
const char *symbols_function(const struct symbols *s, uint64_t address, uint64_t *offset);
/* Address and size of the function or object called `name`; false where there is none. */
bool symbols_lookup(const struct symbols *s, const char *name, uint64_t *address,
                    uint64_t *size);
/*
 * A copy of function `name` that the compiler made and may call in its stead, such as
 * "NAME.constprop.0"; NULL where there is none.
 */
const char *symbols_clone(const struct symbols *s, const char *name);
/*
 * "function+0x12" ("function" at its start) in `text` of `size` bytes; false, with an
 * empty text, where no function holds the address.
 */
bool symbols_describe(const struct symbols *s, uint64_t address, char *text, size_t size);
/* The variable that holds `address`, as symbols_function().  Not for hot paths. */
const char *symbols_object(const struct symbols *s, uint64_t address, uint64_t *offset);
/* Where the image is loaded: the physical address of a virtual one in it. */
bool symbols_physical(const struct symbols *s, uint64_t address, uint64_t *pa);
/*
 * Addresses of the code of the compilation unit that holds `address`, up to `max` pieces;
 * returns how many, 0 where the image does not say.  Not for hot paths.
 */
struct symbols_range {
	uint64_t start, end; /* the first after it */
};
size_t symbols_unit(const struct symbols *s, uint64_t address,
                    struct symbols_range *ranges, size_t max);
/*
 * Source file, relative as the compiler was told it, and line of an address; NULL where
 * the line table says nothing.  Not for hot paths.
 */
const char *symbols_line(const struct symbols *s, uint64_t address, int *line);

#endif
