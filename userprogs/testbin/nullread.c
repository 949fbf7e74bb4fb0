/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nullread: a child reads through a null pointer. */
#include "check.h"

#include <signal.h>
#include <stddef.h>

static void act(void)
{
	volatile int *null = NULL;

	(void)*null;
}

int main(void)
{
	check_fatal("a read at 0", act, SIGSEGV);
	return 0;
}
