/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers out of strings. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static int digit(int c)
{
	if (isdigit(c))
		return c - '0';
	if (islower(c))
		return c - 'a' + 10;
	if (isupper(c))
		return c - 'A' + 10;
	return INT_MAX;
}

/*
 * Reads sign, prefix and digits; *end is behind the last digit, or at the start where
 * there is none.  *over says that the value exceeds an unsigned long.
 */
static unsigned long scan(const char *s, char **end, int base, bool *negative, bool *over)
{
	const char *p = s;
	const char *last = s;
	unsigned long value = 0;

	while (isspace((unsigned char)*p))
		p++;
	*negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if ((base == 0 || base == 16) && p[0] == '0' && (p[1] == 'x' || p[1] == 'X') &&
	    isxdigit((unsigned char)p[2])) {
		p += 2;
		base = 16;
	}
	if (base == 0)
		base = *p == '0' ? 8 : 10;
	*over = false;
	for (int d; (d = digit((unsigned char)*p)) < base; last = ++p) {
		if (__builtin_mul_overflow(value, (unsigned long)base, &value) ||
		    __builtin_add_overflow(value, (unsigned long)d, &value))
			*over = true;
	}
	if (end != NULL)
		*end = (char *)last;
	return value;
}

long strtol(const char *s, char **end, int base)
{
	bool negative, over;
	unsigned long value = scan(s, end, base, &negative, &over);

	if (over || value > (unsigned long)LONG_MAX + negative) {
		errno = ERANGE;
		return negative ? LONG_MIN : LONG_MAX;
	}
	return (long)(negative ? -value : value);
}

unsigned long strtoul(const char *s, char **end, int base)
{
	bool negative, over;
	unsigned long value = scan(s, end, base, &negative, &over);

	if (over) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return negative ? -value : value;
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}
