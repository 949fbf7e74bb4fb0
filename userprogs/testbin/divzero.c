/* SPDX-License-Identifier: GPL-2.0-or-later */
/* divzero: a child divides by zero. */
#include "check.h"

#include <signal.h>

static void act(void)
{
	volatile int zero = 0;
	volatile int one = 1;

	one = one / zero;
}

int main(void)
{
	check_fatal("1 / 0", act, SIGFPE);
	return 0;
}
