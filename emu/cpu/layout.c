/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/layout.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "base/error.h"

/* The laboratory: 64 KiB, virtual = physical, one page a purpose. */
#define LAB_SIZE 0x10000u
#define LAB_CODE 0x0000u
#define LAB_PML4 0x1000u
#define LAB_PDPT 0x2000u
#define LAB_PD 0x3000u
#define LAB_PT 0x4000u
#define LAB_USER 0x5000u       /* data that ring 3 may touch */
#define LAB_SUPERVISOR 0x6000u /* data that it may not */
#define LAB_GDT 0x8000u
#define LAB_STACK 0x9000u
#define LAB_ABSENT 0xC000u

/* Code of the experiments; each ends in HLT. */
#define CODE_RETFQ 0x00u
#define CODE_PRIVILEGED 0x10u
#define CODE_IRETQ 0x20u
#define CODE_STORE 0x30u
#define CODE_INT 0x40u
#define CODE_LOAD 0x50u

#define INT_VECTOR 0x40u
#define PTE_USER 0x67ull       /* present, writable, user, accessed, dirty */
#define PTE_SUPERVISOR 0x63ull /* the same without user */
#define MSR_EFER 0xC0000080u
#define EFER_LONG 0xD01ull /* NXE, LMA, LME, SCE */
#define CR0_LONG 0x80010033ull
#define CR4_PAE 0x20ull

#define CANDIDATES_MAX 64

struct lab {
	uc_engine *uc;
	uc_context *context;
	uint32_t *words; /* the context, seen as words */
	size_t nwords;
	uint8_t *memory;
	int exceptions;
	uint32_t vector;
	/* Contexts after: ring 0; #GP in ring 3; #PF of a user load; of a kernel store;
	 * INT. */
	uint32_t *ring0, *ring3, *user_load, *kernel_store, *interrupt;
};

static void on_exception(uc_engine *uc, uint32_t vector, void *opaque)
{
	struct lab *lab = opaque;

	lab->exceptions++;
	lab->vector = vector;
	uc_emu_stop(uc);
}

static void put64(struct lab *lab, uint32_t at, uint64_t value)
{
	memcpy(lab->memory + at, &value, sizeof(value));
}

static void put_code(struct lab *lab, uint32_t at, const char *bytes)
{
	memcpy(lab->memory + LAB_CODE + at, bytes, strlen(bytes));
}

static void fill_memory(struct lab *lab)
{
	put64(lab, LAB_PML4, LAB_PDPT | PTE_USER);
	put64(lab, LAB_PDPT, LAB_PD | PTE_USER);
	put64(lab, LAB_PD, LAB_PT | PTE_USER);
	for (uint32_t page = 0; page < LAB_SIZE; page += 0x1000) {
		bool supervisor = page == LAB_SUPERVISOR || page == LAB_GDT;

		put64(lab, LAB_PT + page / 0x1000 * 8,
		      page | (supervisor ? PTE_SUPERVISOR : PTE_USER));
	}
	put64(lab, LAB_PT + LAB_ABSENT / 0x1000 * 8, 0);
	put64(lab, LAB_GDT + 0x08, 0x00af9a000000ffff); /* ring 0 code */
	put64(lab, LAB_GDT + 0x10, 0x00cf92000000ffff); /* ring 0 data */
	put64(lab, LAB_GDT + 0x18, 0x00cff2000000ffff); /* ring 3 data */
	put64(lab, LAB_GDT + 0x20, 0x00affa000000ffff); /* ring 3 code */

	put_code(lab, CODE_RETFQ, "\x48\xcb");
	put_code(lab, CODE_PRIVILEGED, "\xfa\xfa\xf4");
	put_code(lab, CODE_IRETQ, "\x48\xcf");
	put_code(lab, CODE_STORE, "\x48\x89\x18\xf4"); /* mov [rax], rbx */
	put_code(lab, CODE_INT, "\xcd\x40\xf4");
	put_code(lab, CODE_LOAD, "\x48\x8b\x18\xf4"); /* mov rbx, [rax] */
}

static void set_register(struct lab *lab, int reg, uint64_t value)
{
	uc_reg_write(lab->uc, reg, &value);
}

/* Runs from `at` until HLT or an exception; false where the engine failed. */
static bool run(struct lab *lab, uint32_t at)
{
	lab->exceptions = 0;
	return uc_emu_start(lab->uc, LAB_CODE + at, 0, 0, 0) == UC_ERR_OK;
}

