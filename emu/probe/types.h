/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C types of an image, from its DWARF.
 *
 * A type is named by a number, the offset of its entry; TYPE_VOID is none.  Typedefs and
 * qualifiers are looked through, and a structure that a file only declares is taken from
 * the file that defines it.
 */
#ifndef FORKSCOPE_PROBE_TYPES_H
#define FORKSCOPE_PROBE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/symbols.h"

struct types;

#define TYPE_VOID 0

enum type_kind {
	TYPE_OTHER, /* floating point, functions, and what cannot be understood */
	TYPE_INTEGER,
	TYPE_ENUM,
	TYPE_POINTER,
	TYPE_ARRAY,
	TYPE_STRUCT, /* and union */
};

struct type_info {
	enum type_kind kind;
	uint64_t type;   /* the type itself, without typedefs and qualifiers */
	uint64_t size;   /* bytes; 0 where unknown */
	bool is_signed;  /* of an integer or enum */
	uint64_t target; /* what a pointer points to, what an array consists of */
};

/* ERR_FILE where the image has no DWARF; ERR_MEMORY.  Borrows `s`. */
int types_create(struct types **t, const struct symbols *s);
void types_destroy(struct types *t); /* NULL is fine */

void types_info(const struct types *t, uint64_t type, struct type_info *info);
/* "struct thread", "unsigned int *"..., for messages. */
void types_describe(const struct types *t, uint64_t type, char *text, size_t size);

/* False where the image has no such thing with debugging information. */
bool types_variable(const struct types *t, const char *name, uint64_t *type);
bool types_struct(const struct types *t, const char *tag, uint64_t *type);
bool types_function(const struct types *t, const char *name, uint64_t *function);

/* Parameter `n` of a function, counting from 0; false where it has fewer. */
bool types_parameter(const struct types *t, uint64_t function, int n, uint64_t *type);
uint64_t types_return(const struct types *t, uint64_t function);

struct type_field {
	uint64_t offset; /* bytes from the start of the outer structure */
	uint64_t type;
	bool bits; /* a bit field, which has no address */
};

/* A field of a structure or union, also of an unnamed one inside it. */
bool types_field(const struct types *t, uint64_t type, const char *name,
                 struct type_field *field);

/* The value of a name, in the enum `type` or, with TYPE_VOID, in any. */
bool types_enumerator(const struct types *t, uint64_t type, const char *name,
                      int64_t *value);

#endif
