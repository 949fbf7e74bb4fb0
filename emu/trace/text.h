/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing text, and JSON into it.
 *
 * A `struct text` starts as all zeros.  Running out of memory is remembered instead of
 * reported by each call: look at `failed` once, at the end.  `data` is always terminated
 * by a NUL that `length` does not count, or NULL while nothing was added.
 */
#ifndef FORKSCOPE_TRACE_TEXT_H
#define FORKSCOPE_TRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void text_free(struct text *t);
/* Empties it and keeps the memory. */
void text_clear(struct text *t);
/* text_bytes() where there is no room yet. */
void text_bytes_grow(struct text *t, const char *bytes, size_t n);

/* Here, since each event of a run is a few dozen of these. */
static inline void text_bytes(struct text *t, const char *bytes, size_t n)
{
	if (n >= t->capacity - t->length || t->failed) {
		text_bytes_grow(t, bytes, n);
		return;
	}
	memcpy(t->data + t->length, bytes, n);
	t->length += n;
	t->data[t->length] = '\0';
}

static inline void text_char(struct text *t, char c)
{
	text_bytes(t, &c, 1);
}

static inline void text_string(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

void text_repeat(struct text *t, char c, size_t n);
void text_unsigned(struct text *t, uint64_t value);
void text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A byte string as a JSON string, quotes included, by the rule of traces/format.md: valid
 * UTF-8 as itself; a byte that is no part of valid UTF-8, and NUL, as the code point
 * U+EF00 + byte; text that itself uses U+EF00 to U+EFFF byte by byte in the same way.
 * text_json_decode() brings the very same bytes back.
 */
void text_json_bytes(struct text *t, const char *bytes, size_t n);
void text_json_string(struct text *t, const char *s);
/* An integer; beyond 2^53-1, where many readers lose digits, a string "0x..." instead. */
void text_json_unsigned(struct text *t, uint64_t value);
void text_json_signed(struct text *t, int64_t value);
/* A string "0x..." whatever the value. */
void text_json_address(struct text *t, uint64_t value);
/* `,"name":`, without the comma where the object has just begun. */
void text_json_key(struct text *t, const char *name);
/* The comma between elements, none where the array has just begun. */
void text_json_next(struct text *t);

/* Members of an object: text_json_key() and the value; null for NULL. */
void text_member_string(struct text *t, const char *name, const char *value);
void text_member_unsigned(struct text *t, const char *name, uint64_t value);
void text_member_signed(struct text *t, const char *name, int64_t value);
void text_member_bool(struct text *t, const char *name, bool value);

/* The largest integer that is written as a JSON number. */
#define TEXT_JSON_INTEGER_MAX ((UINT64_C(1) << 53) - 1)

/*
 * Undoes the rule above in a parsed JSON string of `n` bytes, in place; the new length,
 * never longer.
 */
size_t text_json_decode(char *s, size_t n);

/* The length of the valid UTF-8 sequence that begins at `s`, or 0 where none does. */
size_t text_utf8_length(const char *s, size_t n);
bool text_is_utf8(const char *s, size_t n);

/*
 * For people, in one column a character: what is not printable ASCII as \n, \xNN.
 * At most `width` columns, the last one '~' where it was cut.
 */
void text_printable(struct text *t, const char *s, size_t width);

/* In lines of 80 columns at most, broken at blanks, each behind `indent` blanks. */
void text_wrapped(struct text *t, const char *s, size_t indent);

/* What a terminal takes for colours. */
#define TEXT_RED "\033[31m"
#define TEXT_BOLD_RED "\033[1;31m"
#define TEXT_GREEN "\033[32m"
#define TEXT_YELLOW "\033[33m"
#define TEXT_BOLD "\033[1m"
#define TEXT_PLAIN "\033[0m"

/* `s` in one of them and plain again, or as it is. */
void text_coloured(struct text *t, const char *s, const char *colour, bool on);

/* As one word of a shell, in quotes where it needs them. */
void text_shell_word(struct text *t, const char *word);

#endif
