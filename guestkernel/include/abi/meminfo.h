/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What meminfo() fills in. */
#ifndef ABI_MEMINFO_H
#define ABI_MEMINFO_H

#include <stdint.h>

struct meminfo {
	uint64_t frames_total; /* 4 KiB each, of those the kernel hands out */
	uint64_t frames_free;
	uint64_t heap_blocks; /* live kmalloc blocks */
	uint64_t heap_bytes;
	uint64_t processes;
};

#endif
