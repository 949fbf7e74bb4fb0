/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JUnit's XML, as continuous integration reads it. */
#include "grade/report.h"

/* Valid in XML 1.0, inside of an attribute too. */
static void put_xml(struct text *out, const char *s)
{
	size_t left = strlen(s);

	while (left > 0) {
		size_t n = text_utf8_length(s, left);

		if (n == 0 || ((unsigned char)*s < ' ' && *s != '\n' && *s != '\t')) {
			text_char(out, '?');
			n = 1;
		} else if (*s == '&') {
			text_string(out, "&amp;");
		} else if (*s == '<') {
			text_string(out, "&lt;");
		} else if (*s == '>') {
			text_string(out, "&gt;");
		} else if (*s == '"') {
			text_string(out, "&quot;");
		} else {
			text_bytes(out, s, n);
		}
		s += n;
		left -= n;
	}
}

static void put_attribute(struct text *out, const char *name, const char *value)
{
	text_printf(out, " %s=\"", name);
	put_xml(out, value);
	text_char(out, '"');
}

static void put_points(struct text *out, const char *name, int64_t points)
{
	text_printf(out, "<property name=\"%s\" value=\"", name);
	report_points(out, points);
	text_string(out, "\"/>");
}

static const char *element(enum grade_outcome outcome)
{
	switch (outcome) {
	case GRADE_PASSED:
		return NULL;
	case GRADE_SKIPPED:
		return "skipped";
	case GRADE_ERROR:
		return "error";
	default:
		return "failure";
	}
}

/* Says it all once more in the element, since few programs show attributes. */
static void put_failure(const struct grade *g, const struct grade_submission *s,
                        const struct grade_test *t, const char *name, struct text *out)
{
	struct text lines = {0};

	text_printf(out, "<%s", name);
	put_attribute(out, "message", t->reason);
	if (t->outcome == GRADE_SKIPPED) {
		text_string(out, "/>\n");
		return;
	}
	put_attribute(out, "type", grade_outcome_name(t->outcome));
	text_string(&lines, t->reason);
	if (t->trace[0]) {
		text_char(&lines, '\n');
		report_replay(g, s, t->trace, &lines);
	}
	if (t->outcome == GRADE_NOT_BUILT && s->words[0])
		text_printf(&lines, "\n%s", s->words);
	text_char(out, '>');
	put_xml(out, lines.data ? lines.data : "");
	text_printf(out, "</%s>\n", name);
	out->failed |= lines.failed;
	text_free(&lines);
}

static void put_case(const struct grade *g, const struct grade_submission *s,
                     size_t index, struct text *out)
{
	const struct rubric_test *test = &g->rubric->tests[index];
	const struct grade_test *t = &s->tests[index];
	const char *name = element(t->outcome);

	text_string(out, "<testcase");
	put_attribute(out, "classname", s->name);
	put_attribute(out, "name", test->name);
	text_string(out, ">\n<properties>");
	put_points(out, "score", t->score);
	put_points(out, "points", test->points);
	text_string(out, "</properties>\n");
	if (name)
		put_failure(g, s, t, name, out);
	text_string(out, "</testcase>\n");
}

struct counts {
	size_t tests, failures, errors, skipped;
};

static void count(const struct grade *g, const struct grade_submission *s,
                  struct counts *c)
{
	c->tests += g->rubric->ntests;
	for (size_t i = 0; i < g->rubric->ntests; i++) {
		enum grade_outcome outcome = s->tests[i].outcome;

		c->skipped += outcome == GRADE_SKIPPED;
		c->errors += outcome == GRADE_ERROR;
		c->failures += outcome != GRADE_PASSED && outcome != GRADE_SKIPPED &&
		               outcome != GRADE_ERROR;
	}
}

static void put_counts(struct text *out, const char *name, const struct counts *c)
{
	put_attribute(out, "name", name);
	text_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
	            c->tests, c->failures, c->errors, c->skipped);
}

void grade_junit(const struct grade *g, struct text *out)
{
	struct counts all = {0};

	for (size_t i = 0; i < g->n; i++)
		count(g, &g->submissions[i], &all);
	text_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_counts(out, g->rubric->name, &all);
	text_string(out, ">\n");
	for (size_t i = 0; i < g->n; i++) {
		struct counts c = {0};

		count(g, &g->submissions[i], &c);
		text_string(out, "<testsuite");
		put_counts(out, g->submissions[i].path, &c);
		text_string(out, ">\n");
		for (size_t k = 0; k < g->rubric->ntests; k++)
			put_case(g, &g->submissions[i], k, out);
		text_string(out, "</testsuite>\n");
	}
	text_string(out, "</testsuites>\n");
}
