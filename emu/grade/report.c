/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/report.h"

#include <stdlib.h>
#include <string.h>

void report_points(struct text *out, int64_t hundredths)
{
	long long whole = hundredths / RUBRIC_POINT;
	int rest = (int)(hundredths % RUBRIC_POINT);

	if (rest == 0)
		text_printf(out, "%lld", whole);
	else if (rest % 10 == 0)
		text_printf(out, "%lld.%d", whole, rest / 10);
	else
		text_printf(out, "%lld.%02d", whole, rest);
}

void report_path(const struct grade *g, const struct grade_submission *s,
                 const char *file, struct text *out)
{
	text_printf(out, "%s/%s/%s", g->options->directory, s->name, file);
}

/* As one word of a shell. */
static void quoted(struct text *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-/+:=@%,";

	if (*word && strspn(word, plain) == strlen(word)) {
		text_string(out, word);
		return;
	}
	text_char(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			text_string(out, "'\\''");
		else
			text_char(out, *word);
	}
	text_char(out, '\'');
}

static void quoted_path(const struct grade *g, const struct grade_submission *s,
                        const char *file, struct text *out)
{
	struct text path = {0};

	report_path(g, s, file, &path);
	quoted(out, path.data ? path.data : "");
	text_free(&path);
}

void report_replay(const struct grade *g, const struct grade_submission *s,
                   const char *trace, struct text *out)
{
	text_string(out, "forkscope replay ");
	if (s->own_kernel) {
		text_string(out, "--kernel ");
		quoted_path(g, s, "kernel.elf", out);
		text_char(out, ' ');
	} else if (g->options->kernel_option) {
		text_string(out, "--kernel ");
		quoted(out, g->options->kernel);
		text_char(out, ' ');
	}
	if (g->options->initrd_option || (g->options->programs && !s->plain_initrd)) {
		text_string(out, "--initrd ");
		quoted(out, s->plain_initrd ? g->options->initrd : g->initrd);
		text_char(out, ' ');
	}
	quoted_path(g, s, trace, out);
}

int64_t report_share(const struct rubric_test *test, const struct rubric_subtest *s,
                     uint32_t matches)
{
	double all = 0;

	for (size_t i = 0; i < test->nsubtests; i++)
		all += test->subtests[i].weight;
	return (int64_t)((double)test->points * s->weight / all * matches / s->count +
	                 1e-6);
}
