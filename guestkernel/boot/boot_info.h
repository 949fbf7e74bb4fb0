/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loader told: memory, initrd and command line, copied out of its structures,
 * which are ordinary RAM afterwards.  Written once at boot, constant from then on.
 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include <stddef.h>
#include <stdint.h>

#define BOOT_RANGES_MAX 32
#define BOOT_ARGS_MAX 1024

/* Physical, [start, end). */
struct boot_range {
	uint64_t start;
	uint64_t end;
};

struct boot_info {
	struct boot_range ram[BOOT_RANGES_MAX]; /* below RAM_LIMIT, usable */
	int ram_ranges;
	struct boot_range initrd; /* empty where there is none */
	char command_line[4096];
};

extern struct boot_info boot_info;

/*
 * Fills boot_info from the PVH start info at `start_info` (physical).  Panics where it is
 * not one, names no memory, or has a command line that is too long.
 */
void boot_info_init(uint32_t start_info);

#endif
