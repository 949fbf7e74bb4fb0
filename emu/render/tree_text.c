/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forest as text:
 *
 *	PROCESS                            PID  STATUS      HOW IT ENDED
 *	1 init                               1  runs
 *	└─1.1 sh                             2  exit 0      waits-before
 */
#include "render/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns: the tree, then pid, status and how it ended, 80 in all. */
#define NAME_COLUMNS 31
#define PID_COLUMNS 6
#define STATUS_COLUMNS 10
/* Deeper levels than fit are drawn at this one, after a '~'. */
#define DEPTH_MAX 8

/*
 * The lines from above that go on past this one.  `open` has a flag for each level up to
 * DEPTH_MAX: whether a process follows there.
 */
static size_t put_branches(struct text *out, const bool *open, size_t depth, bool last)
{
	size_t shown = depth < DEPTH_MAX ? depth : DEPTH_MAX;

	if (depth == 0)
		return 0;
	for (size_t level = 1; level < shown; level++)
		text_string(out, open[level] ? "│ " : "  ");
	if (depth > DEPTH_MAX)
		text_string(out, last ? "~└" : "~├");
	else
		text_string(out, last ? "└─" : "├─");
	return 2 * shown;
}

/* "1.2 sh" in at most `room` columns; how many it took. */
static size_t put_name(struct text *out, const struct forest_process *p, size_t room)
{
	size_t length = strlen(p->path);
	size_t path_room = room * 2 / 3;
	size_t start = out->length;

	if (length > path_room)
		text_printf(out, "~%s", p->path + (length - path_room + 1));
	else
		text_string(out, p->path);
	size_t used = out->length - start;

	if (*render_program(p) && used + 1 < room) {
		text_char(out, ' ');
		text_printable(out, render_program(p), room - used - 1);
	}
	return out->length - start;
}

static void put_status(struct text *out, const struct forest_process *p)
{
	char status[RENDER_STATUS_SIZE];

	render_status(p, status);
	text_printf(out, "%-*.*s", STATUS_COLUMNS, STATUS_COLUMNS, status);
}

static const char *path_or_kernel(const struct forest *f, size_t at)
{
	return at == FOREST_NONE ? "kernel" : f->processes[at].path;
}

/* Who took it, for one that its parent did not wait for. */
static void put_taker(struct text *out, const struct forest *f, size_t taker)
{
	char text[24];

	snprintf(text, sizeof(text), ", reaped by %.10s", path_or_kernel(f, taker));
	text_string(out, text);
}

static void put_fate(struct text *out, const struct render_input *in, size_t at)
{
	const struct forest *f = in->forest;
	const struct forest_process *p = &f->processes[at];
	enum forest_ordering ordering = forest_ordering(f, at);
	enum render_fate fate = render_fate(p);

	if (p->parent == FOREST_NONE && fate == FATE_ALIVE)
		return;
	if (ordering <= ORDERING_WAITS_AFTER)
		text_string(out, forest_ordering_name(ordering));
	else if (p->orphaned != FOREST_NEVER)
		text_coloured(out, "ORPHAN", TEXT_YELLOW, in->colour);
	if (fate == FATE_ZOMBIE)
		text_coloured(out, p->orphaned == FOREST_NEVER ? "ZOMBIE" : ", ZOMBIE",
		              TEXT_BOLD_RED, in->colour);
	else if (p->abandoned != FOREST_NEVER)
		text_coloured(out, "zombie", TEXT_YELLOW, in->colour);
	if (ordering <= ORDERING_WAITS_AFTER || fate == FATE_ZOMBIE || fate == FATE_ALIVE)
		return;
	put_taker(out, f, fate == FATE_WAITED ? p->waiter : p->reaper);
}

static void put_process(struct text *out, const struct render_input *in, size_t at,
                        const bool *open, size_t depth)
{
	const struct forest_process *p = &in->forest->processes[at];
	size_t used = put_branches(out, open, depth, p->next == FOREST_NONE);

	used += put_name(out, p, NAME_COLUMNS - used);
	text_repeat(out, ' ', NAME_COLUMNS - used);
	text_printf(out, " %*d  ", PID_COLUMNS, p->pid);
	put_status(out, p);
	text_string(out, "  ");
	put_fate(out, in, at);
	while (out->length && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_char(out, '\n');
}

static void put_outcome(struct text *out, const struct trace *trace)
{
	if (trace->complete)
		text_printf(out, "outcome: %s, status %d\n",
		            trace_outcome_name(trace->end.outcome), trace->end.status);
	else
		text_string(out, "outcome: unknown, the trace is a prefix\n");
}

void render_text(const struct render_input *in, struct text *out)
{
	bool open[DEPTH_MAX + 1] = {false};
	size_t depth;

	text_printf(out, "%-*s %*s  %-*s  %s\n", NAME_COLUMNS, "PROCESS", PID_COLUMNS,
	            "PID", STATUS_COLUMNS, "STATUS", "HOW IT ENDED");
	for (size_t at = forest_next(in->forest, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(in->forest, at, &depth)) {
		put_process(out, in, at, open, depth);
		if (depth <= DEPTH_MAX)
			open[depth] = in->forest->processes[at].next != FOREST_NONE;
	}
	put_outcome(out, in->trace);
}
