/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests that run on the bare machine: no kernel under them.  The same image runs on
 * forkscope and on QEMU and must print the same text.
 */
#ifndef FORKSCOPE_TESTS_METAL_H
#define FORKSCOPE_TESTS_METAL_H

#include <stdbool.h>
#include <stdint.h>

struct trap {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* Each test program has one: its value is the exit code, metal_failures() as a rule. */
int metal_main(void);

/* Called for every trap and interrupt; set by the test. */
extern void (*metal_handler)(struct trap *t);

uint64_t metal_user(void *code, void *stack, uint64_t flags);
void metal_back(void); /* where a handler sends ring 3 to have metal_user() return */
void metal_syscall(void);
_Noreturn void metal_exit(int code);

void metal_print(const char *text);
void metal_print_hex(uint64_t value);
/* Prints "ok NAME", or "FAIL NAME: got X, not Y", which counts as a failure. */
void metal_check(const char *name, uint64_t got, uint64_t want);
int metal_failures(void);
/* The command line has the word "qemu". */
bool metal_on_qemu(void);

/* hvm_start_info of PVH, as _start was given it. */
extern uint64_t metal_start_info;
extern uint64_t metal_syscall_rcx, metal_syscall_r11;
extern uint64_t idt[512], pd[512];
extern uint8_t ist_top[];

#define LAPIC_REG(offset) (*(volatile uint32_t *)(0xfee00000ul + (offset)))
#define MSR_STAR 0xC0000081u
#define MSR_LSTAR 0xC0000082u
#define MSR_FMASK 0xC0000084u

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
	                 :
	                 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t read_cr2(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static inline void flush_tlb(void)
{
	uint64_t cr3;

	__asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(cr3) : : "memory");
}

#endif
