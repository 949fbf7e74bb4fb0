/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ls [PATH...]: what the directories hold, a name a line, in the order they keep it. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* A file shows its own name.  0, or 1 with a message. */
static int list(const char *path, int heading)
{
	char name[NAME_MAX + 1];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0) {
		warn("%s", path);
		return 1;
	}
	n = getdirentry(fd, name, sizeof(name));
	if (n < 0 && errno == ENOTDIR) {
		printf("%s\n", path);
		close(fd);
		return 0;
	}
	if (heading)
		printf("%s:\n", path);
	for (; n > 0; n = getdirentry(fd, name, sizeof(name)))
		printf("%.*s\n", (int)n, name);
	if (n < 0)
		warn("%s", path);
	close(fd);
	return n < 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return list(".", 0);
	for (int i = 1; i < argc; i++)
		failed |= list(argv[i], argc > 2);
	return failed;
}
