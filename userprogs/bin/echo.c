/* SPDX-License-Identifier: GPL-2.0-or-later */
/* echo [WORD...]: the words, one space between two, as one line and by one write. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t size = 1;
	size_t used = 0;
	char *line;

	for (int i = 1; i < argc; i++)
		size += strlen(argv[i]) + 1;
	line = malloc(size);
	if (line == NULL)
		err(1, "%zu bytes", size);

	for (int i = 1; i < argc; i++) {
		size_t n = strlen(argv[i]);

		if (i > 1)
			line[used++] = ' ';
		memcpy(line + used, argv[i], n);
		used += n;
	}
	line[used++] = '\n';
	if (write(STDOUT_FILENO, line, used) != (ssize_t)used)
		err(1, "write");
	free(line);
	return 0;
}
