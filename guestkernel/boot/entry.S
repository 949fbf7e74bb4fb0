/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the loader's 32-bit protected mode to C in the higher half.
 *
 * PVH hands over with paging off, flat segments and the physical address of its start
 * info in EBX.  The tables here map the first GiB three times over (at 0, at
 * DIRECT_MAP_BASE, at KERNEL_BASE), all rights; paging_init() replaces them.
 */
#include "mm/layout.h"
#include "x86.h"

#define PTE_P 0x001
#define PTE_W 0x002
#define PTE_LARGE 0x080
#define PHYS(symbol) (symbol - KERNEL_BASE)

#define NOTE_PHYS32_ENTRY 18

	.section .note.pvh, "a", @note
	.balign 4
	.long 4
	.long 8
	.long NOTE_PHYS32_ENTRY
	.asciz "Xen"
	.quad boot_entry

	.section .boot, "ax"
	.code32
	.globl boot_entry
boot_entry:
	cld
	movl %ebx, %esi

	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4
	movl $PHYS(boot_pml4), %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	movl $(EFER_SCE | EFER_LME | EFER_NXE), %eax
	xorl %edx, %edx
	wrmsr
	movl %cr0, %eax
	andl $~(CR0_EM | CR0_TS), %eax
	orl $(CR0_PG | CR0_WP | CR0_AM | CR0_NE | CR0_MP), %eax
	movl %eax, %cr0

	lgdt boot_gdt_pointer
	ljmp $0x08, $boot_long

	.code64
boot_long:
	movabsq $boot_high, %rax
	jmp *%rax

	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9a000000ffff	/* 64-bit code */
	.quad 0x00cf92000000ffff	/* data */
boot_gdt_pointer:
	.word boot_gdt_pointer - boot_gdt - 1
	.long boot_gdt

	.text
boot_high:
	movl $0x10, %eax
	movl %eax, %ss
	movl %eax, %ds
	movl %eax, %es
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	leaq boot_stack_top(%rip), %rsp
	xorl %ebp, %ebp
	movl %esi, %edi
	pushq $0			/* where a backtrace ends */
	pushq $0
	call kernel_main
1:	cli
	hlt
	jmp 1b

	.data
	.balign 4096
boot_pml4:
	.quad PHYS(boot_pdpt) + PTE_P + PTE_W
	.fill 255, 8, 0
	.quad PHYS(boot_pdpt) + PTE_P + PTE_W
	.fill 254, 8, 0
	.quad PHYS(boot_pdpt) + PTE_P + PTE_W
boot_pdpt:
	.quad PHYS(boot_pd) + PTE_P + PTE_W
	.fill 509, 8, 0
	.quad PHYS(boot_pd) + PTE_P + PTE_W
	.quad 0
boot_pd:
	.set frame, 0
	.rept 512
	.quad frame + PTE_P + PTE_W + PTE_LARGE
	.set frame, frame + 0x200000
	.endr

	.bss
	.balign 4096
	.globl boot_stack
boot_stack:
	.skip 8192
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
