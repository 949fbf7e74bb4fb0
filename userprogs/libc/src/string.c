/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <string.h>: strings. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return n;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

char *strcpy(char *restrict to, const char *restrict from)
{
	return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *restrict to, const char *restrict from, size_t n)
{
	size_t length = strnlen(from, n);

	memcpy(to, from, length);
	memset(to + length, 0, n - length);
	return to;
}

char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strlen(from);

	if (size > 0) {
		size_t n = length < size ? length : size - 1;

		memcpy(to, from, n);
		to[n] = '\0';
	}
	return length;
}

size_t strlcat(char *restrict to, const char *restrict from, size_t size)
{
	size_t n = strnlen(to, size);

	return n + strlcpy(to + n, from, size - n);
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i] != b[i])
			return (unsigned char)a[i] - (unsigned char)b[i];
		if (a[i] == '\0')
			break;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (*s == '\0')
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return (char *)last;
	}
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; *s != '\0' || n == 0; s++)
		if (strncmp(s, what, n) == 0)
			return (char *)s;
	return NULL;
}

size_t strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(set, s[n]) != NULL)
		n++;
	return n;
}

size_t strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (strchr(set, s[n]) == NULL)
		n++;
	return n;
}

char *strtok_r(char *restrict s, const char *restrict separators, char **restrict next)
{
	if (s == NULL)
		s = *next;
	s += strspn(s, separators);
	if (*s == '\0') {
		*next = s;
		return NULL;
	}
	*next = s + strcspn(s, separators);
	if (**next != '\0')
		*(*next)++ = '\0';
	return s;
}

char *strtok(char *restrict s, const char *restrict separators)
{
	static char none[1];
	static char *next = none;

	return strtok_r(s, separators, &next);
}

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = malloc(n);

	return copy != NULL ? memcpy(copy, s, n) : NULL;
}
