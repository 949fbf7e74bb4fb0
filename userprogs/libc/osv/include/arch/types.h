/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSV_ARCH_TYPES_H
#define OSV_ARCH_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint32_t fmode_t;
typedef int64_t sysret_t;
typedef uintptr_t vaddr_t;
typedef uintptr_t paddr_t;

#endif
