/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "explore/story_private.h"
#include "probe/symbols.h"

#define PAGE_WIDTH 80u
#define HANGING 2u

/* --- places --- */

static void put_place(const struct story *s, struct text *out, uint64_t rip, bool brief)
{
	uint64_t offset;
	const char *function = symbols_function(s->symbols, rip, &offset);
	const char *file;
	int line;

	if (!function) {
		text_printf(out, rip >> 63 ? "0x%" PRIx64 : "its program, 0x%" PRIx64,
		            rip);
		return;
	}
	file = symbols_line(s->symbols, rip, &line);
	text_string(out, function);
	if (file)
		text_printf(out, " (%s:%d)", brief ? file_base_name(file) : file, line);
}

void story_place(const struct story *s, struct text *out, uint64_t rip)
{
	put_place(s, out, rip, false);
}

void story_place_brief(const struct story *s, struct text *out, uint64_t rip)
{
	put_place(s, out, rip, true);
}

/* --- columns --- */

/* How much of the text fits into `width`, at a blank if there is one. */
static size_t fitting(const char *text, size_t width)
{
	size_t n = strcspn(text, "\n"), at;

	if (n <= width)
		return n;
	at = width;
	while (at > 0 && text[at] != ' ')
		at--;
	return at ? at : width;
}

static void put_in_column(struct story *s, size_t column, size_t indent, const char *text,
                          size_t n)
{
	for (size_t c = 0; c < s->ncolumns && c <= column; c++) {
		if (c)
			text_string(s->out, "| ");
		if (c < column)
			text_repeat(s->out, ' ', s->width - 2);
	}
	text_repeat(s->out, ' ', indent);
	text_bytes(s->out, text, n);
	/* The lines of the columns to the right. */
	if (column + 1 < s->ncolumns) {
		text_repeat(s->out, ' ', s->width - 2 - indent - n);
		for (size_t c = column + 1; c < s->ncolumns; c++) {
			text_string(s->out, "|");
			if (c + 1 < s->ncolumns)
				text_repeat(s->out, ' ', s->width - 1);
		}
	}
	text_char(s->out, '\n');
}

void story_cell(struct story *s, uint16_t thread, const char *text)
{
	size_t column = s->columns[thread], room = s->width - 2, indent = 0;

	while (*text) {
		size_t n = fitting(text, room - indent);

		put_in_column(s, column, indent, text, n);
		text += n;
		text += strspn(text, " \n");
		indent = HANGING;
	}
}

void story_heading(struct story *s, uint64_t threads)
{
	for (size_t c = 0; c < s->ncolumns; c++) {
		for (size_t t = 0; t < s->record->nthreads; t++) {
			if (!(threads >> t & 1) || s->columns[t] != c)
				continue;
			text_printf(s->out, "%s%-*.*s", c ? "| " : "",
			            c + 1 < s->ncolumns ? (int)s->width - 2 : 0,
			            (int)s->width - 2,
			            record_who(s->record, (uint16_t)t));
		}
	}
	text_char(s->out, '\n');
}

void story_line(struct story *s, size_t indent, const char *text)
{
	size_t more = 0;

	while (*text) {
		size_t n = fitting(text, PAGE_WIDTH - indent - more);

		text_repeat(s->out, ' ', indent + more);
		text_bytes(s->out, text, n);
		text_char(s->out, '\n');
		text += n;
		text += strspn(text, " \n");
		more = HANGING;
	}
}

/* --- source --- */

void story_source(struct story *s, uint64_t rip)
{
	struct text line = {0};
	const char *name, *text;
	int number;
	size_t n;

	name = rip ? symbols_line(s->symbols, rip, &number) : NULL;
	/* It comes from a guest's image, which may be a stranger's. */
	text = name && name[0] != '/' ? sources_line(s->sources, name, number, &n) : NULL;
	for (; text && n && (*text == ' ' || *text == '\t'); n--)
		text++;
	if (!text || !n)
		return;
	text_printf(&line, "%s:%d  ", name, number);
	text_bytes(&line, text, n);
	if (!line.failed) {
		for (size_t i = 0; i < line.length; i++)
			if (line.data[i] == '\t')
				line.data[i] = ' ';
		story_line(s, 4, line.data);
	}
	s->out->failed |= line.failed;
	text_free(&line);
}