static bool expect_exception(struct lab *lab, uint32_t at, uint32_t vector)
{
	return run(lab, at) && lab->exceptions == 1 && lab->vector == vector;
}

static void save(struct lab *lab, uint32_t *to)
{
	uc_context_save(lab->uc, lab->context);
	memcpy(to, lab->words, lab->nwords * sizeof(*to));
}

static void load(struct lab *lab, const uint32_t *from)
{
	memcpy(lab->words, from, lab->nwords * sizeof(*from));
	uc_context_restore(lab->uc, lab->context);
}

static bool enter_long_mode(struct lab *lab)
{
	uc_x86_msr efer = {.rid = MSR_EFER, .value = EFER_LONG};
	uc_x86_mmr gdt = {.base = LAB_GDT, .limit = 0x27};

	set_register(lab, UC_X86_REG_CR3, LAB_PML4);
	set_register(lab, UC_X86_REG_CR4, CR4_PAE);
	uc_reg_write(lab->uc, UC_X86_REG_MSR, &efer);
	set_register(lab, UC_X86_REG_CR0, CR0_LONG);
	uc_reg_write(lab->uc, UC_X86_REG_GDTR, &gdt);

	put64(lab, LAB_STACK + 0xf00, CODE_PRIVILEGED);
	put64(lab, LAB_STACK + 0xf08, 0x08);
	set_register(lab, UC_X86_REG_RSP, LAB_STACK + 0xf00);
	set_register(lab, UC_X86_REG_RFLAGS, 2);
	return run(lab, CODE_RETFQ) && lab->exceptions == 0;
}

/* IRETQ to ring 3 at a load of user data; the HLT after it is #GP(0) there. */
static bool enter_ring3(struct lab *lab)
{
	uint32_t frame = LAB_STACK + 0xe00;

	put64(lab, frame, LAB_CODE + CODE_LOAD);
	put64(lab, frame + 8, 0x23);
	put64(lab, frame + 16, 2);
	put64(lab, frame + 24, LAB_STACK + 0xd00);
	put64(lab, frame + 32, 0x1b);
	set_register(lab, UC_X86_REG_RSP, frame);
	set_register(lab, UC_X86_REG_RAX, LAB_USER);
	return expect_exception(lab, CODE_IRETQ, 13);
}

/* True where word `w` behaves as hflags: cleared, ring 3 becomes ring 0, and set, back */
static bool confirm_hflags(struct lab *lab, size_t w, size_t old_exception)
{
	load(lab, lab->ring3);
	lab->words[w] &= ~LAYOUT_HF_CPL;
	lab->words[old_exception] = (uint32_t)-1;
	uc_context_restore(lab->uc, lab->context);
	set_register(lab, UC_X86_REG_RAX, LAB_SUPERVISOR);
	if (!run(lab, CODE_LOAD) || lab->exceptions != 0)
		return false;
	if (!run(lab, CODE_PRIVILEGED) || lab->exceptions != 0)
		return false;

	uc_context_save(lab->uc, lab->context);
	lab->words[w] |= LAYOUT_HF_CPL;
	lab->words[old_exception] = (uint32_t)-1;
	uc_context_restore(lab->uc, lab->context);
	if (!expect_exception(lab, CODE_LOAD, 14))
		return false;
	save(lab, lab->user_load);
	return true;
}

static bool find_old_exception(const struct lab *lab, struct layout *layout)
{
	size_t found = 0;

	for (size_t w = 0; w < lab->nwords; w++) {
		if (lab->ring0[w] == (uint32_t)-1 && lab->ring3[w] == 13) {
			layout->old_exception = w;
			found++;
		}
	}
	return found == 1;
}

static bool find_hflags(struct lab *lab, struct layout *layout)
{
	size_t candidates[CANDIDATES_MAX];
	size_t n = 0;

	for (size_t w = 0; w < lab->nwords && n < CANDIDATES_MAX; w++) {
		if (lab->ring0[w] != 0 && (lab->ring0[w] & LAYOUT_HF_CPL) == 0 &&
		    (lab->ring3[w] & LAYOUT_HF_CPL) == 3)
			candidates[n++] = w;
	}
	for (size_t i = 0; i < n; i++) {
		if (confirm_hflags(lab, candidates[i], layout->old_exception)) {
			layout->hflags = candidates[i];
			return true;
		}
	}
	return false;
}

static void load_ring0(struct lab *lab, const struct layout *layout)
{
	memcpy(lab->words, lab->ring0, lab->nwords * sizeof(*lab->words));
	lab->words[layout->old_exception] = (uint32_t)-1;
	uc_context_restore(lab->uc, lab->context);
}

