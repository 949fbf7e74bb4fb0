/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libctest: the parts of the libc that need no kernel: printf, strings, numbers, malloc.
 */
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_text(const char *got, int length, const char *expected)
{
	if (strcmp(got, expected) != 0)
		fail("printf gave \"%s\", not \"%s\"", got, expected);
	if (length != (int)strlen(expected))
		fail("printf returned %d for \"%s\"", length, expected);
}

#define EXPECT(expected, ...)                                                            \
	expect_text(buf, snprintf(buf, sizeof(buf), __VA_ARGS__), expected)

static void formats(void)
{
	char buf[128];

	EXPECT("plain % text", "plain %% text");
	EXPECT("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT_MAX, INT_MIN);
	EXPECT("-9223372036854775808", "%ld", LONG_MIN);
	EXPECT("18446744073709551615", "%lu", ULONG_MAX);
	EXPECT("4294967295 ffffffff 37777777777", "%u %x %o", UINT_MAX, UINT_MAX,
	       UINT_MAX);
	EXPECT("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, -1, -1, -1);
	EXPECT("[   42] [42   ] [00042] [+42] [ 42]", "[%5d] [%-5d] [%05d] [%+d] [% d]",
	       42, 42, 42, 42, 42);
	EXPECT("[-0042] [  -42] [-42  ]", "[%05d] [%5d] [%-5d]", -42, -42, -42);
	EXPECT("[  007] [007  ] []", "[%5.3d] [%-5.3d] [%.0d]", 7, 7, 0);
	EXPECT("0x2a 0X2A 052 0", "%#x %#X %#o %#x", 42, 42, 42, 0);
	EXPECT("0x1234 0x0", "%p %p", (void *)0x1234, (void *)0);
	EXPECT("a [  b] [c  ]", "%c [%3c] [%-3c]", 'a', 'b', 'c');
	EXPECT("[abc] [  abc] [abc  ] [ab]", "[%s] [%5s] [%-5s] [%.2s]", "abc", "abc",
	       "abc", "abc");
	EXPECT("[   7] [7   ] [ab]", "[%*d] [%*d] [%.*s]", 4, 7, -4, 7, 2, "abc");
	EXPECT("123 -5 99", "%zu %jd %td", (size_t)123, (intmax_t)-5, (ptrdiff_t)99);
}

static void cut(void)
{
	char buf[8] = "unclean";

	if (snprintf(buf, 5, "%s", "abcdefgh") != 8 || strcmp(buf, "abcd") != 0)
		fail("snprintf cut to \"%s\"", buf);
	if (snprintf(NULL, 0, "%d", 12345) != 5)
		fail("snprintf into nothing");
	if (strlcpy(buf, "0123456789", sizeof(buf)) != 10 || strcmp(buf, "0123456") != 0)
		fail("strlcpy gave \"%s\"", buf);
	buf[3] = '\0';
	if (strlcat(buf, "abcdefgh", sizeof(buf)) != 11 || strcmp(buf, "012abcd") != 0)
		fail("strlcat gave \"%s\"", buf);
}

#define TRUE(e) ((e) ? (void)0 : fail("line %d: %s", __LINE__, #e))

static void strings(void)
{
	char buf[64];
	char *next;

	TRUE(strlen("") == 0 && strlen("four") == 4 && strnlen("four", 2) == 2);
	TRUE(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("a", "a") == 0);
	TRUE(strcmp("a", "ab") < 0 && strncmp("abc", "abd", 2) == 0);
	TRUE(strcmp("\x80", "a") > 0);
	strcpy(buf, "hay needle hay");
	TRUE(strchr(buf, 'n') == buf + 4 && strchr(buf, 'z') == NULL);
	TRUE(strrchr(buf, 'h') == buf + 11 && *strchr(buf, '\0') == '\0');
	TRUE(strstr(buf, "needle") == buf + 4 && strstr(buf, "nail") == NULL);
	TRUE(strstr(buf, "") == buf && strspn("aabc", "ab") == 3 &&
	     strcspn("xyab", "ab") == 2);
	TRUE(strcmp(strtok_r(buf, " ", &next), "hay") == 0);
	TRUE(strcmp(strtok_r(NULL, " ", &next), "needle") == 0);
	TRUE(strcmp(strtok_r(NULL, " ", &next), "hay") == 0);
	TRUE(strtok_r(NULL, " ", &next) == NULL);
	memset(buf, 'x', sizeof(buf));
	strncpy(buf, "ab", 4);
	TRUE(memcmp(buf, "ab\0\0x", 5) == 0 && memchr(buf, 'x', 8) == buf + 4);
	strcat(buf, "cd");
	TRUE(strcmp(buf, "abcd") == 0);
	TRUE(isalpha('a') && !isalpha('1') && isxdigit('F') && isspace('\n'));
	TRUE(toupper('a') == 'A' && tolower('Z') == 'z' && toupper('1') == '1');
	TRUE(strcmp(strerror(ENOENT), "No such file or directory") == 0);
	TRUE(strcmp(strerror(999), "Unknown error") == 0);
}

/* memmove in both directions and at every distance, against a copy byte by byte. */
static void moves(void)
{
	unsigned char a[96], b[96];

	for (int from = 0; from < 32; from++) {
		for (int to = 0; to < 32; to++) {
			for (int n = 0; n < 40; n += 3) {
				for (int i = 0; i < 96; i++)
					a[i] = b[i] = (unsigned char)(i * 7);
				for (int i = 0; i < n; i++)
					b[to + i] = a[from + i];
				memmove(a + to, a + from, (size_t)n);
				TRUE(memcmp(a, b, sizeof(a)) == 0);
			}
		}
	}
}

static void numbers(void)
{
	char *end;

	TRUE(atoi("1") + atoi("2") == 3 && atoi(" -42x") == -42 && atoi("x") == 0);
	TRUE(strtol("0x1fz", &end, 0) == 31 && *end == 'z');
	TRUE(strtol("0x", &end, 16) == 0 && *end == 'x');
	TRUE(strtol("017", NULL, 0) == 15 && strtol("zz", NULL, 36) == 1295);
	TRUE(strtol("+7", NULL, 10) == 7 && strtoul("-1", NULL, 10) == ULONG_MAX);
	TRUE(strtol("", &end, 10) == 0 && *end == '\0');
	TRUE(strtol("-9223372036854775808", NULL, 10) == LONG_MIN);
	errno = 0;
	TRUE(strtol("9223372036854775808", NULL, 10) == LONG_MAX && errno == ERANGE);
	errno = 0;
	TRUE(strtol("-9223372036854775809", NULL, 10) == LONG_MIN && errno == ERANGE);
	errno = 0;
	TRUE(strtoul("18446744073709551616", NULL, 10) == ULONG_MAX && errno == ERANGE);
}

/* 4.4BSD's numbers, which programs may expect. */
static void random_numbers(void)
{
	TRUE(random() == 2078917053 && random() == 143302914);
	TRUE(random() == 1027100827);
	srandom(1);
	TRUE(random() == 2078917053 && rand() == 143302914);
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void sorting(void)
{
	int a[100];

	for (int n = 0; n <= 100; n++) {
		int sum = 0;

		for (int i = 0; i < n; i++)
			sum += a[i] = (int)(random() % 50);
		qsort(a, (size_t)n, sizeof(*a), by_value);
		for (int i = 0; i < n; i++) {
			TRUE(i == 0 || a[i - 1] <= a[i]);
			sum -= a[i];
		}
		TRUE(sum == 0);
	}
}

#define BLOCKS 200

/* Blocks of changing sizes: each keeps its bytes, none overlaps, all come back. */
static void blocks(void)
{
	unsigned char *p[BLOCKS] = {NULL};
	size_t size[BLOCKS] = {0};
	unsigned char *lowest;
	char *all;

	srandom(42);
	for (int i = 0; i < 5000; i++) {
		int k = (int)(random() % BLOCKS);

		for (size_t j = 0; j < size[k]; j++)
			if (p[k][j] != (unsigned char)k)
				fail("block %d was overwritten", k);
		free(p[k]);
		size[k] = (size_t)(random() % 500);
		p[k] = malloc(size[k]);
		if (p[k] == NULL || (uintptr_t)p[k] % 16 != 0)
			fail("malloc(%zu) gave %p", size[k], (void *)p[k]);
		memset(p[k], k, size[k]);
	}
	lowest = p[0];
	for (int i = 0; i < BLOCKS; i++) {
		if (p[i] < lowest)
			lowest = p[i];
		free(p[i]);
	}
	/* All is one piece again, and a large block starts where the small ones did. */
	all = malloc(60000);
	TRUE(all != NULL && (unsigned char *)all <= lowest);
	all = realloc(all, 70000);
	TRUE(all != NULL);
	free(all);
	TRUE(malloc(SIZE_MAX) == NULL && errno == ENOMEM);
	TRUE(malloc((size_t)1 << 40) == NULL && errno == ENOMEM);
	TRUE(calloc((size_t)1 << 33, (size_t)1 << 33) == NULL && errno == ENOMEM);
}

int main(void)
{
	formats();
	cut();
	strings();
	moves();
	numbers();
	random_numbers();
	sorting();
	blocks();
	printf("libctest: all is well\n");
	return 0;
}
