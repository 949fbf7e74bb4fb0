/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _STDLIB_H
#define _STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff

/* There is nothing to flush or to call: exit() is _exit(). */
_Noreturn void exit(int status);
/* Ends the process by an invalid instruction: the parent sees SIGILL. */
_Noreturn void abort(void);

/* 16-byte aligned; NULL with ENOMEM. */
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void free(void *p);

int atoi(const char *s);
long atol(const char *s);
/* Out of range: the nearest value and ERANGE. */
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);

/* Sorts n elements of `size` bytes; equal ones may change places. */
void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));

int abs(int n);
long labs(long n);

/* The sequences of 4.4BSD and OS/161; that of srandom(1) if it is not called. */
long random(void);
void srandom(unsigned int seed);
int rand(void);
void srand(unsigned int seed);

#endif
