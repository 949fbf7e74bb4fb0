/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel image: an ELF64 x86-64 executable with a PVH note, laid into guest RAM by
 * its physical addresses.
 *
 * Read by hand on the structures of <elf.h>, each copied out after a bounds check: three
 * small tables are wanted, and libelf promises nothing about files that are garbage.
 */
#ifndef FORKSCOPE_BOOT_ELF_H
#define FORKSCOPE_BOOT_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A kernel lies from here up; what is below belongs to the boot protocol. */
#define BOOT_KERNEL_BASE 0x100000u

struct boot_kernel {
	uint32_t entry; /* physical, from the note XEN_ELFNOTE_PHYS32_ENTRY */
	uint64_t start; /* physical addresses that the segments cover, */
	uint64_t end;   /* with what is only zeroed; `end` is the first byte after */
};

/* What boot_elf_load() checks of an image, but for the size of RAM. */
int boot_elf_check(const char *name, const void *image, size_t size);

/*
 * Checks `image` and copies its segments to `ram`, zeroing what the file does not fill.
 * `name` is the file as people call it, for messages.  ERR_FILE where the image is empty,
 * truncated, no ELF64 little-endian x86-64 executable, has no PVH note, or does not fit
 * between BOOT_KERNEL_BASE and `ram_size`; then `ram` is untouched.
 */
int boot_elf_load(uint8_t *ram, uint64_t ram_size, const char *name, const void *image,
                  size_t size, struct boot_kernel *kernel);

#endif
