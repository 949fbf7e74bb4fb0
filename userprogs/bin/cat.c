/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cat [FILE...]: the files, or standard input for none or "-", on standard output. */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void copy(int fd, const char *name)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0; done < n;) {
			ssize_t wrote =
				write(STDOUT_FILENO, buf + done, (size_t)(n - done));

			if (wrote < 0)
				err(1, "write");
			done += wrote;
		}
	}
	if (n < 0)
		err(1, "%s", name);
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		copy(STDIN_FILENO, "standard input");
	for (int i = 1; i < argc; i++) {
		int fd;

		if (strcmp(argv[i], "-") == 0) {
			copy(STDIN_FILENO, "standard input");
			continue;
		}
		fd = open(argv[i], O_RDONLY);
		if (fd < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		copy(fd, argv[i]);
		close(fd);
	}
	return failed;
}
