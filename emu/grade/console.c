/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes. */
#define CONSOLE_MAX ((size_t)1 << 20)
/* Columns of a line in a reason. */
#define SHOWN 70

void console_of(const struct trace *trace, struct text *out)
{
	text_string(out, "");
	for (size_t i = 0; i < trace->nevents && out->length < CONSOLE_MAX; i++) {
		const struct trace_event *e = &trace->events[i];

		if (e->kind != TRACE_CONSOLE)
			continue;
		for (size_t k = 0; k < e->console.length; k++) {
			char c = e->console.text[k];

			if (c == '\n' && out->length > 0 &&
			    out->data[out->length - 1] == '\r')
				out->length--;
			text_char(out, c ? c : '?');
		}
	}
}

/* The line that begins at `*at`, in a few columns; `*at` goes on to the next. */
static void take_line(const char **at, struct text *shown)
{
	size_t n = strcspn(*at, "\n");
	char *line = strndup(*at, n);

	text_clear(shown);
	text_printable(shown, line ? line : "", SHOWN);
	free(line);
	*at += n + ((*at)[n] == '\n');
}

static void describe_lines(unsigned int line, const struct text *want,
                           const struct text *got, bool ended, char *reason, size_t size)
{
	const char *wanted = want->data ? want->data : "";
	const char *found = got->data ? got->data : "";

	if (strcmp(wanted, found) != 0)
		snprintf(reason, size, "Line %u of the console is \"%s\", not \"%s\".",
		         line, found, wanted);
	else
		snprintf(reason, size, "Line %u of the console, \"%s\", %s.", line, found,
		         ended ? "ends with a newline too many" : "lacks its newline");
}

static void compare_exact(const char *want, const char *got, char *reason, size_t size)
{
	struct text wanted = {0}, found = {0};
	unsigned int line = 1;

	if (strcmp(want, got) == 0)
		return;
	for (;; line++) {
		size_t n = strcspn(want, "\n"), m = strcspn(got, "\n");

		if (n != m || memcmp(want, got, n) != 0 || !want[n] || !got[n])
			break;
		want += n + 1;
		got += n + 1;
	}
	if (!*got) {
		take_line(&want, &wanted);
		snprintf(reason, size, "The console ends before line %u, \"%s\".", line,
		         wanted.data ? wanted.data : "");
	} else if (!*want) {
		take_line(&got, &found);
		snprintf(reason, size,
		         "The console goes on where it should end, with line %u, \"%s\".",
		         line, found.data ? found.data : "");
	} else {
		take_line(&want, &wanted);
		take_line(&got, &found);
		describe_lines(line, &wanted, &found, got[-1] == '\n', reason, size);
	}
	text_free(&wanted);
	text_free(&found);
}

/* --- lines in any order --- */

struct lines {
	char *text;
	char **line;
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool split(const char *text, struct lines *l)
{
	size_t n = 1;

	for (const char *c = text; *c; c++)
		n += *c == '\n';
	l->text = strdup(text);
	l->line = calloc(n, sizeof(*l->line));
	l->n = 0;
	if (!l->text || !l->line)
		return false;
	for (char *at = l->text; *at;) {
		size_t length = strcspn(at, "\n");
		bool more = at[length] == '\n';

		l->line[l->n++] = at;
		at[length] = '\0';
		at += length + more;
	}
	qsort(l->line, l->n, sizeof(*l->line), by_text);
	return true;
}

static void compare_sorted(const struct lines *want, const struct lines *got,
                           char *reason, size_t size)
{
	struct text shown = {0};
	size_t i = 0;

	while (i < want->n && i < got->n && strcmp(want->line[i], got->line[i]) == 0)
		i++;
	if (i == want->n && i == got->n)
		return;
	/* The smaller of the two is the one that the other side does not have. */
	bool missing =
		i == got->n || (i < want->n && strcmp(want->line[i], got->line[i]) < 0);

	text_printable(&shown, missing ? want->line[i] : got->line[i], SHOWN);
	snprintf(reason, size,
	         missing ? "The console lacks a line \"%s\"."
	                 : "The console has a line \"%s\" too many.",
	         shown.data ? shown.data : "");
	text_free(&shown);
}

static void compare_lines(const char *want, const char *got, char *reason, size_t size)
{
	struct lines wanted = {0}, found = {0};

	if (split(want, &wanted) && split(got, &found))
		compare_sorted(&wanted, &found, reason, size);
	else
		snprintf(reason, size, "There was no memory to compare the console.");
	free(wanted.text);
	free(wanted.line);
	free(found.text);
	free(found.line);
}

void console_compare(const struct rubric_test *test, const struct text *console,
                     char *reason, size_t size)
{
	const char *got = console->data ? console->data : "";
	struct text shown = {0};

	reason[0] = '\0';
	switch (test->console) {
	case RUBRIC_EXACT:
		compare_exact(test->expected, got, reason, size);
		break;
	case RUBRIC_LINES:
		compare_lines(test->expected, got, reason, size);
		break;
	case RUBRIC_PATTERN:
		if (regexec(&test->regex, got, 0, NULL, 0) == 0)
			break;
		text_printable(&shown, test->expected, SHOWN);
		snprintf(reason, size, "The console has no match of \"%s\".",
		         shown.data ? shown.data : "");
		text_free(&shown);
		break;
	default:
		break;
	}
}

uint32_t console_count(const struct text *console, const regex_t *regex, uint32_t limit)
{
	char *copy = strdup(console->data ? console->data : "");
	uint32_t n = 0;

	for (char *at = copy; at && *at && n < limit;) {
		size_t length = strcspn(at, "\n");
		bool more = at[length] == '\n';

		at[length] = '\0';
		n += regexec(regex, at, 0, NULL, 0) == 0;
		at += length + more;
	}
	free(copy);
	return n;
}
