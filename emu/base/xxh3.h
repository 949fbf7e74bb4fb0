/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xxHash, whose library may have its loops in several widths: the widest is chosen. */
#ifndef FORKSCOPE_BASE_XXH3_H
#define FORKSCOPE_BASE_XXH3_H

#include <xxhash.h>

#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

#endif
