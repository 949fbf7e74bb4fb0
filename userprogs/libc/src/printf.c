/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printf family: one formatter, into memory or by write(). */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where the text goes: memory, or by way of `buf` a descriptor. */
struct sink {
	char *buf;
	size_t size;
	size_t used;  /* bytes in buf */
	size_t total; /* bytes of the whole text */
	bool memory;
	int fd;
	bool failed;
};

struct conversion {
	bool left, zero, plus, space, alternate;
	int width;
	int precision; /* -1: none given */
	int bytes;     /* of an integer argument: 1, 2, 4, 8 */
	char letter;
};

static void sink_flush(struct sink *s)
{
	size_t done = 0;

	while (done < s->used && !s->failed) {
		ssize_t n = write(s->fd, s->buf + done, s->used - done);

		if (n <= 0)
			s->failed = true;
		else
			done += (size_t)n;
	}
	s->used = 0;
}

static void emit(struct sink *s, char c)
{
	s->total++;
	if (!s->memory && s->used == s->size)
		sink_flush(s);
	if (s->used < s->size)
		s->buf[s->used++] = c;
}

static void emit_many(struct sink *s, char c, int n)
{
	while (n-- > 0)
		emit(s, c);
}

/* `prefix` (sign or base), zeros up to `digits`, the text; all within the width. */
static void emit_field(struct sink *s, const struct conversion *c, const char *prefix,
                       int digits, const char *text, int length)
{
	int zeros = digits > length ? digits - length : 0;
	int pad = c->width - (int)strlen(prefix) - zeros - length;

	if (!c->left && c->zero) {
		zeros += pad > 0 ? pad : 0;
		pad = 0;
	}
	if (!c->left)
		emit_many(s, ' ', pad);
	while (*prefix != '\0')
		emit(s, *prefix++);
	emit_many(s, '0', zeros);
	for (int i = 0; i < length; i++)
		emit(s, text[i]);
	if (c->left)
		emit_many(s, ' ', pad);
}

static void emit_number(struct sink *s, struct conversion *c, uint64_t value,
                        const char *prefix)
{
	const char *digits = c->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = 10;
	char text[24];
	char *p = text + sizeof(text);

	if (c->letter == 'x' || c->letter == 'X' || c->letter == 'p')
		base = 16;
	if (c->letter == 'o')
		base = 8;
	for (; value != 0; value /= base)
		*--p = digits[value % base];
	if (c->alternate && base == 8)
		*--p = '0';
	if (p == text + sizeof(text) && c->precision != 0)
		*--p = '0';
	if (c->precision >= 0)
		c->zero = false;
	emit_field(s, c, prefix, c->precision, p, (int)(text + sizeof(text) - p));
}

static void emit_signed(struct sink *s, struct conversion *c, int64_t value)
{
	const char *prefix = c->plus ? "+" : c->space ? " " : "";

	if (c->bytes == 1)
		value = (int8_t)value;
	if (c->bytes == 2)
		value = (int16_t)value;
	if (value < 0)
		emit_number(s, c, -(uint64_t)value, "-");
	else
		emit_number(s, c, (uint64_t)value, prefix);
}

static void emit_unsigned(struct sink *s, struct conversion *c, uint64_t value)
{
	const char *prefix = "";

	if (c->bytes < 8)
		value &= (UINT64_C(1) << (8 * c->bytes)) - 1;
	if (c->alternate && value != 0 && c->letter == 'x')
		prefix = "0x";
	if (c->alternate && value != 0 && c->letter == 'X')
		prefix = "0X";
	emit_number(s, c, value, prefix);
}

static void emit_string(struct sink *s, struct conversion *c, const char *text)
{
	size_t max = c->precision >= 0 ? (size_t)c->precision : SIZE_MAX;

	if (text == NULL)
		text = "(null)";
	c->zero = false;
	emit_field(s, c, "", 0, text, (int)strnlen(text, max));
}

static int parse_count(const char **fmt, va_list *ap)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*ap, int);
	}
	while (isdigit((unsigned char)**fmt))
		n = n * 10 + *(*fmt)++ - '0';
	return n;
}

/* Reads what stands between % and the letter, and the letter. */
static void parse(struct conversion *c, const char **fmt, va_list *ap)
{
	*c = (struct conversion){.precision = -1, .bytes = 4};
	for (;; (*fmt)++) {
		switch (**fmt) {
		case '-':
			c->left = true;
			continue;
		case '0':
			c->zero = true;
			continue;
		case '+':
			c->plus = true;
			continue;
		case ' ':
			c->space = true;
			continue;
		case '#':
			c->alternate = true;
			continue;
		default:
			break;
		}
		break;
	}
	c->width = parse_count(fmt, ap);
	if (c->width < 0) {
		c->left = true;
		c->width = -c->width;
	}
	if (**fmt == '.') {
		(*fmt)++;
		c->precision = parse_count(fmt, ap);
	}
	for (;; (*fmt)++) {
		if (**fmt == 'h')
			c->bytes /= 2;
		else if (strchr("lzjt", **fmt) != NULL && **fmt != '\0')
			c->bytes = 8;
		else
			break;
	}
	c->letter = **fmt;
	if (c->letter != '\0')
		(*fmt)++;
}

static void convert(struct sink *s, struct conversion *c, va_list *ap)
{
	char byte;

	switch (c->letter) {
	case 'd':
	case 'i':
		emit_signed(s, c,
		            c->bytes == 8 ? va_arg(*ap, int64_t) : va_arg(*ap, int));
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		emit_unsigned(s, c,
		              c->bytes == 8 ? va_arg(*ap, uint64_t)
		                            : va_arg(*ap, unsigned int));
		break;
	case 'p':
		emit_number(s, c, (uintptr_t)va_arg(*ap, void *), "0x");
		break;
	case 'c':
		byte = (char)va_arg(*ap, int);
		c->zero = false;
		emit_field(s, c, "", 0, &byte, 1);
		break;
	case 's':
		emit_string(s, c, va_arg(*ap, const char *));
		break;
	case '\0':
		break;
	default: /* %%, and what is not known stands for itself */
		emit(s, c->letter);
		break;
	}
}

static void format(struct sink *s, const char *fmt, va_list ap)
{
	va_list args;

	va_copy(args, ap);
	while (*fmt != '\0') {
		struct conversion c;

		if (*fmt != '%') {
			emit(s, *fmt++);
			continue;
		}
		fmt++;
		parse(&c, &fmt, &args);
		convert(s, &c, &args);
	}
	va_end(args);
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s = {.buf = buf, .size = size > 0 ? size - 1 : 0, .memory = true};

	format(&s, fmt, ap);
	if (size > 0)
		buf[s.used] = '\0';
	return (int)s.total;
}

int vdprintf(int fd, const char *fmt, va_list ap)
{
	char buf[STDIO_LINE];
	struct sink s = {.buf = buf, .size = sizeof(buf), .fd = fd};

	format(&s, fmt, ap);
	sink_flush(&s);
	return s.failed ? -1 : (int)s.total;
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	return vdprintf(f->fd, fmt, ap);
}

int vprintf(const char *fmt, va_list ap)
{
	return vdprintf(STDOUT_FILENO, fmt, ap);
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return n;
}

int fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}
