/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qsort() as a heapsort: no recursion, no worst case, no memory. */
#include <stdlib.h>

static void swap(char *a, char *b, size_t size)
{
	while (size-- > 0) {
		char byte = *a;

		*a++ = *b;
		*b++ = byte;
	}
}

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	char *a = base;
	size_t start = n / 2;
	size_t end = n;

	/* First each element from the middle down goes to its place, then each largest */
	while (end > 1) {
		size_t i = 0;

		if (start > 0)
			i = --start;
		else
			swap(a, a + --end * size, size);
		for (size_t child; (child = 2 * i + 1) < end; i = child) {
			if (child + 1 < end &&
			    compare(a + child * size, a + (child + 1) * size) < 0)
				child++;
			if (compare(a + i * size, a + child * size) >= 0)
				break;
			swap(a + i * size, a + child * size, size);
		}
	}
}
