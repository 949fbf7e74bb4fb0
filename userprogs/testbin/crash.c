/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash [LETTERS]: what kills a process.  With letters, does those things itself, of
 * which it survives none; without, does each in a child and says what became of it.
 */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NOWHERE 0x40000000
#define KERNEL 0xffffffff80100000
#define NOT_CANONICAL 0x0000800000000000

static volatile int zero;

static void read_at(uintptr_t address)
{
	(void)*(volatile int *)address;
}

static void write_at(uintptr_t address)
{
	*(volatile int *)address = 1;
}

static void jump_to(uintptr_t address)
{
	((void (*)(void))address)();
}

static void read_null(void)
{
	read_at(zero);
}

static void read_nowhere(void)
{
	read_at(NOWHERE);
}

static void read_kernel(void)
{
	read_at(KERNEL);
}

static void write_null(void)
{
	write_at(zero);
}

static void write_nowhere(void)
{
	write_at(NOWHERE);
}

static void write_kernel(void)
{
	write_at(KERNEL);
}

static void write_text(void)
{
	write_at((uintptr_t)write_text);
}

static void jump_null(void)
{
	jump_to(zero);
}

static void jump_nowhere(void)
{
	jump_to(NOWHERE);
}

static void jump_kernel(void)
{
	jump_to(KERNEL);
}

static void not_canonical(void)
{
	read_at(NOT_CANONICAL);
}

/* One of the few instructions of x86 that insist on alignment. */
static void unaligned(void)
{
	static char memory[48] __attribute__((aligned(16)));

	__asm__ volatile("lock cmpxchg16b %0"
	                 : "+m"(*(struct { char bytes[16]; } *)(memory + 8))
	                 :
	                 : "rax", "rbx", "rcx", "rdx", "cc");
}

static void bad_instruction(void)
{
	__asm__ volatile("ud2");
}

static void privileged(void)
{
	__asm__ volatile("cli");
}

static void divide(void)
{
	zero = 100 / zero;
}

static void modulo(void)
{
	zero = 100 % zero;
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void interrupt(void)
{
	__asm__ volatile("int $0x20");
}

static int recurse(int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	return n < 0 ? 0 : recurse(n + 1) + frame[0];
}

static void overflow(void)
{
	recurse(0);
}

static const struct {
	const char *what;
	void (*act)(void);
	int sig;
} acts[] = {
	{"read through null", read_null, SIGSEGV},
	{"read where nothing is", read_nowhere, SIGSEGV},
	{"read the kernel", read_kernel, SIGSEGV},
	{"write through null", write_null, SIGSEGV},
	{"write where nothing is", write_nowhere, SIGSEGV},
	{"write the kernel", write_kernel, SIGSEGV},
	{"write the program's text", write_text, SIGSEGV},
	{"jump to null", jump_null, SIGSEGV},
	{"jump where nothing is", jump_nowhere, SIGSEGV},
	{"jump into the kernel", jump_kernel, SIGSEGV},
	{"read a non-canonical address", not_canonical, SIGSEGV},
	{"an unaligned address", unaligned, SIGSEGV},
	{"an illegal instruction", bad_instruction, SIGILL},
	{"a privileged instruction", privileged, SIGSEGV},
	{"divide by zero", divide, SIGFPE},
	{"modulo zero", modulo, SIGFPE},
	{"a breakpoint", breakpoint, SIGTRAP},
	{"a hardware interrupt's gate", interrupt, SIGSEGV},
	{"recurse for ever", overflow, SIGSEGV},
};

#define ACTS (int)(sizeof(acts) / sizeof(acts[0]))

int main(int argc, char **argv)
{
	for (const char *p = argc > 1 ? argv[1] : ""; *p != '\0'; p++) {
		if (*p < 'a' || *p >= 'a' + ACTS)
			fail("letters are a to %c", 'a' + ACTS - 1);
		acts[*p - 'a'].act();
		fail("survived: %s", acts[*p - 'a'].what);
	}
	for (int i = 0; argc <= 1 && i < ACTS; i++) {
		char what[80];

		snprintf(what, sizeof(what), "[%c] %s", 'a' + i, acts[i].what);
		check_fatal(what, acts[i].act, acts[i].sig);
	}
	return 0;
}
