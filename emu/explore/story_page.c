/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "explore/story_private.h"
#include "probe/symbols.h"

#define PAGE_WIDTH 80u
#define HANGING 2u
#define SOURCE_MAX (4u << 20)
#define PATH_SIZE 4096

/* --- names --- */

const char *story_who(const struct story *s, uint16_t thread)
{
	static _Thread_local char text[40];
	const struct record_thread *t = &s->record->threads[thread];

	if (thread >= s->record->nthreads)
		return "nobody";
	if (t->idle)
		return "the idle thread";
	if (strcmp(t->proc, TRACE_KERNEL_PROC) != 0)
		return t->proc;
	snprintf(text, sizeof(text), "the kernel's thread %d", t->id);
	return text;
}

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
			            (int)s->width - 2, story_who(s, (uint16_t)t));
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

/* The length of a path's folder, 0 for none. */
static size_t folder_of(const char *path, size_t length)
{
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 0 && path[length - 1] == '/')
		length--;
	return length;
}

static bool read_source(struct file *file, const char *folder, size_t length,
                        const char *name)
{
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof(path), "%.*s%s%s", (int)length, folder,
	                 length ? "/" : "", name);

	return n > 0 && n < PATH_SIZE && file_read(file, path, SOURCE_MAX) == 0;
}

/* A build lies within its checkout: the nearest folder above the kernel first. */
static bool find_source(const struct story *s, struct file *file, const char *name)
{
	const char *kernel = s->images->kernel.path;
	size_t length = folder_of(kernel, strlen(kernel));
	char beside[PATH_SIZE];

	/* It comes from a guest's image. */
	if (strstr(name, "..") || name[0] == '/')
		return false;
	/* Of the kernel that comes along they lie beside it. */
	snprintf(beside, sizeof(beside), "%.*s/kernel-src", (int)length, kernel);
	if (read_source(file, beside, strlen(beside), name))
		return true;
	for (; length > 0; length = folder_of(kernel, length))
		if (read_source(file, kernel, length, name))
			return true;
	return read_source(file, "", 0, name);
}

static const char *line_of(const struct file *file, int line, size_t *n)
{
	const char *at = (const char *)file->data, *end = at + file->size, *stop;

	while (--line > 0 && at < end) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			return NULL;
		at++;
	}
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at >= end)
		return NULL;
	stop = memchr(at, '\n', (size_t)(end - at));
	*n = (size_t)((stop ? stop : end) - at);
	return at;
}

void story_source(struct story *s, uint64_t rip)
{
	struct text line = {0};
	struct file file = {0};
	const char *name, *text;
	int number;
	size_t n;

	name = rip ? symbols_line(s->symbols, rip, &number) : NULL;
	if (!name || !find_source(s, &file, name))
		return;
	text = line_of(&file, number, &n);
	if (text && n) {
		text_printf(&line, "%s:%d  ", name, number);
		text_bytes(&line, text, n);
		for (size_t i = 0; i < line.length; i++)
			if (line.data[i] == '\t')
				line.data[i] = ' ';
	}
	file_free(&file);
	if (line.length)
		story_line(s, 4, line.data);
	s->out->failed |= line.failed;
	text_free(&line);
}
