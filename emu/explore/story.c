/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/story.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "check/describe.h"
#include "explore/story_private.h"

/* Columns within 80 characters; with more threads there is one, and names in it. */
#define COLUMNS_MAX 4u
#define PAGE_WIDTH 80u
/* A run with more switches is told from its first few on, and then to its end. */
#define STRETCHES_HEAD 20u
#define STRETCHES_TAIL 180u

/* --- what a thread did --- */

static void put_cell(struct story *s, uint16_t thread, struct text *text)
{
	if (text->length && !text->failed)
		story_cell(s, thread, text->data);
	s->out->failed |= text->failed;
	text_clear(text);
}

/* In a page of one column each line says who. */
static void begin_cell(const struct story *s, uint16_t thread, struct text *text)
{
	if (s->ncolumns == 1)
		text_printf(text, "%s: ", record_who(s->record, thread));
}

static void put_events(struct story *s, const struct story_stretch *t)
{
	const struct record *r = s->record;
	struct text text = {0}, event = {0};

	for (size_t i = t->mark; i < t->end; i++) {
		if (r->marks[i].kind != RECORD_EVENT)
			continue;
		text_clear(&event);
		describe_deed(&event, &r->events[r->marks[i].a]);
		if (!event.length)
			continue;
		begin_cell(s, t->thread, &text);
		text_string(&text, event.data);
		put_cell(s, t->thread, &text);
	}
	text_free(&text);
	text_free(&event);
}

static void put_place(struct story *s, const struct story_stretch *t, const char *what,
                      uint64_t rip)
{
	struct text text = {0};

	if (!rip)
		return;
	begin_cell(s, t->thread, &text);
	text_string(&text, what);
	story_place_brief(s, &text, rip);
	put_cell(s, t->thread, &text);
	text_free(&text);
}

/* --- switches --- */

/* Where a thread that was preempted goes on, 0 where it does not. */
static uint64_t goes_on(const struct story_stretch *stretches, size_t n, size_t i)
{
	for (size_t next = i + 1; next < n; next++)
		if (stretches[next].thread == stretches[i].thread &&
		    stretches[next].first)
			return stretches[next].first;
	return 0;
}

static const char *how(const struct story_stretch *t)
{
	if (t->ended)
		return "stands here when the run ends";
	switch (t->why) {
	case RECORD_PREEMPT:
		return "is preempted";
	case RECORD_BLOCK:
		return "sleeps";
	case RECORD_YIELD:
		return "yields";
	default:
		return "is gone";
	}
}

static void put_switch(struct story *s, const struct story_stretch *stretches, size_t n,
                       size_t i)
{
	const struct story_stretch *t = &stretches[i];
	uint64_t rip = t->last;
	struct text line = {0};
	size_t next = i + 1;

	while (next < n && stretches[next].passed)
		next++;
	text_printf(&line, "-- %s %s", record_who(s->record, t->thread), how(t));
	if (!t->ended && t->why == RECORD_PREEMPT) {
		uint64_t later = goes_on(stretches, n, i);

		rip = later ? later : t->last;
		text_string(&line, later ? " before " : " after ");
		story_place(s, &line, rip);
		if (!later)
			text_string(&line, " and never goes on");
	}
	if (next < n)
		text_printf(&line, "; %s runs",
		            record_who(s->record, stretches[next].thread));
	else if (!t->ended)
		text_string(&line, "; nobody is left to run");
	text_printf(&line, " (count %llu)", (unsigned long long)t->at);
	s->out->failed |= line.failed;
	if (!line.failed)
		story_line(s, 0, line.data);
	text_free(&line);
	story_source(s, rip);
}

static void put_stretches(struct story *s, const struct story_stretch *stretches,
                          size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct story_stretch *t = &stretches[i];

		if (i == STRETCHES_HEAD && n > STRETCHES_HEAD + STRETCHES_TAIL) {
			i = n - STRETCHES_TAIL;
			text_printf(s->out, "-- (%zu switches further on)\n",
			            i - STRETCHES_HEAD);
		}
		if (t->passed)
			continue;
		put_place(s, t, "from ", t->first);
		put_events(s, t);
		if (t->last != t->first)
			put_place(s, t, "to ", t->last);
		put_switch(s, stretches, n, i);
	}
}

/* --- the page --- */

static void choose_columns(struct story *s, const struct story_stretch *stretches,
                           size_t n)
{
	uint64_t seen = 0;

	s->ncolumns = 0;
	for (size_t i = 0; i < n; i++) {
		uint16_t t = stretches[i].thread;

		if (stretches[i].passed || (seen >> t & 1))
			continue;
		seen |= 1ull << t;
		s->columns[t] = (uint16_t)s->ncolumns++;
	}
	if (s->ncolumns > COLUMNS_MAX || s->ncolumns == 0) {
		s->ncolumns = 1;
		memset(s->columns, 0, sizeof(s->columns));
	}
	s->width = PAGE_WIDTH / s->ncolumns;
	if (s->ncolumns == 1)
		return;
	story_heading(s, seen);
	text_repeat(s->out, '=', PAGE_WIDTH);
	text_char(s->out, '\n');
}

static void put_places(struct story *s)
{
	const struct oracle_finding *f = s->finding;

	for (size_t i = 0; i < f->nplaces; i++) {
		struct text line = {0};

		text_printf(&line,
		            "%s, count %llu: ", record_who(s->record, f->thread[i]),
		            (unsigned long long)f->icount[i]);
		story_place(s, &line, f->rip[i]);
		if (!line.failed)
			story_line(s, 2, line.data);
		text_free(&line);
		story_source(s, f->rip[i]);
	}
}

static void put_finding(struct story *s)
{
	struct text line = {0};

	text_printf(&line, "%s: %s", explore_check_name(s->finding->check),
	            s->finding->reason);
	if (!line.failed)
		story_line(s, 0, line.data);
	text_free(&line);
}

static void put_page(struct story *s, const struct story_stretch *stretches, size_t n)
{
	put_finding(s);
	text_char(s->out, '\n');
	choose_columns(s, stretches, n);
	put_stretches(s, stretches, n);
	story_differences(s);
	text_string(s->out, "\nThe check found:\n");
	story_line(s, 2, s->finding->reason);
	put_places(s);
}

int story_tell(struct text *out, const struct images *images, const struct record *record,
               const struct steps *steps, const struct oracle_finding *finding)
{
	struct story s = {
		.out = out,
		.images = images,
		.symbols = kernel_symbols(images->probe),
		.record = record,
		.steps = steps,
		.finding = finding,
	};
	struct story_stretch *stretches = NULL;
	size_t n;
	int err = sources_create(&s.sources, NULL, 0, NULL, images->kernel.path);

	if (err == 0)
		err = story_stretches(&s, &stretches, &n);
	if (err == 0)
		put_page(&s, stretches, n);
	if (err == 0 && out->failed)
		err = error_set(ERR_MEMORY, "out of memory");
	free(stretches);
	sources_free(s.sources);
	return err;
}

int story_write(const char *path, const struct images *images,
                const struct record *record, const struct steps *steps,
                const struct oracle_finding *finding)
{
	struct text out = {0};
	int err = story_tell(&out, images, record, steps, finding);

	if (err == 0)
		err = file_write(path, out.data, out.length);
	text_free(&out);
	return err;
}
