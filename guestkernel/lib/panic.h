/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a kernel that can no longer trust itself: message, backtrace, power off with
 * status 255.  Assertions state preconditions and stay in every build.
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

#include "compiler.h"

struct trap_frame;

NORETURN void panic(const char *format, ...) PRINTF_LIKE(1, 2);

/* The same for a fault in kernel mode: also prints the registers of `tf`. */
NORETURN void panic_fault(const struct trap_frame *tf, const char *format, ...)
	PRINTF_LIKE(2, 3);

/* What each of them comes to, with the finished text. */
PROBED NORETURN void panic_stop(const char *text, const struct trap_frame *tf);

#define assert(condition)                                                                \
	((condition) ? (void)0                                                           \
	             : panic("assertion failed: %s (%s:%d)", #condition, __FILE__,       \
	                     __LINE__))

#endif
