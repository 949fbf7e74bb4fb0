/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSV_LIB_STDDEF_H
#define OSV_LIB_STDDEF_H

#include <stddef.h>

#define True 1
#define False 0

#define offset_of(type, member) offsetof(type, member)
#define retrieve_struct(address, type, member)                                           \
	((type *)(void *)((char *)(address) - offsetof(type, member)))
#define NELEM(array) (sizeof(array) / sizeof((array)[0]))
#define min(a, b) ((a) < (b) ? (a) : (b))

#endif
