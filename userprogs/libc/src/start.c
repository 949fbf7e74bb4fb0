/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the entry of the program and main(). */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv);
_Noreturn void __libc_start(int argc, char **argv);

int errno;
static const char *progname = "?";

_Noreturn void __libc_start(int argc, char **argv)
{
	if (argc > 0 && argv[0] != NULL) {
		const char *slash = strrchr(argv[0], '/');

		progname = slash != NULL ? slash + 1 : argv[0];
	}
	exit(main(argc, argv));
}

const char *getprogname(void)
{
	return progname;
}
