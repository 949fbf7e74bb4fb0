/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ground under the metal tests: PVH entry to long mode with the first GiB mapped to
 * itself for both rings, a GDT with ring 3, a TSS, and a stub for every vector that hands
 * a struct trap to metal_trap().
 */
	.section .note.pvh, "a", @note
	.long 4, 4, 18
	.asciz "Xen"
	.long _start

	.text
	.code32
	.globl _start
_start:
	mov $stack_top, %esp
	mov %ebx, metal_start_info
	mov $0xff, %al				/* QEMU's firmware leaves the PIT running */
	out %al, $0x21
	out %al, $0xa1
	mov $pdpt, %eax
	or $7, %eax
	mov %eax, pml4
	mov $pd, %eax
	or $7, %eax
	mov %eax, pdpt
	mov $device_pd, %eax
	or $3, %eax
	mov %eax, pdpt + 3 * 8
	xor %ecx, %ecx
1:	mov %ecx, %eax
	shl $21, %eax
	or $0x87, %eax
	mov %eax, pd(, %ecx, 8)
	inc %ecx
	cmp $512, %ecx
	jb 1b
	/* 0xFEC00000 and 0xFEE00000: the APICs, uncached. */
	movl $0xfec0009b, device_pd + 0x1f6 * 8
	movl $0xfee0009b, device_pd + 0x1f7 * 8
	mov %cr4, %eax
	or $0x620, %eax			/* PAE, OSFXSR, OSXMMEXCPT */
	mov %eax, %cr4
	mov $pml4, %eax
	mov %eax, %cr3
	mov $0xc0000080, %ecx
	rdmsr
	or $0x901, %eax			/* SCE, LME, NXE */
	wrmsr
	mov $0x80010011, %eax		/* PG, WP, ET, PE */
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $0x08, $2f

	.code64
2:	mov $0x10, %ax
	mov %ax, %ds
	mov %ax, %es
	mov %ax, %ss
	xor %eax, %eax
	mov %ax, %fs
	mov %ax, %gs
	mov $tss, %eax
	mov %ax, gdt_tss + 2
	shr $16, %eax
	mov %al, gdt_tss + 4
	mov %ah, gdt_tss + 7
	mov $0x28, %ax
	ltr %ax

	xor %ecx, %ecx
	mov $stubs, %eax
	mov $idt, %edi
3:	mov %ax, (%rdi)
	movw $0x08, 2(%rdi)
	movw $0x8e00, 4(%rdi)
	mov %eax, %edx
	shr $16, %edx
	mov %dx, 6(%rdi)
	add $16, %rdi
	add $16, %eax
	inc %ecx
	cmp $256, %ecx
	jb 3b
	lidt idt_pointer
	call metal_main
	mov %eax, %edi
	.globl metal_exit
metal_exit:
	mov %edi, %eax
	mov $0xf4, %dx
	out %eax, %dx
4:	cli
	hlt
	jmp 4b

	.balign 16
stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17
	push $0
	.endif
	push $vector
	jmp trap
	.set vector, vector + 1
	.endr

trap:	push %rax
	push %rcx
	push %rdx
	push %rbx
	push %rbp
	push %rsi
	push %rdi
	push %r8
	push %r9
	push %r10
	push %r11
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, %rdi
	cld
	call metal_trap
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rdi
	pop %rsi
	pop %rbp
	pop %rbx
	pop %rdx
	pop %rcx
	pop %rax
	add $16, %rsp
	iretq

	/*
	 * uint64_t metal_user(code, stack, flags): runs `code` in ring 3 until it does
	 * SYSCALL or metal_trap() sends it to metal_back; returns its RAX.
	 */
	.globl metal_user
metal_user:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, saved_rsp
	mov %rsp, tss + 4
	push $0x1b
	push %rsi
	push %rdx
	push $0x23
	push %rdi
	iretq
	.globl metal_back
metal_back:
	mov saved_rsp, %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.globl metal_syscall
metal_syscall:
	mov %rcx, metal_syscall_rcx
	mov %r11, metal_syscall_r11
	jmp metal_back

	.data
	.balign 16
gdt:	.quad 0
	.quad 0x00af9b000000ffff	/* 08: ring 0 code */
	.quad 0x00cf93000000ffff	/* 10: ring 0 data */
	.quad 0x00cff3000000ffff	/* 18: ring 3 data */
	.quad 0x00affb000000ffff	/* 20: ring 3 code */
gdt_tss:
	.quad 0x0000890000000067
	.quad 0
gdt_pointer:
	.word . - gdt - 1
	.quad gdt
idt_pointer:
	.word 256 * 16 - 1
	.quad idt
	.balign 16
	.globl tss
tss:	.long 0
	.quad stack_top, 0, 0
	.quad 0
	.quad ist_top
	.fill 15, 4, 0

	.bss
	.globl metal_start_info
metal_start_info: .skip 8
	.globl metal_syscall_rcx, metal_syscall_r11, idt, pd, pml4
metal_syscall_rcx: .skip 8
metal_syscall_r11: .skip 8
saved_rsp: .skip 8
	.balign 4096
pml4:	.skip 4096
pdpt:	.skip 4096
pd:	.skip 4096
device_pd: .skip 4096
idt:	.skip 4096
	.skip 16384
stack_top:
	.skip 4096
	.globl ist_top
ist_top:
	.section .note.GNU-stack, "", @progbits
