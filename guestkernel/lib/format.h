/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatted text: %s %c %d %u %x %p %%, with l, ll or z before d, u and x, and a width
 * that pads with blanks, or with zeros where it begins with 0.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include "compiler.h"

/* Writes at most `size` bytes with the final NUL; returns the length it would have. */
size_t format_text(char *buf, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
size_t format_args(char *buf, size_t size, const char *format, va_list args);

/* One message to the console; at most 255 characters of it. */
void kprintf(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
