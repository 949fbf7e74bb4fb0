/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
#define assert(e) ((e) ? (void)0 : __assert_fail(#e, __FILE__, __LINE__, __func__))
#endif

#ifndef _ASSERT_H
#define _ASSERT_H

#define static_assert _Static_assert

/* Says on standard error what does not hold, and aborts. */
_Noreturn void __assert_fail(const char *expr, const char *file, int line,
                             const char *func);

#endif
