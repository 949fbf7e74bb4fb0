/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compute [N]: about N million instructions (100) of work in user mode by one process, in
 * two halves that must come to the same result.
 */
#include "check.h"
#include "work.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	unsigned long millions = argument(argc, argv, 1, 100);
	unsigned long rounds = millions * 1000000 / WORK_ROUND / 2;
	uint32_t first = work(rounds, 1);
	uint32_t second = work(rounds, 1);

	if (first != second)
		fail("the same work gave %08x and %08x", first, second);
	printf("compute: twice %lu rounds, checksum %08x\n", rounds, first);
	return 0;
}
