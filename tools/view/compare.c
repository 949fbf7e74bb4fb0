/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/compare.h"

#include <stdio.h>
#include <stdlib.h>

#include "diff/diff.h"

/* Places of one report, in words. */
static const char *const kinds[] = {
	[DIFF_ONLY_A] = "only in A",           [DIFF_ONLY_B] = "only in B",
	[DIFF_STATUS] = "ends otherwise",      [DIFF_DEEDS] = "does otherwise",
	[DIFF_OUTPUT] = "prints otherwise",    [DIFF_OUTCOME] = "the runs end otherwise",
	[DIFF_RECORDS] = "the schedules part",
};

/*
 * The event at each line of a file; lines of other records give the event that follows.
 * The reader counts the lines, since it may pass some over.
 */
static int index_lines(const struct model *m, uint64_t **lines)
{
	struct trace_reader *reader;
	struct trace_record record;
	size_t n = 0;
	int got = 0, err = trace_reader_open(&reader, m->path);

	if (err)
		return err;
	*lines = calloc(m->trace->nevents + 1, sizeof(**lines));
	while (*lines && (got = trace_read(reader, &record)) > 0)
		if (record.kind == TRACE_RECORD_EVENT && n < m->trace->nevents)
			(*lines)[n++] = trace_reader_line(reader);
	trace_reader_close(reader);
	if (!*lines)
		return error_set(ERR_MEMORY, "out of memory");
	if (got < 0)
		return got;
	if (n < m->trace->nevents)
		return error_set(ERR_FILE, "%s: it has changed since it was opened",
		                 m->path);
	return 0;
}

static size_t event_of_line(const uint64_t *lines, size_t n, uint64_t line)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines[middle] >= line)
			high = middle;
		else
			low = middle + 1;
	}
	return low < n ? low : n - 1;
}

static void add(struct compare *c, const struct diff_difference *d,
                const struct model *const models[2], uint64_t *const lines[2])
{
	struct compare_place place = {{MODEL_NONE, MODEL_NONE}, ""};
	size_t at = c->count;

	for (int side = 0; side < 2; side++) {
		uint64_t line = d->shown[side][d->before].line;
		size_t n = models[side]->trace->nevents;

		if (line && n)
			place.event[side] = event_of_line(lines[side], n, line);
	}
	snprintf(place.what, sizeof(place.what), "%s%s%s", d->proc ? d->proc : "",
	         d->proc ? " " : "", kinds[d->kind]);
	if (place.event[0] == MODEL_NONE && place.event[1] == MODEL_NONE)
		return;
	for (; at > 0 && c->places[at - 1].event[0] > place.event[0]; at--)
		c->places[at] = c->places[at - 1];
	c->places[at] = place;
	c->count++;
}

static void summarise(struct compare *c, const struct diff_report *strict)
{
	if (strict->equal)
		snprintf(c->summary, sizeof(c->summary), "the traces are the same");
	else if (c->same_deeds)
		snprintf(c->summary, sizeof(c->summary),
		         "the schedules part, what the processes do is the same");
	else
		snprintf(c->summary, sizeof(c->summary), "%zu differences", c->count);
}

static int collect(struct compare *c, const struct diff_report *const reports[2],
                   const struct model *const models[2])
{
	uint64_t *lines[2] = {NULL, NULL};
	int err = index_lines(models[0], &lines[0]);

	if (err == 0)
		err = index_lines(models[1], &lines[1]);
	c->places = calloc(reports[0]->count + reports[1]->count + 1, sizeof(*c->places));
	if (err == 0 && !c->places)
		err = error_set(ERR_MEMORY, "out of memory");
	for (int r = 0; r < 2 && err == 0; r++)
		for (size_t i = 0; i < reports[r]->count; i++)
			add(c, &reports[r]->differences[i], models, lines);
	free(lines[0]);
	free(lines[1]);
	return err;
}

int compare_make(struct compare *c, const struct model *a, const struct model *b)
{
	const struct model *const models[2] = {a, b};
	struct diff_report *strict = NULL, *semantic = NULL;
	int err = diff_traces(&strict, a->path, b->path, DIFF_STRICT);

	*c = (struct compare){0};
	if (err == 0)
		err = diff_traces(&semantic, a->path, b->path, DIFF_SEMANTIC);
	if (err == 0) {
		const struct diff_report *const reports[2] = {strict, semantic};

		c->same_deeds = semantic->equal;
		err = collect(c, reports, models);
	}
	if (err == 0)
		summarise(c, strict);
	else
		compare_free(c);
	if (semantic)
		diff_report_free(semantic);
	if (strict)
		diff_report_free(strict);
	return err;
}

void compare_free(struct compare *c)
{
	free(c->places);
	*c = (struct compare){0};
}
