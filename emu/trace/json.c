/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON half of text.h.
 *
 * A guest may print any bytes, JSON strings hold only Unicode.  Lone surrogates would
 * hold bytes too, but common parsers refuse or replace them; code points of the private
 * use area pass everywhere.  That text which itself uses those code points is escaped as
 * well makes the rule reversible.
 */
#include "trace/text.h"

#include <string.h>

/* U+EF00 to U+EFFF are EE BC 80 to EE BF BF in UTF-8. */
#define ESCAPE_LEAD 0xee
#define ESCAPE_SECOND 0xbc

static bool is_escape(const unsigned char *p, size_t n)
{
	return n >= 3 && p[0] == ESCAPE_LEAD && (p[1] & 0xfc) == ESCAPE_SECOND &&
	       (p[2] & 0xc0) == 0x80;
}

size_t text_utf8_length(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t length;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

bool text_is_utf8(const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		uint64_t eight;

		/* Eight bytes of ASCII at a time, which is nearly all there is. */
		while (n - at >= sizeof(eight)) {
			memcpy(&eight, s + at, sizeof(eight));
			if (eight & UINT64_C(0x8080808080808080))
				break;
			at += sizeof(eight);
		}
		size_t length = at < n ? text_utf8_length(s + at, n - at) : 1;

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

static void escape_byte(struct text *t, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char escape[6] = {'\\', 'u', 'e', 'f', hex[byte >> 4], hex[byte & 15]};

	text_bytes(t, escape, sizeof(escape));
}

/* What is neither plain nor the start of a longer sequence: controls, '"', '\', DEL. */
static void escape_ascii(struct text *t, unsigned char c)
{
	switch (c) {
	case '\0':
		escape_byte(t, 0);
		break;
	case '"':
		text_bytes(t, "\\\"", 2);
		break;
	case '\\':
		text_bytes(t, "\\\\", 2);
		break;
	case '\n':
		text_bytes(t, "\\n", 2);
		break;
	case '\r':
		text_bytes(t, "\\r", 2);
		break;
	case '\t':
		text_bytes(t, "\\t", 2);
		break;
	default:
		text_printf(t, "\\u%04x", c);
	}
}

/* One sequence that is not plain ASCII; how many bytes it takes. */
static size_t escape_one(struct text *t, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t length = text_utf8_length(s, n);

	if (p[0] < 0x80) {
		escape_ascii(t, p[0]);
		return 1;
	}
	if (length == 0) {
		escape_byte(t, p[0]);
		return 1;
	}
	if (is_escape(p, n)) {
		for (size_t i = 0; i < length; i++)
			escape_byte(t, p[i]);
	} else if (p[0] == 0xc2 && p[1] < 0xa0) {
		/* C1 controls: a terminal that shows a trace must not obey them. */
		text_printf(t, "\\u%04x", p[1]);
	} else {
		text_bytes(t, s, length);
	}
	return length;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void text_json_bytes(struct text *t, const char *bytes, size_t n)
{
	text_char(t, '"');
	for (size_t at = 0; at < n;) {
		size_t start = at;

		while (at < n && is_plain((unsigned char)bytes[at]))
			at++;
		if (at > start)
			text_bytes(t, bytes + start, at - start);
		if (at < n)
			at += escape_one(t, bytes + at, n - at);
	}
	text_char(t, '"');
}

void text_json_string(struct text *t, const char *s)
{
	text_json_bytes(t, s, strlen(s));
}

void text_json_address(struct text *t, uint64_t value)
{
	static const char hex[] = "0123456789abcdef";
	char digits[20];
	size_t at = sizeof(digits);

	digits[--at] = '"';
	do {
		digits[--at] = hex[value & 15];
		value >>= 4;
	} while (value);
	digits[--at] = 'x';
	digits[--at] = '0';
	text_char(t, '"');
	text_bytes(t, digits + at, sizeof(digits) - at);
}

void text_json_unsigned(struct text *t, uint64_t value)
{
	if (value <= TEXT_JSON_INTEGER_MAX)
		text_unsigned(t, value);
	else
		text_json_address(t, value);
}

void text_json_signed(struct text *t, int64_t value)
{
	if (value >= 0) {
		text_json_unsigned(t, (uint64_t)value);
	} else if (value >= -(int64_t)TEXT_JSON_INTEGER_MAX) {
		text_char(t, '-');
		text_unsigned(t, (uint64_t)-value);
	} else {
		text_json_address(t, (uint64_t)value);
	}
}

static bool ends_in(const struct text *t, char c)
{
	return t->length && t->data[t->length - 1] == c;
}

void text_json_key(struct text *t, const char *name)
{
	if (!ends_in(t, '{'))
		text_char(t, ',');
	text_char(t, '"');
	text_string(t, name);
	text_bytes(t, "\":", 2);
}

void text_json_next(struct text *t)
{
	if (!ends_in(t, '['))
		text_char(t, ',');
}

void text_member_string(struct text *t, const char *name, const char *value)
{
	text_json_key(t, name);
	if (value)
		text_json_string(t, value);
	else
		text_string(t, "null");
}

void text_member_unsigned(struct text *t, const char *name, uint64_t value)
{
	text_json_key(t, name);
	text_json_unsigned(t, value);
}

void text_member_signed(struct text *t, const char *name, int64_t value)
{
	text_json_key(t, name);
	text_json_signed(t, value);
}

void text_member_bool(struct text *t, const char *name, bool value)
{
	text_json_key(t, name);
	text_string(t, value ? "true" : "false");
}

size_t text_json_decode(char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t to = 0;

	if (n == 0 || !memchr(s, ESCAPE_LEAD, n))
		return n;
	for (size_t at = 0; at < n;) {
		if (is_escape(p + at, n - at)) {
			s[to++] = (char)((p[at + 1] & 3) << 6 | (p[at + 2] & 0x3f));
			at += 3;
		} else {
			s[to++] = s[at++];
		}
	}
	return to;
}
