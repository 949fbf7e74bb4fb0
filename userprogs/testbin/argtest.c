/* SPDX-License-Identifier: GPL-2.0-or-later */
/* argtest [ARG...]: shows its arguments, and that NULL follows them. */
#include <err.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("argc   : %d\n", argc);
	for (int i = 0; i < argc; i++)
		printf("argv[%d]: %s\n", i, argv[i]);
	if (argv[argc] != NULL)
		errx(1, "argv[argc] is %p", (void *)argv[argc]);
	printf("argv[%d]: [NULL]\n", argc);
	return 0;
}
