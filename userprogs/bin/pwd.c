/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pwd: the current directory. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char path[PATH_MAX];

	if (getcwd(path, sizeof(path)) == NULL)
		err(1, "getcwd");
	puts(path);
	return 0;
}
