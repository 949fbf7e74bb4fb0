/* SPDX-License-Identifier: GPL-2.0-or-later */
/* isa-debug-exit at port 0xF4: a 32-bit write powers the machine off with that status. */
#ifndef DEV_DEBUGEXIT_H
#define DEV_DEBUGEXIT_H

#include <stdint.h>

#include "x86.h"

#define DEBUGEXIT_PORT 0xf4

static inline void debugexit_write(uint32_t status)
{
	x86_outl(DEBUGEXIT_PORT, status);
}

#endif
