/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time as nanosleep() and __time() take it: 1 guest nanosecond is 1 instruction. */
#ifndef ABI_TIME_H
#define ABI_TIME_H

#include <stdint.h>

struct timespec {
	int64_t tv_sec;
	int64_t tv_nsec; /* 0 to 999999999 */
};

#endif
