/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/string.h"

#include <stdint.h>

/*
 * The compiler also calls these by itself, and must not turn their own loops into calls
 * of themselves: the kernel is compiled with -fno-tree-loop-distribute-patterns.
 *
 * A processor is fastest with string instructions.  An emulator leaves its translated
 * code after each of their iterations, and is fastest with few jumps: eight words a turn.
 */
#define WORDS 8

/* At any address, of any type. */
struct word {
	uint64_t value;
} __attribute__((packed, may_alias));

/* From the front, word by word: what is still to be read must not lie behind `dst`. */
static void copy_up(unsigned char *dst, const unsigned char *src, size_t n)
{
	struct word *d = (struct word *)dst;
	const struct word *s = (const struct word *)src;

	for (; n >= WORDS * sizeof(*d); n -= WORDS * sizeof(*d), d += WORDS, s += WORDS) {
#pragma GCC unroll 8
		for (int i = 0; i < WORDS; i++)
			d[i] = s[i];
	}
	for (; n >= sizeof(*d); n -= sizeof(*d))
		*d++ = *s++;
	dst = (unsigned char *)d;
	src = (const unsigned char *)s;
	while (n-- > 0)
		*dst++ = *src++;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		copy_up(d, s, n);
	else
		while (n-- > 0)
			d[n] = s[n];
	return dst;
}

void *memset(void *dst, int byte, size_t n)
{
	const struct word pattern = {(uint8_t)byte * 0x0101010101010101ull};
	struct word *d = dst;
	unsigned char *tail;

	for (; n >= WORDS * sizeof(*d); n -= WORDS * sizeof(*d), d += WORDS) {
#pragma GCC unroll 8
		for (int i = 0; i < WORDS; i++)
			d[i] = pattern;
	}
	for (; n >= sizeof(*d); n -= sizeof(*d))
		*d++ = pattern;
	tail = (unsigned char *)d;
	while (n-- > 0)
		*tail++ = (uint8_t)byte;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	for (size_t i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	while (n > 0 && *a != '\0' && *a == *b) {
		a++;
		b++;
		n--;
	}
	return n == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;
	return (char *)(uintptr_t)s;
}

void string_copy(char *dst, const char *src, size_t size)
{
	size_t n = strlen(src);

	if (n > size - 1)
		n = size - 1;
	memcpy(dst, src, n);
	dst[n] = '\0';
}
