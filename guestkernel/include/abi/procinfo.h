/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What procinfo() fills in. */
#ifndef ABI_PROCINFO_H
#define ABI_PROCINFO_H

#include <stdint.h>

#define PROCINFO_NAME_SIZE 32

enum procinfo_state {
	PROCINFO_NEW,
	PROCINFO_READY,
	PROCINFO_RUNNING,
	PROCINFO_SLEEPING,
	PROCINFO_ZOMBIE, /* it has exited and is not reaped yet */
};

struct procinfo {
	int32_t pid;
	int32_t state; /* enum procinfo_state */
	char name[PROCINFO_NAME_SIZE];
	uint64_t page_faults; /* pages that came into being when they were touched */
};

#endif
