/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs: our own JSON, and results.json as Gradescope's autograder reads it. */
#include "grade/report.h"

#include <string.h>

/* --- our own --- */

static void put_points(struct text *out, const char *key, int64_t points)
{
	text_json_key(out, key);
	report_points(out, points);
}

static void put_text(struct text *out, const char *key, const char *value)
{
	text_member_string(out, key, value && *value ? value : NULL);
}

static void put_tags(struct text *out, const struct rubric_test *test)
{
	text_string(out, ",\"tags\":[");
	for (size_t i = 0; i < test->ntags; i++) {
		text_json_next(out);
		text_json_string(out, test->tags[i]);
	}
	text_char(out, ']');
}

static void put_subtests(struct text *out, const struct rubric_test *test,
                         const uint32_t *matches)
{
	if (test->nsubtests == 0)
		return;
	text_string(out, ",\"subtests\":[");
	for (size_t i = 0; i < test->nsubtests; i++) {
		const struct rubric_subtest *s = &test->subtests[i];

		text_string(out, i > 0 ? ",\n{" : "\n{");
		text_member_string(out, "name", s->name);
		put_points(out, "score", report_share(test, s, matches[i]));
		put_points(out, "points", report_share(test, s, s->count));
		text_printf(out, ",\"lines\":%u,\"of\":%u}", matches[i], s->count);
	}
	text_char(out, ']');
}

/* What there is of the run, as strings or null. */
static void put_evidence(const struct grade *g, const struct grade_submission *s,
                         const struct grade_test *t, struct text *out)
{
	struct text path = {0};

	if (t->trace[0])
		report_path(g, s, t->trace, &path);
	put_text(out, "trace", path.data);
	text_clear(&path);
	if (t->picture[0])
		report_path(g, s, t->picture, &path);
	put_text(out, "picture", t->picture[0] ? path.data : NULL);
	text_clear(&path);
	if (t->trace[0])
		report_replay(g, s, t->trace, &path);
	put_text(out, "replay", t->trace[0] ? path.data : NULL);
	out->failed |= path.failed;
	text_free(&path);
}

static void put_test(const struct grade *g, const struct grade_submission *s,
                     size_t index, struct text *out)
{
	const struct rubric_test *test = &g->rubric->tests[index];
	const struct grade_test *t = &s->tests[index];

	text_string(out, index > 0 ? ",\n{" : "\n{");
	text_member_string(out, "name", test->name);
	put_text(out, "outcome", grade_outcome_name(t->outcome));
	put_points(out, "score", t->score);
	put_points(out, "points", test->points);
	put_text(out, "visibility", rubric_visibility_name(test->visibility));
	put_tags(out, test);
	put_text(out, "reason", t->reason);
	put_evidence(g, s, t, out);
	put_subtests(out, test, s->matches + test->first_subtest);
	text_char(out, '}');
}

static void put_submission(const struct grade *g, const struct grade_submission *s,
                           struct text *out)
{
	text_char(out, '{');
	text_member_string(out, "submission", s->path);
	put_text(out, "kind", grade_kind_name(s->kind));
	put_points(out, "score", s->score);
	put_points(out, "points", g->rubric->points);
	put_text(out, "compiler", s->words);
	text_string(out, ",\"tests\":[");
	for (size_t i = 0; i < g->rubric->ntests; i++)
		put_test(g, s, i, out);
	text_string(out, "]}");
}

void grade_json(const struct grade *g, struct text *out)
{
	text_char(out, '{');
	text_member_string(out, "rubric", g->rubric->name);
	put_points(out, "points", g->rubric->points);
	text_string(out, ",\"submissions\":[");
	for (size_t i = 0; i < g->n; i++) {
		text_string(out, i > 0 ? ",\n" : "\n");
		put_submission(g, &g->submissions[i], out);
	}
	text_string(out, "]}\n");
}

/* --- Gradescope --- */

static void put_output(const struct grade *g, const struct grade_submission *s,
                       size_t index, struct text *out)
{
	const struct rubric_test *test = &g->rubric->tests[index];
	const struct grade_test *t = &s->tests[index];
	struct text lines = {0};

	text_printf(&lines, "%s", grade_outcome_name(t->outcome));
	if (t->reason[0])
		text_printf(&lines, ": %s", t->reason);
	for (size_t i = 0; i < test->nsubtests; i++) {
		uint32_t n = s->matches[test->first_subtest + i];

		if (t->outcome != GRADE_PASSED && n < test->subtests[i].count)
			text_printf(&lines, "\n%s: %u of %u", test->subtests[i].name, n,
			            test->subtests[i].count);
	}
	if (t->trace[0]) {
		text_char(&lines, '\n');
		report_replay(g, s, t->trace, &lines);
	}
	text_json_key(out, "output");
	text_json_bytes(out, lines.data, lines.length);
	out->failed |= lines.failed;
	text_free(&lines);
}

static void put_gradescope_test(const struct grade *g, const struct grade_submission *s,
                                size_t index, struct text *out)
{
	const struct rubric_test *test = &g->rubric->tests[index];
	const struct grade_test *t = &s->tests[index];

	text_string(out, index > 0 ? ",\n{" : "\n{");
	text_member_string(out, "name", test->name);
	text_printf(out, ",\"number\":\"%zu\"", index + 1);
	put_points(out, "score", t->score);
	put_points(out, "max_score", test->points);
	put_text(out, "status", t->outcome == GRADE_PASSED ? "passed" : "failed");
	put_output(g, s, index, out);
	put_text(out, "output_format", "text");
	put_tags(out, test);
	put_text(out, "visibility", rubric_visibility_name(test->visibility));
	text_string(out, ",\"extra_data\":{\"outcome\":");
	text_json_string(out, grade_outcome_name(t->outcome));
	text_string(out, "}}");
}

void grade_gradescope(const struct grade *g, struct text *out)
{
	const struct grade_submission *s = &g->submissions[0];

	text_string(out, "{\"score\":");
	report_points(out, s->score);
	if (s->words[0])
		put_text(out, "output", s->words);
	text_string(out, ",\"output_format\":\"text\",\"visibility\":\"visible\","
	                 "\"stdout_visibility\":\"hidden\",\"tests\":[");
	for (size_t i = 0; i < g->rubric->ntests; i++)
		put_gradescope_test(g, s, i, out);
	text_string(out, "]}\n");
}
