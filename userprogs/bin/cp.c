/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cp FROM TO: copies a file. */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char buf[4096];
	int from, to;
	ssize_t n;

	if (argc != 3)
		errx(2, "usage: cp FROM TO");
	from = open(argv[1], O_RDONLY);
	if (from < 0)
		err(1, "%s", argv[1]);
	to = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (to < 0)
		err(1, "%s", argv[2]);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, (size_t)n) != n)
			err(1, "%s", argv[2]);
	if (n < 0)
		err(1, "%s", argv[1]);
	if (close(to) < 0)
		err(1, "%s", argv[2]);
	return 0;
}