/* #PF error codes tell the word: 5 for the user's load, 2 for the kernel's store. */
static bool find_error_code(struct lab *lab, struct layout *layout)
{
	size_t found = 0;

	load_ring0(lab, layout);
	set_register(lab, UC_X86_REG_RAX, LAB_ABSENT);
	if (!expect_exception(lab, CODE_STORE, 14))
		return false;
	save(lab, lab->kernel_store);
	for (size_t w = 0; w < lab->nwords; w++) {
		if (lab->user_load[w] == 5 && lab->kernel_store[w] == 2) {
			layout->error_code = w;
			found++;
		}
	}
	return found == 1;
}

/* INT sets a word beside the error code from 0 to 1; "beside" is how QEMU declares it. */
static bool find_is_int(struct lab *lab, struct layout *layout)
{
	size_t near = 4;
	size_t first = layout->error_code > near ? layout->error_code - near : 0;
	size_t found = 0;

	load_ring0(lab, layout);
	if (!expect_exception(lab, CODE_INT, INT_VECTOR))
		return false;
	save(lab, lab->interrupt);
	for (size_t w = first; w < lab->nwords && w <= layout->error_code + near; w++) {
		if (lab->kernel_store[w] == 0 && lab->interrupt[w] == 1) {
			layout->is_int = w;
			found++;
		}
	}
	return found == 1;
}

static const char *experiment(struct lab *lab, struct layout *layout)
{
	uc_hook hook;

	if (uc_hook_add(lab->uc, &hook, UC_HOOK_INTR, (void *)(uintptr_t)on_exception,
	                lab, 1, 0) != UC_ERR_OK)
		return "exceptions cannot be hooked";
	if (!enter_long_mode(lab))
		return "long mode cannot be entered";
	save(lab, lab->ring0);
	if (!enter_ring3(lab))
		return "ring 3 is not enforced";
	save(lab, lab->ring3);
	if (!find_old_exception(lab, layout))
		return "the pending exception is not found";
	if (!find_hflags(lab, layout))
		return "the privilege level is not found";
	if (!find_error_code(lab, layout))
		return "the error code is not found";
	if (!find_is_int(lab, layout))
		return "the mark of INT is not found";
	return NULL;
}

static int lab_open(struct lab *lab)
{
	if (uc_open(UC_ARCH_X86, UC_MODE_64, &lab->uc) != UC_ERR_OK ||
	    uc_ctl_set_cpu_model(lab->uc, UC_CPU_X86_QEMU64) != UC_ERR_OK ||
	    uc_ctl_exits_enable(lab->uc) != UC_ERR_OK ||
	    uc_context_alloc(lab->uc, &lab->context) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn cannot open an x86-64 engine");
	lab->words = (uint32_t *)lab->context;
	lab->nwords = uc_context_size(lab->uc) / sizeof(uint32_t);

	lab->memory = aligned_alloc(0x1000, LAB_SIZE);
	uint32_t *saved = calloc(5 * lab->nwords, sizeof(*saved));
	if (!lab->memory || !saved) {
		free(saved);
		return error_set(ERR_MEMORY, "out of memory");
	}
	lab->ring0 = saved;
	lab->ring3 = saved + lab->nwords;
	lab->user_load = saved + 2 * lab->nwords;
	lab->kernel_store = saved + 3 * lab->nwords;
	lab->interrupt = saved + 4 * lab->nwords;
	memset(lab->memory, 0, LAB_SIZE);
	if (uc_mem_map_ptr(lab->uc, 0, LAB_SIZE, UC_PROT_ALL, lab->memory) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn cannot map memory");
	return 0;
}

static void lab_close(struct lab *lab)
{
	free(lab->ring0);
	if (lab->context)
		uc_context_free(lab->context);
	if (lab->uc)
		uc_close(lab->uc);
	free(lab->memory);
}

int layout_find(const struct layout **layout)
{
	static struct layout found;
	static bool known;

	if (!known) {
		struct lab lab = {0};
		int err = lab_open(&lab);

		if (err == 0) {
			const char *why;

			fill_memory(&lab);
			why = experiment(&lab, &found);
			if (why)
				err = error_set(ERR_ENGINE,
				                "this Unicorn cannot serve as a system "
				                "processor: %s; forkscope needs 2.1.4 or "
				                "a later 2.x, which ./dev setup installs",
				                why);
		}
		lab_close(&lab);
		if (err)
			return err;
		known = true;
	}
	*layout = &found;
	return 0;
}
