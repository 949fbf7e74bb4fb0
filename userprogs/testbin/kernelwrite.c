/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelwrite: children write where the kernel lies. */
#include "check.h"

#include <signal.h>
#include <stdint.h>

static uintptr_t address;

static void act(void)
{
	*(volatile int *)address = 1;
}

int main(void)
{
	address = 0xffffffff80100000;
	check_fatal("a write to the kernel's text", act, SIGSEGV);
	address = 0xffff800000200000;
	check_fatal("a write to the kernel's map of memory", act, SIGSEGV);
	address = 0xfffffffffffffff8;
	check_fatal("a write at the end of all addresses", act, SIGSEGV);
	return 0;
}
