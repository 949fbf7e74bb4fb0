/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernelread: children read where the kernel lies, and where no address can be. */
#include "check.h"

#include <signal.h>
#include <stdint.h>

static uintptr_t address;

static void act(void)
{
	(void)*(volatile int *)address;
}

int main(void)
{
	address = 0xffffffff80100000;
	check_fatal("a read of the kernel's text", act, SIGSEGV);
	address = 0xffff800000000000;
	check_fatal("a read of the kernel's map of memory", act, SIGSEGV);
	address = 0x0000800000000000;
	check_fatal("a read of a non-canonical address", act, SIGSEGV);
	return 0;
}
