/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PVH boot protocol, as `qemu -kernel` does it: the kernel's segments, the initrd at
 * the top of RAM, and below 1 MiB what EBX points to, struct hvm_start_info version 1
 * with its module list, memory map and command line.
 */
#ifndef FORKSCOPE_BOOT_PVH_H
#define FORKSCOPE_BOOT_PVH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "boot/elf.h"

#define BOOT_START_INFO 0x9000u        /* physical, where EBX points */
#define BOOT_COMMAND_LINE 0x20000u     /* physical */
#define BOOT_COMMAND_LINE_SIZE 0x1000u /* with the final NUL */

/* What is to be booted; all borrowed for the call.  Names are for messages. */
struct boot_images {
	const char *kernel_name;
	const void *kernel;
	size_t kernel_size;
	const char *initrd_name; /* NULL without an initrd */
	const void *initrd;
	size_t initrd_size;
	const char *command_line;
};

/* Where the guest starts, for machine_reset(). */
struct boot_start {
	uint32_t entry;
	uint32_t ebx;
	struct boot_kernel kernel;
	uint64_t initrd_start; /* physical; 0 without an initrd */
};

/*
 * Checks all images and lays them into RAM, `ram_size` bytes from physical 0, which must
 * be zeroed.  ERR_FILE for a kernel or initrd that is broken or does not fit, ERR_USAGE
 * for a command line of BOOT_COMMAND_LINE_SIZE bytes or more; then RAM is untouched but
 * for the kernel.
 */
int boot_pvh_load(uint8_t *ram, uint64_t ram_size, const struct boot_images *images,
                  struct boot_start *start);

#endif
