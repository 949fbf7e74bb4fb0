/* SPDX-License-Identifier: GPL-2.0-or-later */
/* textwrite: children write to what they may only read: their own code and constants. */
#include "check.h"

#include <signal.h>
#include <stdint.h>

static const int constant = 5;

static void write_text(void)
{
	*(volatile unsigned char *)(uintptr_t)write_text = 0xc3;
}

static void write_constant(void)
{
	*(volatile int *)(uintptr_t)&constant = 6;
}

int main(void)
{
	check_fatal("a write to text", write_text, SIGSEGV);
	check_fatal("a write to a constant", write_constant, SIGSEGV);
	return 0;
}
