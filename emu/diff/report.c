/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "diff/diff.h"

#define U(n) ((unsigned long long)(n))

/* --- for people --- */

static void put_title(const struct diff_difference *d, struct text *out)
{
	switch (d->kind) {
	case DIFF_ONLY_A:
		text_printf(out, "process %s is only in A", d->proc);
		break;
	case DIFF_ONLY_B:
		text_printf(out, "process %s is only in B", d->proc);
		break;
	case DIFF_STATUS:
		text_printf(out, "process %s ended in another way", d->proc);
		break;
	case DIFF_DEEDS:
		text_printf(out, "process %s, deed %llu:", d->proc, U(d->index + 1));
		break;
	case DIFF_OUTPUT:
		text_printf(out, "process %s, line %llu of its output:", d->proc,
		            U(d->index + 1));
		break;
	case DIFF_OUTCOME:
		text_string(out, "the run ended in another way");
		break;
	case DIFF_RECORDS:
		text_printf(out, "record %llu:", U(d->index + 1));
		break;
	}
}

/* A moment in `width` columns, with the line of its file. */
static void put_cell(struct text *out, const struct diff_moment *m, size_t width)
{
	struct text cell = {0};
	size_t start = out->length;

	if (m->line)
		text_printf(&cell, "%6llu ", U(m->line));
	text_string(&cell, m->text);
	text_printable(out, cell.data, width);
	text_repeat(out, ' ', width - (out->length - start));
	out->failed |= cell.failed;
	text_free(&cell);
}

static void put_coloured(struct text *out, const struct diff_moment *m, size_t width,
                         const char *colour)
{
	if (colour)
		text_string(out, colour);
	put_cell(out, m, width);
	if (colour)
		text_string(out, TEXT_PLAIN);
}

static void trim(struct text *out)
{
	while (out->length && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
}

static void put_difference(const struct diff_difference *d, struct text *out,
                           size_t columns, bool colour)
{
	size_t width = (columns - 5) / 2;

	text_printf(out, "\n%s", colour ? TEXT_BOLD : "");
	put_title(d, out);
	text_printf(out, "%s\n", colour ? TEXT_PLAIN : "");
	for (size_t k = 0; k < DIFF_SHOWN; k++) {
		const struct diff_moment *a = &d->shown[0][k], *b = &d->shown[1][k];
		bool here = k == d->before;

		if (!*a->text && !*b->text && !here)
			continue;
		text_string(out, here ? "> " : "  ");
		put_coloured(out, a, width, colour && here ? TEXT_RED : NULL);
		text_string(out, " | ");
		put_coloured(out, b, width, colour && here ? TEXT_GREEN : NULL);
		trim(out);
		text_char(out, '\n');
	}
}

void diff_report_text(const struct diff_report *r, struct text *out,
                      const char *const names[2], size_t columns, bool colour)
{
	static const char *const unit[] = {"processes", "deeds and lines", "records"};
	size_t width = columns < 40 ? 40 : columns;

	if (r->equal) {
		text_printf(out, "equal (%s): %llu %s\n", diff_mode_name(r->mode),
		            U(r->compared), unit[r->mode]);
		return;
	}
	for (int side = 0; side < 2; side++) {
		text_printf(out, "%c ", 'A' + side);
		text_printable(out, names[side], width - 2);
		text_string(out, r->complete[side] ? "\n" : " (a prefix)\n");
	}
	if (!r->same_kernel)
		text_string(out, "the kernels or initrds are not the same\n");
	for (size_t i = 0; i < r->count; i++)
		put_difference(&r->differences[i], out, width, colour);
	text_printf(out, "\n%zu difference%s (%s); %llu %s are equal\n", r->count,
	            r->count == 1 ? "" : "s", diff_mode_name(r->mode), U(r->compared),
	            unit[r->mode]);
}

/* --- for programs --- */

static void json_side(const struct diff_difference *d, int side, struct text *out)
{
	text_char(out, '[');
	for (size_t k = 0; k < DIFF_SHOWN; k++) {
		const struct diff_moment *m = &d->shown[side][k];

		if (!*m->text)
			continue;
		text_json_next(out);
		text_char(out, '{');
		text_member_string(out, "text", m->text);
		if (m->line)
			text_member_unsigned(out, "line", m->line);
		text_member_bool(out, "differs", k >= d->before);
		text_char(out, '}');
	}
	text_char(out, ']');
}

static void json_difference(const struct diff_difference *d, struct text *out)
{
	static const char *const kinds[] = {"only-a", "only-b",  "status", "deeds",
	                                    "output", "outcome", "records"};

	text_printf(out, "{\"kind\":\"%s\"", kinds[d->kind]);
	if (d->proc)
		text_member_string(out, "proc", d->proc);
	text_member_unsigned(out, "index", d->index);
	text_json_key(out, "a");
	json_side(d, 0, out);
	text_json_key(out, "b");
	json_side(d, 1, out);
	text_char(out, '}');
}

void diff_report_json(const struct diff_report *r, struct text *out,
                      const char *const names[2])
{
	text_printf(out, "{\"format\":\"forkscope-diff\",\"version\":1,\"mode\":\"%s\"",
	            diff_mode_name(r->mode));
	text_member_string(out, "a", names[0]);
	text_member_string(out, "b", names[1]);
	text_member_bool(out, "equal", r->equal);
	text_json_key(out, "complete");
	text_printf(out, "[%s,%s]", r->complete[0] ? "true" : "false",
	            r->complete[1] ? "true" : "false");
	text_member_bool(out, "same_kernel", r->same_kernel);
	text_member_unsigned(out, "compared", r->compared);
	text_json_key(out, "differences");
	text_char(out, '[');
	for (size_t i = 0; i < r->count; i++) {
		text_json_next(out);
		json_difference(&r->differences[i], out);
	}
	text_string(out, "]}\n");
}
