/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "dev/console.h"
#include "lib/string.h"

struct sink {
	char *buf;
	size_t size;
	size_t length; /* of all text, also what did not fit */
};

static void put(struct sink *sink, char c)
{
	if (sink->length + 1 < sink->size)
		sink->buf[sink->length] = c;
	sink->length++;
}

static void put_padded(struct sink *sink, const char *text, size_t n, size_t width,
                       char pad)
{
	for (; width > n; width--)
		put(sink, pad);
	for (size_t i = 0; i < n; i++)
		put(sink, text[i]);
}

static void put_number(struct sink *sink, uint64_t value, bool negative, unsigned base,
                       size_t width, char pad)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	if (negative)
		digits[--at] = '-';
	put_padded(sink, digits + at, sizeof(digits) - at, width, pad);
}

struct directive {
	size_t width;
	char pad;
	bool wide; /* a 64-bit argument */
};

static const char *parse_directive(const char *f, struct directive *d)
{
	*d = (struct directive){.pad = ' '};
	if (*f == '0')
		d->pad = *f++;
	while (*f >= '0' && *f <= '9')
		d->width = d->width * 10 + (size_t)(*f++ - '0');
	while (*f == 'l' || *f == 'z') {
		d->wide = true;
		f++;
	}
	return f;
}

size_t format_args(char *buf, size_t size, const char *f, va_list args)
{
	struct sink sink = {buf, size, 0};
	struct directive d;

	for (; *f != '\0'; f++) {
		if (*f != '%') {
			put(&sink, *f);
			continue;
		}
		f = parse_directive(f + 1, &d);
		if (*f == 's') {
			const char *s = va_arg(args, const char *);

			put_padded(&sink, s, strlen(s), d.width, ' ');
		} else if (*f == 'c') {
			put(&sink, (char)va_arg(args, int));
		} else if (*f == 'd') {
			int64_t v = d.wide ? va_arg(args, int64_t) : va_arg(args, int);

			put_number(&sink, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0,
			           10, d.width, d.pad);
		} else if (*f == 'u' || *f == 'x') {
			uint64_t v =
				d.wide ? va_arg(args, uint64_t) : va_arg(args, unsigned);

			put_number(&sink, v, false, *f == 'u' ? 10 : 16, d.width, d.pad);
		} else if (*f == 'p') {
			put_number(&sink, (uintptr_t)va_arg(args, void *), false, 16, 16,
			           '0');
		} else {
			put(&sink, *f);
		}
		if (*f == '\0')
			break;
	}
	if (size > 0)
		buf[MIN(sink.length, size - 1)] = '\0';
	return sink.length;
}

size_t format_text(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = format_args(buf, size, format, args);
	va_end(args);
	return n;
}

void kprintf(const char *format, ...)
{
	char text[256];
	va_list args;
	size_t n;

	va_start(args, format);
	n = format_args(text, sizeof(text), format, args);
	va_end(args);
	console_write(text, MIN(n, sizeof(text) - 1));
}
