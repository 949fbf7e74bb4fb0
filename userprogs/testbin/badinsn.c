/* SPDX-License-Identifier: GPL-2.0-or-later */
/* badinsn: a child executes an instruction that is none. */
#include "check.h"

#include <signal.h>

static void act(void)
{
	__asm__ volatile("ud2");
}

int main(void)
{
	check_fatal("ud2", act, SIGILL);
	return 0;
}
