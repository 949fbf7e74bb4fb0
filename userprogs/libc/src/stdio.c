/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <stdio.h> but for the formatting: bytes and lines, straight from and to the kernel. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int put_byte(int fd, int c)
{
	char byte = (char)c;

	return write(fd, &byte, 1) == 1 ? (unsigned char)c : EOF;
}

static int get_byte(int fd)
{
	unsigned char byte;

	return read(fd, &byte, 1) == 1 ? byte : EOF;
}

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
	return put_byte(f->fd, c);
}

int putchar(int c)
{
	return put_byte(STDOUT_FILENO, c);
}

int fflush(FILE *f)
{
	(void)f;
	return 0;
}

int fgetc(FILE *f)
{
	return get_byte(f->fd);
}

int getchar(void)
{
	return get_byte(STDIN_FILENO);
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
