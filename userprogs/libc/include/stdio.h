/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatted output, without buffers between calls.
 *
 * Each call of a function below hands its text to the kernel before it returns, by one
 * write() where the text is at most STDIO_LINE bytes long.  So a line printed by one call
 * is not mixed with those of other processes, _exit() loses nothing, fork() doubles
 * nothing, and there is nothing to flush.
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)
#define STDIO_LINE 512

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

/* An open descriptor under a name; stdin, stdout and stderr are all there are. */
struct stdio_file {
	int fd;
};
typedef struct stdio_file FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

/*
 * Conversions d i u x X o c s p %, flags - 0 + space #, width and precision as numbers or
 * *, lengths hh h l ll z j t.  They return the length of the text, those to a descriptor
 * -1 with errno where the write failed.
 */
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vprintf(const char *fmt, va_list ap);
int vfprintf(FILE *f, const char *fmt, va_list ap);
int vdprintf(int fd, const char *fmt, va_list ap);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

int puts(const char *s);
int fputs(const char *s, FILE *f);
int putchar(int c);
int fputc(int c, FILE *f);
int fflush(FILE *f); /* has nothing to do */

/* One byte, or EOF at the end and on an error. */
int getchar(void);
int fgetc(FILE *f);
/* A line with its newline, at most size - 1 bytes; NULL at the end. */
char *fgets(char *buf, int size, FILE *f);

void perror(const char *s);

#endif
