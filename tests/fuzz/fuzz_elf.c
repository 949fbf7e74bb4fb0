/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF loader on any bytes.  What it accepts must lie in RAM and start in RAM; the
 * sanitizers see a read or write outside.
 */
#include <stdlib.h>
#include <string.h>

#include "boot/elf.h"

#define RAM_SIZE (2u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *ram;
	struct boot_kernel kernel;

	if (ram == NULL)
		ram = malloc(RAM_SIZE);
	if (ram == NULL)
		abort();
	if (boot_elf_load(ram, RAM_SIZE, "fuzz", data, size, &kernel) != 0)
		return 0;
	BUG_ON(kernel.start < BOOT_KERNEL_BASE || kernel.start >= kernel.end);
	BUG_ON(kernel.end > RAM_SIZE);
	BUG_ON(kernel.entry < kernel.start || kernel.entry >= kernel.end);
	return 0;
}
