/* SPDX-License-Identifier: GPL-2.0-or-later */
/* add A B: the sum of two numbers. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: add A B");
	printf("Answer: %d\n", atoi(argv[1]) + atoi(argv[2]));
	return 0;
}
