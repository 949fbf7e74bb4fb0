/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 80

void text_free(struct text *t)
{
	free(t->data);
	*t = (struct text){0};
}

void text_clear(struct text *t)
{
	t->length = 0;
	if (t->data)
		t->data[0] = '\0';
}

/* Room for `n` bytes and a NUL after what is there. */
static bool reserve(struct text *t, size_t n)
{
	if (t->failed)
		return false;
	if (n < t->capacity - t->length)
		return true;
	size_t capacity = t->capacity ? t->capacity : 256;

	while (capacity - t->length <= n) {
		if (capacity > SIZE_MAX / 2) {
			t->failed = true;
			return false;
		}
		capacity *= 2;
	}
	char *data = realloc(t->data, capacity);

	if (!data) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->capacity = capacity;
	return true;
}

void text_bytes_grow(struct text *t, const char *bytes, size_t n)
{
	if (!reserve(t, n))
		return;
	if (n)
		memcpy(t->data + t->length, bytes, n);
	t->length += n;
	t->data[t->length] = '\0';
}

void text_repeat(struct text *t, char c, size_t n)
{
	if (!reserve(t, n))
		return;
	memset(t->data + t->length, c, n);
	t->length += n;
	t->data[t->length] = '\0';
}

void text_unsigned(struct text *t, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	text_bytes(t, digits + at, sizeof(digits) - at);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	va_list again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);

	if (n < 0) {
		t->failed = true;
	} else if (reserve(t, (size_t)n)) {
		vsnprintf(t->data + t->length, (size_t)n + 1, fmt, again);
		t->length += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

void text_printable(struct text *t, const char *s, size_t width)
{
	size_t start = t->length;

	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		size_t before = t->length;

		if (*p == '\n')
			text_string(t, "\\n");
		else if (*p < 0x20 || *p >= 0x7f)
			text_printf(t, "\\x%02x", *p);
		else
			text_char(t, (char)*p);
		if (t->failed)
			return;
		if (t->length - start > width || (t->length - start == width && p[1])) {
			t->length = before;
			t->data[before] = '\0';
			if (width)
				text_char(t, '~');
			return;
		}
	}
}

void text_wrapped(struct text *t, const char *s, size_t indent)
{
	size_t room = COLUMNS - indent;

	while (*s) {
		size_t n = strlen(s);

		if (n > room) {
			n = room;
			while (n > 0 && s[n] != ' ')
				n--;
			if (n == 0)
				n = strcspn(s, " ");
		}
		text_repeat(t, ' ', indent);
		text_bytes(t, s, n);
		text_char(t, '\n');
		s += n;
		s += strspn(s, " ");
	}
}

void text_coloured(struct text *t, const char *s, const char *colour, bool on)
{
	if (on)
		text_string(t, colour);
	text_string(t, s);
	if (on)
		text_string(t, TEXT_PLAIN);
}

void text_shell_word(struct text *t, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%";

	if (*word && word[strspn(word, plain)] == '\0') {
		text_string(t, word);
		return;
	}
	text_char(t, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			text_string(t, "'\\''");
		else
			text_char(t, *word);
	}
	text_char(t, '\'');
}
