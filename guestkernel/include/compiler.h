/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and small macros that every part uses. */
#ifndef COMPILER_H
#define COMPILER_H

#include <stddef.h>
#include <stdint.h>

/*
 * A function a debugger may stop at: always a function of its own, with its parameters in
 * the registers the ABI says.
 */
#ifdef __clang__
#define PROBED __attribute__((noinline, used))
#else
#define PROBED __attribute__((noipa))
#endif

#define NORETURN __attribute__((noreturn))
#define PACKED __attribute__((packed))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

/* `to` must be a power of two. */
#define ALIGN_DOWN(x, to) ((x) & ~((uint64_t)(to) - 1))
#define ALIGN_UP(x, to) ALIGN_DOWN((x) + (uint64_t)(to) - 1, to)

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
