/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OS/161's <string.h>: what it has and no more. */
#ifndef OS161_STRING_H
#define OS161_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void bzero(void *to, size_t n);

size_t strlen(const char *s);
char *strcpy(char *to, const char *from);
char *strcat(char *to, const char *from);
int strcmp(const char *a, const char *b);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strtok(char *s, const char *separators);
char *strtok_r(char *s, const char *separators, char **next);

const char *strerror(int error);

#endif
