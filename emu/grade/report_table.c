/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For people: a row a test, and below each that lost points why, with picture and replay.
 */
#include <string.h>

#include "grade/report.h"

#define COLUMNS 80
#define INDENT 6

/* The widest name, so that columns stand below each other. */
static size_t name_width(const struct rubric *r)
{
	size_t width = 4;

	for (size_t i = 0; i < r->ntests; i++)
		if (strlen(r->tests[i].name) > width)
			width = strlen(r->tests[i].name);
	return width;
}

/* What strangers chose, as names of files: it must not steer a terminal. */
static void put_plain(struct text *out, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		text_char(out, (c < ' ' && c != '\t') || c == 0x7f ? '?' : (char)c);
	}
}

/* Words in lines that end before the last column; a word longer than that stays whole. */
static void wrapped(struct text *out, const char *words)
{
	size_t column = 0;

	while (*words) {
		size_t n = strcspn(words, " ");

		if (column > 0 && column + 1 + n > COLUMNS) {
			text_char(out, '\n');
			column = 0;
		}
		if (column == 0) {
			text_repeat(out, ' ', INDENT);
			column = INDENT;
		} else {
			text_char(out, ' ');
			column++;
		}
		put_plain(out, words, n);
		column += n;
		words += n + strspn(words + n, " ");
	}
	text_char(out, '\n');
}

static void put_evidence(const struct grade *g, const struct grade_submission *s,
                         const struct grade_test *t, struct text *out)
{
	if (t->reason[0])
		wrapped(out, t->reason);
	if (t->picture[0]) {
		text_repeat(out, ' ', INDENT);
		report_path(g, s, t->picture, out);
		text_char(out, '\n');
	}
	if (t->trace[0]) {
		text_repeat(out, ' ', INDENT);
		report_replay(g, s, t->trace, out);
		text_char(out, '\n');
	}
}

static void put_outcome(struct text *out, enum grade_outcome outcome, bool colour)
{
	text_coloured(out, grade_outcome_name(outcome),
	              outcome == GRADE_PASSED    ? TEXT_GREEN
	              : outcome == GRADE_SKIPPED ? TEXT_YELLOW
	                                         : TEXT_RED,
	              colour);
}

static void put_test(const struct grade *g, const struct grade_submission *s,
                     size_t index, size_t width, struct text *out, bool colour)
{
	const struct rubric_test *test = &g->rubric->tests[index];
	const struct grade_test *t = &s->tests[index];
	struct text score = {0};

	report_points(&score, t->score);
	text_char(&score, '/');
	report_points(&score, test->points);
	text_printf(out, "  %-*s  %9s  ", (int)width, test->name,
	            score.data ? score.data : "");
	out->failed |= score.failed;
	text_free(&score);
	put_outcome(out, t->outcome, colour);
	text_char(out, '\n');
	/* What all share is said once, above. */
	if (t->outcome != GRADE_NOT_BUILT)
		put_evidence(g, s, t, out);
}

static void put_words(struct text *out, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, "\n");

		text_repeat(out, ' ', INDENT);
		put_plain(out, words, n);
		text_char(out, '\n');
		words += n + (words[n] == '\n');
	}
}

static void put_submission(const struct grade *g, const struct grade_submission *s,
                           struct text *out, bool colour)
{
	size_t width = name_width(g->rubric);

	put_plain(out, s->path, strlen(s->path));
	if (s->kind != GRADE_UNKNOWN)
		text_printf(out, " (%s)", grade_kind_name(s->kind));
	text_char(out, '\n');
	if (s->tests[0].outcome == GRADE_NOT_BUILT) {
		wrapped(out, s->tests[0].reason);
		put_words(out, s->words);
	}
	for (size_t i = 0; i < g->rubric->ntests; i++)
		put_test(g, s, i, width, out, colour);
	text_string(out, "score: ");
	report_points(out, s->score);
	text_string(out, " of ");
	report_points(out, g->rubric->points);
	text_char(out, '\n');
}

void grade_table(const struct grade *g, struct text *out, bool colour)
{
	for (size_t i = 0; i < g->n; i++) {
		if (i > 0)
			text_char(out, '\n');
		put_submission(g, &g->submissions[i], out, colour);
	}
}
