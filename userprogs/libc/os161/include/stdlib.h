/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OS/161's <stdlib.h>: what it has and no more, but for the state of random(). */
#ifndef OS161_STDLIB_H
#define OS161_STDLIB_H

#include <stddef.h>

#define RAND_MAX 0x7fffffff

_Noreturn void exit(int status);
_Noreturn void abort(void);

void *malloc(size_t size);
void free(void *p);

int atoi(const char *s);
void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));

long random(void);
void srandom(unsigned int seed);

/* There is no environment: NULL. */
char *getenv(const char *name);
/* Has the shell run a command; its status as waitpid() gives it, or -1. */
int system(const char *command);

#endif
