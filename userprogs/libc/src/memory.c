/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * <string.h>: blocks of memory.  Words where both sides allow it: on the emulator each
 * iteration is an instruction, whatever its width.
 */
#include <stdint.h>
#include <string.h>

/* A word at any address, of any type. */
struct word {
	uint64_t value;
} __attribute__((packed, may_alias));

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	for (; n >= 8; n -= 8, t += 8, f += 8)
		((struct word *)t)->value = ((const struct word *)f)->value;
	while (n-- > 0)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (t <= f || t >= f + n) {
		/* Forwards, each word read before a later one is written. */
		for (; n >= 8; n -= 8, t += 8, f += 8)
			((struct word *)t)->value = ((const struct word *)f)->value;
		while (n-- > 0)
			*t++ = *f++;
		return to;
	}
	for (; n >= 8; n -= 8)
		((struct word *)(t + n - 8))->value =
			((const struct word *)(f + n - 8))->value;
	while (n-- > 0)
		t[n] = f[n];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	unsigned char *t = to;
	uint64_t pattern = (unsigned char)c * UINT64_C(0x0101010101010101);

	for (; n >= 8; n -= 8, t += 8)
		((struct word *)t)->value = pattern;
	while (n-- > 0)
		*t++ = (unsigned char)c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a;
	const unsigned char *q = b;

	for (size_t i = 0; i < n; i++)
		if (p[i] != q[i])
			return p[i] - q[i];
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (size_t i = 0; i < n; i++)
		if (p[i] == (unsigned char)c)
			return (void *)(p + i);
	return NULL;
}

void bzero(void *to, size_t n)
{
	memset(to, 0, n);
}
