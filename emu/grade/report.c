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

static void put_path(const struct grade *g, const struct grade_submission *s,
                     const char *file, struct text *out)
{
	struct text path = {0};

	report_path(g, s, file, &path);
	text_shell_word(out, path.data ? path.data : "");
	out->failed |= path.failed;
	text_free(&path);
}

void report_replay(const struct grade *g, const struct grade_submission *s,
                   const char *trace, struct text *out)
{
	text_string(out, "forkscope replay ");
	if (s->own_kernel) {
		text_string(out, "--kernel ");
		put_path(g, s, "kernel.elf", out);
		text_char(out, ' ');
	} else if (g->options->kernel_option) {
		text_string(out, "--kernel ");
		text_shell_word(out, g->options->kernel);
		text_char(out, ' ');
	}
	if (g->options->initrd_option || (g->options->programs && !s->plain_initrd)) {
		text_string(out, "--initrd ");
		text_shell_word(out, s->plain_initrd ? g->options->initrd : g->initrd);
		text_char(out, ' ');
	}
	put_path(g, s, trace, out);
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
