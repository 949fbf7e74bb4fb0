/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privileged: children execute what only the kernel may.  Each is a general protection
 * fault, which kills with SIGSEGV.
 */
#include "check.h"

#include <signal.h>

static void clear_interrupts(void)
{
	__asm__ volatile("cli");
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void output(void)
{
	__asm__ volatile("outb %%al, %%dx" : : "a"(0), "d"(0xf4));
}

static void input(void)
{
	unsigned char byte;

	__asm__ volatile("inb %%dx, %%al" : "=a"(byte) : "d"(0x3f8));
}

static void read_cr3(void)
{
	unsigned long value;

	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
}

static void read_msr(void)
{
	__asm__ volatile("rdmsr" : : "c"(0xc0000080) : "eax", "edx");
}

int main(void)
{
	check_fatal("cli", clear_interrupts, SIGSEGV);
	check_fatal("hlt", halt, SIGSEGV);
	check_fatal("out", output, SIGSEGV);
	check_fatal("in", input, SIGSEGV);
	check_fatal("mov from cr3", read_cr3, SIGSEGV);
	check_fatal("rdmsr", read_msr, SIGSEGV);
	return 0;
}
