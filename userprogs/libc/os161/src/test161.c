/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of the test programs of OS/161. */
#include <stdarg.h>
#include <stdio.h>
#include <test/test.h>
#include <test161/test161.h>

/* All texts come out on the console: of OS/161's ways of telling them only the names
 * stay. */
int tprintf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}

int nprintf(const char *fmt, ...) __attribute__((alias("tprintf")));
int printsf(const char *fmt, ...) __attribute__((alias("tprintf")));

int __puts(const char *s)
{
	return printf("%s", s);
}

int snsecprintf(size_t size, char *buf, const char *secret, const char *msg,
                const char *name)
{
	(void)secret;
	return snprintf(buf, size, "%s: %s", name, msg);
}

int secprintf(const char *secret, const char *msg, const char *name)
{
	(void)secret;
	return printf("\n%s: %s\n", name, msg);
}

int success(int status, const char *secret, const char *name)
{
	return secprintf(secret, status == TEST161_SUCCESS ? "SUCCESS" : "FAIL", name);
}

int partial_credit(const char *secret, const char *name, int scored, int total)
{
	char msg[48];

	if (scored == total)
		return success(TEST161_SUCCESS, secret, name);
	snprintf(msg, sizeof(msg), "PARTIAL CREDIT %d OF %d", scored, total);
	return secprintf(secret, msg, name);
}

void tsay(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void nsay(const char *fmt, ...)
{
	(void)fmt;
}

void lsay(const char *fmt, ...) __attribute__((alias("tsay")));
