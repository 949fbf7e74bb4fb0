/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/boot_info.h"

#include "compiler.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/layout.h"

#define PVH_MAGIC 0x336ec578
#define PVH_MEMORY_RAM 1

/* The layouts are Xen's (public/arch-x86/hvm/start_info.h). */
struct pvh_start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
	uint64_t memmap_paddr; /* from version 1 */
	uint32_t memmap_entries;
	uint32_t reserved;
};

struct pvh_module {
	uint64_t paddr;
	uint64_t size;
	uint64_t cmdline_paddr;
	uint64_t reserved;
};

struct pvh_memory {
	uint64_t addr;
	uint64_t size;
	uint32_t type;
	uint32_t reserved;
};

struct boot_info boot_info;

static void check_place(uint64_t pa, uint64_t limit, const char *what)
{
	if (pa == 0 || pa >= limit)
		panic("boot: %s lies at %lx, not below %lx", what, pa, (uint64_t)limit);
}

static const void *boot_pointer(uint64_t pa, const char *what)
{
	check_place(pa, BOOT_MAP_LIMIT, what);
	return phys_to_virt(pa);
}

static void read_memory_map(const struct pvh_start_info *info)
{
	const struct pvh_memory *map = boot_pointer(info->memmap_paddr, "the memory map");

	for (uint32_t i = 0; i < info->memmap_entries; i++) {
		struct boot_range r = {map[i].addr, map[i].addr + map[i].size};

		if (map[i].type != PVH_MEMORY_RAM)
			continue;
		r.start = ALIGN_UP(r.start, PAGE_SIZE);
		r.end = ALIGN_DOWN(MIN(r.end, RAM_LIMIT), PAGE_SIZE);
		if (r.start >= r.end || boot_info.ram_ranges == BOOT_RANGES_MAX)
			continue;
		boot_info.ram[boot_info.ram_ranges++] = r;
	}
	if (boot_info.ram_ranges == 0)
		panic("boot: the loader names no memory");
}

void boot_info_init(uint32_t start_info)
{
	const struct pvh_start_info *info = boot_pointer(start_info, "the start info");

	if (info->magic != PVH_MAGIC || info->version < 1)
		panic("boot: no PVH start info of version 1 at %x", start_info);
	read_memory_map(info);

	if (info->nr_modules > 0) {
		const struct pvh_module *m =
			boot_pointer(info->modlist_paddr, "module list");

		if (m->size > 0) {
			check_place(m->paddr, RAM_LIMIT, "the initrd");
			check_place(m->paddr + m->size - 1, RAM_LIMIT,
			            "the initrd's end");
			boot_info.initrd =
				(struct boot_range){m->paddr, m->paddr + m->size};
		}
	}
	if (info->cmdline_paddr != 0) {
		const char *line = boot_pointer(info->cmdline_paddr, "the command line");

		if (strlen(line) >= sizeof(boot_info.command_line))
			panic("boot: command line of more than %zu characters",
			      sizeof(boot_info.command_line) - 1);
		string_copy(boot_info.command_line, line, sizeof(boot_info.command_line));
	}
}
