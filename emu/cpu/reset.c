/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the engine's 64-bit mode to flat 32-bit protected mode without paging, where a
 * PVH kernel begins.  The interface can set no segment caches, so a few instructions do
 * it, in memory of our own at the top of the first 4 GiB, where a PC has its ROM.  They
 * count for nothing, and nothing of them remains.
 */
#include "cpu/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define ROM_BASE 0xFFFF0000ull
#define ROM_SIZE 0x10000u
#define ROM_FAR_RETURN 0x0000u
#define ROM_CODE32 0x0010u
#define ROM_PML4 0x1000u
#define ROM_PDPT 0x2000u
#define ROM_GDT 0x3000u
#define ROM_STACK 0x4000u

#define SELECTOR_CODE32 0x08u
#define SELECTOR_DATA32 0x10u

#define CR0_LONG 0x80000011ull
#define CR4_PAE 0x20ull
#define EFER_LONG 0x500ull

static const uint8_t code32[] = {
	0x66, 0xb8, 0x10, 0x00,       /* mov ax, SELECTOR_DATA32 */
	0x8e, 0xd8, 0x8e, 0xc0,       /* mov ds, ax; mov es, ax */
	0x8e, 0xe0, 0x8e, 0xe8,       /* mov fs, ax; mov gs, ax */
	0x8e, 0xd0,                   /* mov ss, ax */
	0xb8, 0x11, 0x00, 0x00, 0x00, /* mov eax, PE | ET */
	0x0f, 0x22, 0xc0,             /* mov cr0, eax: paging off */
	0xb9, 0x80, 0x00, 0x00, 0xc0, /* mov ecx, EFER */
	0x31, 0xc0, 0x31, 0xd2,       /* xor eax, eax; xor edx, edx */
	0x0f, 0x30,                   /* wrmsr */
	0x0f, 0x22, 0xe0,             /* mov cr4, eax */
	0x0f, 0x22, 0xd8,             /* mov cr3, eax */
	0x31, 0xc9, 0x31, 0xe4,       /* xor ecx, ecx; xor esp, esp */
	0xf4,                         /* hlt */
};

static void put64(uint8_t *rom, uint32_t at, uint64_t value)
{
	memcpy(rom + at, &value, sizeof(value));
}

static void fill_rom(uint8_t *rom)
{
	memset(rom, 0, ROM_SIZE);
	memcpy(rom + ROM_FAR_RETURN, "\x48\xcb", 2); /* retfq */
	memcpy(rom + ROM_CODE32, code32, sizeof(code32));
	put64(rom, ROM_PML4, (ROM_BASE + ROM_PDPT) | 3);
	put64(rom, ROM_PDPT + 3 * 8, 0xC0000000ull | 0x83); /* the fourth GiB, identity */
	put64(rom, ROM_GDT + SELECTOR_CODE32, 0x00cf9b000000ffff);
	put64(rom, ROM_GDT + SELECTOR_DATA32, 0x00cf93000000ffff);
	put64(rom, ROM_STACK, ROM_BASE + ROM_CODE32);
	put64(rom, ROM_STACK + 8, SELECTOR_CODE32);
}

static void set_register(struct cpu *cpu, int reg, uint64_t value)
{
	uc_reg_write(cpu->uc, reg, &value);
}

static bool run_rom(struct cpu *cpu)
{
	uc_x86_mmr gdt = {.base = ROM_BASE + ROM_GDT, .limit = 0x17};
	uc_x86_msr efer = {.rid = 0xC0000080, .value = EFER_LONG};
	uc_err err;

	set_register(cpu, UC_X86_REG_CR3, ROM_BASE + ROM_PML4);
	set_register(cpu, UC_X86_REG_CR4, CR4_PAE);
	uc_reg_write(cpu->uc, UC_X86_REG_MSR, &efer);
	set_register(cpu, UC_X86_REG_CR0, CR0_LONG);
	uc_reg_write(cpu->uc, UC_X86_REG_GDTR, &gdt);
	set_register(cpu, UC_X86_REG_RSP, ROM_BASE + ROM_STACK);
	set_register(cpu, UC_X86_REG_RFLAGS, 2);

	cpu->stepping = true; /* not counted */
	cpu->fast_limit = 0;
	cpu->event = EVENT_NONE;
	err = uc_emu_start(cpu->uc, ROM_BASE + ROM_FAR_RETURN, 0, 0, 0);
	cpu->stepping = false;
	return err == UC_ERR_OK && cpu->event == EVENT_NONE;
}

int cpu_reset(struct cpu *cpu, uint32_t entry, uint32_t ebx)
{
	uint8_t *rom = aligned_alloc(4096, ROM_SIZE);
	uc_x86_mmr no_table = {0};
	bool done;

	if (!rom)
		return error_set(ERR_MEMORY, "out of memory");
	fill_rom(rom);
	done = uc_mem_map_ptr(cpu->uc, ROM_BASE, ROM_SIZE, UC_PROT_ALL, rom) ==
	               UC_ERR_OK &&
	       run_rom(cpu);
	done &= uc_mem_unmap(cpu->uc, ROM_BASE, ROM_SIZE) == UC_ERR_OK;
	free(rom);
	if (!done)
		return error_set(ERR_ENGINE,
		                 "Unicorn cannot leave long mode; forkscope needs "
		                 "2.1.4 or a later 2.x");
	uc_reg_write(cpu->uc, UC_X86_REG_GDTR, &no_table);
	uc_reg_write(cpu->uc, UC_X86_REG_IDTR, &no_table);
	set_register(cpu, UC_X86_REG_RFLAGS, 2);
	set_register(cpu, UC_X86_REG_RBX, ebx);
	set_register(cpu, UC_X86_REG_RIP, entry);
	cpu->icount = 0;
	cpu->block = NULL;
	cpu->resumed_at = UINT64_MAX;
	return 0;
}
