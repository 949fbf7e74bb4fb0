/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions: vector, error code, CR2, the address that is pushed, rings, stacks, gates,
 * and that no register is half changed.
 */
#include "metal.h"

/*
 * The error code that names a gate (SDM vol. 3A, 6.13).  QEMU 7.2 puts the vector one bit
 * too high in long mode; `-append qemu` says to expect that.
 */
#define GATE_ERROR(vector) ((vector) * (metal_on_qemu() ? 16u : 8u) + 2)

#define USER_STACK ((void *)0x3f0000ul)
#define PAGE_ABSENT 0x600000ul    /* 2 MiB pages: not present, */
#define PAGE_READ_ONLY 0x800000ul /* read-only, */
#define PAGE_NX 0xa00000ul        /* no execute, */
#define PAGE_KERNEL 0xc00000ul    /* for ring 0 only */

static struct trap last;
static uint64_t last_cr2;
static uint64_t last_at; /* where its frame lay */
static int traps;
static bool to_kernel; /* where the handler resumes: at r15, or out of ring 3 */

static void handler(struct trap *t)
{
	last = *t;
	last_cr2 = read_cr2();
	last_at = (uint64_t)t;
	traps++;
	if (to_kernel) {
		t->rip = (uint64_t)metal_back;
		t->cs = 0x08;
		t->ss = 0x10;
		t->rsp = (uint64_t)&t->ss + 8; /* metal_back loads its own */
	} else if (t->vector != 3 && t->vector < 32) {
		t->rip = t->r15;
	}
}

/* Runs one instruction at `code` in ring 3; it must trap. */
#define USER(name, insns)                                                                \
	__attribute__((naked)) static void name(void)                                    \
	{                                                                                \
		__asm__(insns);                                                          \
	}

USER(user_cli, "cli")
USER(user_hlt, "hlt")
USER(user_cr3, "mov %cr3, %rax")
USER(user_in, "mov $0x3f8, %edx; nop; in %dx, %al")
USER(user_out, "mov $0x3f8, %edx; mov $65, %eax; out %al, %dx")
USER(user_ud2, "ud2")
USER(user_div, "xor %ecx, %ecx; xor %edx, %edx; mov $7, %eax; div %ecx")
USER(user_int3, "nop; int3; nop")
USER(user_int_refused, "int $0x80")
USER(user_int_allowed, "mov $0x1234, %ebx; int $0x81")
USER(user_read_absent, "mov $0x600010, %eax; mov $5, %ebx; mov (%rax), %rbx")
USER(user_write_absent, "mov $0x600018, %eax; mov %rax, (%rax)")
USER(user_write_read_only, "mov $0x800020, %eax; mov %rax, (%rax)")
USER(user_lock_read_only, "mov $0x800020, %eax; lock incl (%rax)")
USER(user_read_kernel, "mov $0xc00000, %eax; mov (%rax), %rbx")
USER(user_jump_nx, "mov $0xa00000, %eax; jmp *%rax")
USER(user_noncanonical, "mov $0x800000000000, %rax; mov (%rax), %rbx")
USER(user_bad_selector, "mov $0x3b, %eax; mov %eax, %ds")
USER(user_rdmsr, "mov $0xc0000080, %ecx; rdmsr")
USER(user_push_fault, "mov $0x600008, %esp; push %rax")
USER(user_syscall, "mov $77, %eax; stc; syscall")

static void user(const char *name, void (*code)(void), uint64_t vector, uint64_t error,
                 unsigned offset)
{
	traps = 0;
	to_kernel = true;
	metal_user((void *)code, USER_STACK, 0x202);
	to_kernel = false;
	metal_print(name);
	metal_print(":\n");
	metal_check("  one trap", (uint64_t)traps, 1);
	metal_check("  vector", last.vector, vector);
	metal_check("  error", last.error, error);
	metal_check("  rip", last.rip - (uint64_t)code, offset);
	metal_check("  cs", last.cs, 0x23);
	metal_check("  ss", last.ss, 0x1b);
}

