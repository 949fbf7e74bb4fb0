/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/pvh.h"

#include <inttypes.h>
#include <string.h>

#include "boot/initrd.h"

#define PAGE 4096u
/* The extended BIOS data area and what follows it up to 1 MiB is no RAM to use. */
#define LOW_RAM_END 0xa0000u
/* The IOAPIC; RAM that a larger machine has from here up is not in the map. */
#define RAM_TOP 0xfec00000u

#define START_MAGIC 0x336ec578u
#define MEMORY_RAM 1u
#define MEMORY_RESERVED 2u

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t modules;
	uint64_t module_list;
	uint64_t command_line;
	uint64_t rsdp;
	uint64_t memory_map;
	uint32_t memory_entries;
	uint32_t reserved;
};

struct module {
	uint64_t address;
	uint64_t size;
	uint64_t command_line;
	uint64_t reserved;
};

struct memory_entry {
	uint64_t address;
	uint64_t size;
	uint32_t type;
	uint32_t reserved;
};

_Static_assert(sizeof(struct start_info) == 56, "layout of hvm_start_info");
_Static_assert(sizeof(struct module) == 32, "layout of hvm_modlist_entry");
_Static_assert(sizeof(struct memory_entry) == 24, "layout of hvm_memmap_table_entry");

/* What lies at BOOT_START_INFO. */
struct start_page {
	struct start_info info;
	struct module initrd;
	struct memory_entry memory[3];
};

static int place_initrd(uint8_t *ram, uint64_t top, const struct boot_images *images,
                        struct boot_start *start)
{
	uint64_t at;
	int err;

	start->initrd_start = 0;
	if (images->initrd_name == NULL)
		return 0;
	err = boot_initrd_check(images->initrd_name, images->initrd, images->initrd_size);
	if (err != 0)
		return err;
	if (images->initrd_size > top - start->kernel.end)
		goto too_large;
	at = (top - images->initrd_size) & ~(uint64_t)(PAGE - 1);
	if (at < start->kernel.end)
		goto too_large;
	memcpy(ram + at, images->initrd, images->initrd_size);
	start->initrd_start = at;
	return 0;

too_large:
	return error_set(ERR_FILE,
	                 "%s: %zu bytes do not fit between the kernel and the end of RAM "
	                 "(%" PRIu64 " MiB); give more with --memory",
	                 images->initrd_name, images->initrd_size, top >> 20);
}

static struct memory_entry memory_range(uint64_t start, uint64_t end, uint32_t type)
{
	return (struct memory_entry){.address = start, .size = end - start, .type = type};
}

static void fill_start_page(uint8_t *ram, uint64_t top, const struct boot_images *images,
                            struct boot_start *start)
{
	struct start_page page = {0};

	page.info.magic = START_MAGIC;
	page.info.version = 1;
	page.info.command_line = BOOT_COMMAND_LINE;
	page.info.memory_map = BOOT_START_INFO + offsetof(struct start_page, memory);
	page.info.memory_entries = 3;
	page.memory[0] = memory_range(0, LOW_RAM_END, MEMORY_RAM);
	page.memory[1] = memory_range(LOW_RAM_END, BOOT_KERNEL_BASE, MEMORY_RESERVED);
	page.memory[2] = memory_range(BOOT_KERNEL_BASE, top, MEMORY_RAM);
	if (start->initrd_start != 0) {
		page.info.modules = 1;
		page.info.module_list =
			BOOT_START_INFO + offsetof(struct start_page, initrd);
		page.initrd.address = start->initrd_start;
		page.initrd.size = images->initrd_size;
	}
	memcpy(ram + BOOT_START_INFO, &page, sizeof(page));
}

int boot_pvh_load(uint8_t *ram, uint64_t ram_size, const struct boot_images *images,
                  struct boot_start *start)
{
	uint64_t top = ram_size < RAM_TOP ? ram_size : RAM_TOP;
	size_t length = strlen(images->command_line);
	int err;

	if (length >= BOOT_COMMAND_LINE_SIZE)
		return error_set(ERR_USAGE,
		                 "the kernel command line has %zu bytes, more than %u",
		                 length, BOOT_COMMAND_LINE_SIZE - 1);
	err = boot_elf_load(ram, top, images->kernel_name, images->kernel,
	                    images->kernel_size, &start->kernel);
	if (err == 0)
		err = place_initrd(ram, top, images, start);
	if (err != 0)
		return err;
	memcpy(ram + BOOT_COMMAND_LINE, images->command_line, length + 1);
	fill_start_page(ram, top, images, start);
	start->entry = start->kernel.entry;
	start->ebx = BOOT_START_INFO;
	return 0;
}
