/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faulter: reads through a null pointer, and should not get further. */
#include <stddef.h>
#include <stdio.h>

int main(void)
{
	int *volatile null = NULL;

	printf("faulter: reads through a null pointer\n");
	printf("faulter: still alive, and read %d\n", *(volatile int *)null);
	return 0;
}
