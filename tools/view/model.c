/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static int by_start(const void *a, const void *b)
{
	const struct timeline_arrow *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int make_arrows(struct model *m)
{
	struct timeline *t = m->timeline;
	uint64_t last = 0;

	m->arrows_end = calloc(t->narrows + 1, sizeof(*m->arrows_end));
	if (!m->arrows_end)
		return error_set(ERR_MEMORY, "out of memory");
	if (t->narrows)
		qsort(t->arrows, t->narrows, sizeof(*t->arrows), by_start);
	for (size_t i = 0; i < t->narrows; i++) {
		last = t->arrows[i].end > last ? t->arrows[i].end : last;
		m->arrows_end[i] = last;
	}
	return 0;
}

static int make_rows(struct model *m)
{
	m->event_row = calloc(m->trace->nevents + 1, sizeof(*m->event_row));
	if (!render_rows_make(&m->rows, m->forest) || !m->event_row)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < m->trace->nevents; i++)
		m->event_row[i] = model_row(m, m->trace->events[i].proc);
	return 0;
}

static void make_violations(struct model *m)
{
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		const struct check_result *r = &m->report->results[i];
		size_t at = m->nviolations;

		if (r->verdict != CHECK_VIOLATED || m->trace->nevents == 0)
			continue;
		struct model_violation v = {m->trace->nevents - 1,
		                            (enum check_invariant)i, r->reason};

		if (model_event(m, r->seq) != MODEL_NONE)
			v.event = model_event(m, r->seq);
		for (; at > 0 && m->violations[at - 1].event > v.event; at--)
			m->violations[at] = m->violations[at - 1];
		m->violations[at] = v;
		m->nviolations++;
	}
}

static int fill(struct model *m, const char *path)
{
	int err;

	m->path = strdup(path);
	if (!m->path)
		return error_set(ERR_MEMORY, "out of memory");
	m->name = file_base_name(m->path);
	err = check_trace(m->trace, &m->report);
	if (err)
		return error_prefix(err, "%s", path);
	m->forest = m->report->forest;
	m->timeline = timeline_create(m->trace, m->forest);
	if (!m->timeline)
		return error_set(ERR_MEMORY, "out of memory");
	err = lanes_create(&m->lanes, m->timeline, m->forest->count);
	if (err == 0)
		err = make_rows(m);
	if (err == 0)
		err = make_arrows(m);
	if (err == 0)
		make_violations(m);
	return err;
}

int model_create(struct model **model, struct trace *trace, const char *path)
{
	struct model *m = calloc(1, sizeof(*m));
	int err;

	if (!m) {
		trace_free(trace);
		return error_set(ERR_MEMORY, "out of memory");
	}
	m->trace = trace;
	err = fill(m, path);
	if (err) {
		model_free(m);
		return err;
	}
	*model = m;
	return 0;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	timeline_free(m->timeline);
	lanes_free(&m->lanes);
	check_report_free(m->report);
	trace_free(m->trace);
	render_rows_free(&m->rows);
	free(m->event_row);
	free(m->arrows_end);
	free(m->path);
	free(m);
}

static bool reaches(const struct model *m, size_t event, enum model_goal goal)
{
	enum trace_event_kind kind = m->trace->events[event].kind;

	switch (goal) {
	case MODEL_ANY:
		return true;
	case MODEL_LIFETIME:
		return kind == TRACE_FORK || kind == TRACE_EXIT || kind == TRACE_KILL ||
		       reaches(m, event, MODEL_WAIT);
	case MODEL_FORK:
		return kind == TRACE_FORK;
	case MODEL_WAIT:
		return kind == TRACE_WAIT_ENTER || kind == TRACE_WAIT_BLOCK ||
		       kind == TRACE_WAIT_RETURN;
	case MODEL_EXIT:
		return kind == TRACE_EXIT || kind == TRACE_KILL;
	case MODEL_VIOLATION:
		return model_violation(m, event) != NULL;
	}
	return false;
}

size_t model_seek(const struct model *m, size_t event, int by, enum model_goal goal,
                  size_t row)
{
	size_t n = m->trace->nevents, at = event;

	if (event == MODEL_NONE)
		at = by > 0 ? 0 : n - 1;
	else
		at += (size_t)by;
	/* Stepping below 0 wraps to a number that is no event either. */
	for (; at < n; at += (size_t)by)
		if ((row == MODEL_NONE || m->event_row[at] == row) &&
		    reaches(m, at, goal))
			return at;
	return MODEL_NONE;
}

size_t model_nearest(const struct model *m, uint64_t time, size_t row)
{
	size_t best = MODEL_NONE;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < m->trace->nevents; i++) {
		uint64_t at = m->trace->events[i].icount;
		uint64_t away = at > time ? at - time : time - at;

		if ((row == MODEL_NONE || m->event_row[i] == row) && away < least) {
			least = away;
			best = i;
		}
	}
	return best;
}

size_t model_event_at(const struct model *m, uint64_t time)
{
	size_t low = 0, high = m->trace->nevents;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->trace->events[middle].icount > time)
			high = middle;
		else
			low = middle + 1;
	}
	if (m->trace->nevents == 0)
		return MODEL_NONE;
	return low ? low - 1 : 0;
}

size_t model_event(const struct model *m, uint64_t seq)
{
	size_t low = 0, high = m->trace->nevents;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->trace->events[middle].seq >= seq)
			high = middle;
		else
			low = middle + 1;
	}
	if (low < m->trace->nevents && m->trace->events[low].seq == seq)
		return low;
	return MODEL_NONE;
}

const struct model_violation *model_violation(const struct model *m, size_t event)
{
	for (size_t i = 0; i < m->nviolations; i++)
		if (m->violations[i].event == event)
			return &m->violations[i];
	return NULL;
}

size_t model_arrow(const struct model *m, uint64_t time)
{
	size_t low = 0, high = m->timeline->narrows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->arrows_end[middle] >= time)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t model_row(const struct model *m, const char *path)
{
	size_t at = forest_find(m->forest, path);

	return at == FOREST_NONE ? MODEL_NONE : m->rows.of[at];
}

enum model_life model_life(const struct model *m, size_t row, size_t event)
{
	const struct forest_process *p = &m->forest->processes[m->rows.process[row]];
	uint64_t seq = event == MODEL_NONE ? 0 : m->trace->events[event].seq;

	if (p->fork != FOREST_NEVER && p->fork > seq)
		return MODEL_UNBORN;
	if (p->reap != FOREST_NEVER && p->reap <= seq)
		return MODEL_GONE;
	if (p->exit != FOREST_NEVER && p->exit <= seq)
		return MODEL_DEAD;
	return MODEL_ALIVE;
}
