/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <stdio.h> but for the formatting: bytes and lines, straight from and to the kernel. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct stdio_file standard[] = {{0}, {1}, {2}};

FILE *const stdin = &standard[0];
FILE *const stdout = &standard[1];
FILE *const stderr = &standard[2];

int puts(const char *s)
{
	return printf("%s\n", s);
}

int fputs(const char *s, FILE *f)
{
	return fprintf(f, "%s", s);
}

int fputc(int c, FILE *f)
{
	char byte = (char)c;

	return write(f->fd, &byte, 1) == 1 ? (unsigned char)c : EOF;
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fflush(FILE *f)
{
	(void)f;
	return 0;
}

int fgetc(FILE *f)
{
	unsigned char byte;

	return read(f->fd, &byte, 1) == 1 ? byte : EOF;
}

int getchar(void)
{
	return fgetc(stdin);
}

char *fgets(char *buf, int size, FILE *f)
{
	int n = 0;

	while (n < size - 1) {
		int c = fgetc(f);

		if (c == EOF)
			break;
		buf[n++] = (char)c;
		if (c == '\n')
			break;
	}
	if (n == 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}
