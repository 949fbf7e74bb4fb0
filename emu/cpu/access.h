/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORKSCOPE_CPU_ACCESS_H
#define FORKSCOPE_CPU_ACCESS_H

#include <stdint.h>

enum machine_access_flag {
	MACHINE_ACCESS_WRITE = 1,
	MACHINE_ACCESS_USER = 2, /* by ring 3 */
	/*
	 * No interrupt could be taken since `icount`: all that happens until it can again
	 * is one step.
	 */
	MACHINE_ACCESS_ATOMIC = 4,
	MACHINE_ACCESS_PORT = 8, /* an IN or OUT; `pa` is the port */
};

/* One access of a guest instruction to RAM or a port. */
struct machine_access {
	uint64_t rip;
	uint64_t icount; /* retired before the instruction, or before the step */
	uint32_t pa;
	uint8_t size; /* bytes */
	uint8_t flags;
};

#endif