static void set_up(void)
{
	pd[PAGE_ABSENT >> 21] = 0;
	pd[PAGE_READ_ONLY >> 21] = PAGE_READ_ONLY | 0x85;
	pd[PAGE_NX >> 21] |= 1ull << 63;
	pd[PAGE_KERNEL >> 21] = PAGE_KERNEL | 0x83;
	flush_tlb();
	idt[2 * 3] |= 3ull << 45; /* int3 and 0x81 for ring 3 */
	idt[2 * 0x81] |= 3ull << 45;
	idt[2 * 0x82] |= 1ull << 32;    /* IST 1 */
	idt[2 * 0x83] &= ~(1ull << 47); /* not present */
	wrmsr(MSR_STAR, 0x0013000800000000);
	wrmsr(MSR_LSTAR, (uint64_t)metal_syscall);
	wrmsr(MSR_FMASK, 0x201);
	metal_handler = handler;
}

static void ring3(void)
{
	user("cli", user_cli, 13, 0, 0);
	user("hlt", user_hlt, 13, 0, 0);
	user("mov from cr3", user_cr3, 13, 0, 0);
	user("in", user_in, 13, 0, 6);
	user("out", user_out, 13, 0, 10);
	user("ud2", user_ud2, 6, 0, 0);
	user("div by zero", user_div, 0, 0, 9);
	metal_check("  rax is whole", last.rax, 7);
	user("int3", user_int3, 3, 0, 2);
	user("int refused", user_int_refused, 13, GATE_ERROR(0x80), 0);
	user("int allowed", user_int_allowed, 0x81, 0, 7);
	metal_check("  rbx is there", last.rbx, 0x1234);
	user("read absent", user_read_absent, 14, 4, 10);
	metal_check("  cr2", last_cr2, 0x600010);
	metal_check("  rbx is whole", last.rbx, 5);
	user("write absent", user_write_absent, 14, 6, 5);
	metal_check("  cr2", last_cr2, 0x600018);
	user("write read-only", user_write_read_only, 14, 7, 5);
	user("lock inc read-only", user_lock_read_only, 14, 7, 5);
	user("read kernel", user_read_kernel, 14, 5, 5);
	user("non-canonical", user_noncanonical, 13, 0, 10);
	user("bad selector", user_bad_selector, 13, 0x38, 5);
	user("rdmsr", user_rdmsr, 13, 0, 5);
	user("push faults", user_push_fault, 14, 6, 5);
	metal_check("  rsp is whole", last.rsp, 0x600008);
	metal_check("  cr2", last_cr2, 0x600000);
}

static void jump_nx(void)
{
	to_kernel = true;
	metal_user((void *)user_jump_nx, USER_STACK, 0x202);
	to_kernel = false;
	metal_check("jump to nx: vector", last.vector, 14);
	metal_check("jump to nx: error", last.error, 0x15);
	metal_check("jump to nx: rip", last.rip, PAGE_NX);
	metal_check("jump to nx: cr2", last_cr2, PAGE_NX);
}

static void system_call(void)
{
	uint64_t rax = metal_user((void *)user_syscall, USER_STACK, 0x202);

	metal_check("syscall: rax", rax, 77);
	metal_check("syscall: rcx", metal_syscall_rcx, (uint64_t)user_syscall + 8);
	metal_check("syscall: r11", metal_syscall_r11 & 0x201, 0x201);
}

static void ring0(void)
{
	uint64_t rsp;

	__asm__ volatile("lea 1f(%%rip), %%r15; movq $1, 0x800000; 1:" ::
	                         : "r15", "memory");
	metal_check("ring 0 write read-only: error", last.error, 3);
	metal_check("ring 0 write read-only: cs", last.cs, 8);
	__asm__ volatile("lea 1f(%%rip), %%r15; mov 0x600000, %%rax; 1:" ::
	                         : "r15", "rax");
	metal_check("ring 0 read absent: error", last.error, 0);
	__asm__ volatile("int $0x82");
	metal_check("interrupt stack table", (uint64_t)ist_top - last_at, sizeof(last));
	__asm__ volatile("mov %%rsp, %0" : "=r"(rsp));
	metal_check("old stack is in the frame", last.rsp, rsp);
	__asm__ volatile("lea 1f(%%rip), %%r15; int $0x83; 1:" ::: "r15");
	metal_check("gate not present: vector", last.vector, 11);
	metal_check("gate not present: error", last.error, GATE_ERROR(0x83));
}

int metal_main(void)
{
	set_up();
	ring3();
	jump_nx();
	system_call();
	ring0();
	return metal_failures();
}
