/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forkscope-bench-bare PROGRAM CALLS ROUNDS [count]
 *
 * What the processor engine does without us: calls the function work(ROUNDS, seed) of the
 * guest program mix CALLS times, as mix's children do, in an engine that has no hooks, no
 * kernel and no devices.  Pages are mapped as the kernel maps them: code not writable,
 * data not executable.  With `count` it counts instructions instead, by a hook on each,
 * and prints how many one call of each seed took on average.
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "base/file.h"
#include "probe/symbols.h"

#define RAM_SIZE 0x800000u
#define PAGE 4096u
#define PML4 0x1000u
#define PDPT 0x2000u
#define PD 0x3000u
#define PT 0x4000u /* four of them: all RAM, virtual as physical */
#define STACK_TOP 0x7f0000u
#define RETURN_PAGE 0x300000u

#define PTE_PRESENT 0x1u
#define PTE_WRITE 0x2u
#define PTE_TABLE 0x7u /* present, writable, user */
#define PTE_NX (1ull << 63)

#define SEEDS 4 /* as mix has */

static uint8_t *ram;
static uint64_t counted;

static void put64(uint64_t at, uint64_t value)
{
	memcpy(ram + at, &value, sizeof(value));
}

static void map(uint64_t start, uint64_t size, uint64_t bits)
{
	for (uint64_t page = start & ~(uint64_t)(PAGE - 1); page < start + size;
	     page += PAGE)
		put64(PT + page / PAGE * 8, page | PTE_PRESENT | bits);
}

static void build_tables(void)
{
	put64(PML4, PDPT | PTE_TABLE);
	put64(PDPT, PD | PTE_TABLE);
	for (unsigned int i = 0; i < RAM_SIZE >> 21; i++)
		put64(PD + i * 8, (PT + i * PAGE) | PTE_TABLE);
	map(STACK_TOP - 0x40000, 0x40000, PTE_WRITE | PTE_NX);
	map(RETURN_PAGE, PAGE, 0);
	ram[RETURN_PAGE] = 0xf4; /* hlt: work() returns here and the engine stops */
}

static int load_program(const struct file *file)
{
	Elf64_Ehdr header;

	if (file->size < sizeof(header))
		return error_set(ERR_FILE, "%s: no program", file->path);
	memcpy(&header, file->data, sizeof(header));
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		uint64_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr s;

		if (at > file->size - sizeof(s))
			return error_set(ERR_FILE, "%s: truncated", file->path);
		memcpy(&s, file->data + at, sizeof(s));
		if (s.p_type != PT_LOAD)
			continue;
		if (s.p_vaddr < 0x400000 || s.p_vaddr > RAM_SIZE / 2 + 0x300000 ||
		    s.p_memsz > 0x80000 || s.p_filesz > s.p_memsz ||
		    s.p_offset > file->size || s.p_filesz > file->size - s.p_offset)
			return error_set(ERR_FILE, "%s: segment %u does not fit",
			                 file->path, i);
		memcpy(ram + s.p_vaddr, file->data + s.p_offset, s.p_filesz);
		map(s.p_vaddr, s.p_memsz,
		    (s.p_flags & PF_W ? PTE_WRITE : 0) | (s.p_flags & PF_X ? 0 : PTE_NX));
	}
	return 0;
}

static void set(uc_engine *uc, int reg, uint64_t value)
{
	uc_reg_write(uc, reg, &value);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	(void)uc;
	(void)address;
	(void)size;
	(void)ctx;
	counted++;
}

static int open_engine(uc_engine **uc, bool count)
{
	/* EFER: long mode enabled and active, no-execute. */
	uc_x86_msr efer = {.rid = 0xC0000080, .value = 0xd00};
	uc_hook hook;

	if (uc_open(UC_ARCH_X86, UC_MODE_64, uc) != UC_ERR_OK ||
	    uc_mem_map_ptr(*uc, 0, RAM_SIZE, UC_PROT_ALL, ram) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "the engine cannot be opened");
	if (count && uc_hook_add(*uc, &hook, UC_HOOK_CODE, (void *)(uintptr_t)on_code,
	                         NULL, 1, 0) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "the engine takes no hook");
	set(*uc, UC_X86_REG_CR3, PML4);
	set(*uc, UC_X86_REG_CR4, 0x220); /* PAE, OSFXSR */
	uc_reg_write(*uc, UC_X86_REG_MSR, &efer);
	set(*uc, UC_X86_REG_CR0, 0x80010011); /* PG, WP, ET, PE */
	return 0;
}

static int call(uc_engine *uc, uint64_t function, uint64_t rounds, uint64_t seed)
{
	uc_err err;

	put64(STACK_TOP - 64 - 8, RETURN_PAGE);
	set(uc, UC_X86_REG_RSP, STACK_TOP - 64 - 8);
	set(uc, UC_X86_REG_RDI, rounds);
	set(uc, UC_X86_REG_RSI, seed);
	err = uc_emu_start(uc, function, 0, 0, 0);
	if (err != UC_ERR_OK)
		return error_set(ERR_ENGINE, "the engine stopped: %s", uc_strerror(err));
	return 0;
}

static int run(const char *path, unsigned long calls, unsigned long rounds, bool count)
{
	struct symbols *symbols = NULL;
	uint64_t work, size;
	struct file file = {0};
	uc_engine *uc = NULL;
	int err = file_read(&file, path, 1u << 24);

	if (err == 0)
		err = load_program(&file);
	if (err == 0)
		err = symbols_open_memory(&symbols, file.data, file.size, path);
	if (err == 0 && !symbols_lookup(symbols, "work", &work, &size))
		err = error_set(ERR_FILE, "%s: no function work", path);
	if (err == 0)
		err = open_engine(&uc, count);
	for (unsigned long i = 0; i < calls && err == 0; i++)
		err = call(uc, work, rounds, i % SEEDS);
	if (uc != NULL)
		uc_close(uc);
	symbols_close(symbols);
	file_free(&file);
	return err;
}

int main(int argc, char **argv)
{
	bool count = argc == 5 && strcmp(argv[4], "count") == 0;
	unsigned long calls;
	int err;

	if (argc != 4 && !count) {
		fprintf(stderr,
		        "usage: forkscope-bench-bare PROGRAM CALLS ROUNDS [count]\n");
		return EXIT_USAGE;
	}
	ram = aligned_alloc(PAGE, RAM_SIZE);
	if (ram == NULL)
		return EXIT_FILE;
	memset(ram, 0, RAM_SIZE);
	build_tables();
	calls = strtoul(argv[2], NULL, 10);
	err = run(argv[1], calls, strtoul(argv[3], NULL, 10), count);
	if (err != 0)
		fprintf(stderr, "forkscope-bench-bare: %s\n", error_message());
	else if (count && calls > 0)
		printf("%" PRIu64 "\n", counted / calls);
	free(ram);
	return error_exit_status(err);
}
