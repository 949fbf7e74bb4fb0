/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "diff/side.h"
#include "diff/strict.h"
#include "trace/strings.h"

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the comparison");
}

const char *diff_mode_name(enum diff_mode mode)
{
	static const char *const names[] = {"tree", "semantic", "strict"};

	return names[mode];
}

int diff_mode_from_name(const char *name)
{
	for (int mode = DIFF_TREE; mode <= DIFF_STRICT; mode++)
		if (strcmp(name, diff_mode_name((enum diff_mode)mode)) == 0)
			return mode;
	return -1;
}

struct comparison {
	struct diff_report *report;
	struct diff_side sides[2];
	size_t capacity; /* of the report's differences */
};

/* A new difference, or NULL. */
static struct diff_difference *add(struct comparison *c, enum diff_kind kind,
                                   const char *proc)
{
	struct diff_report *r = c->report;

	if (!array_grow(&r->differences, &c->capacity, r->count + 1,
	                sizeof(*r->differences)))
		return NULL;
	struct diff_difference *d = &r->differences[r->count++];

	*d = (struct diff_difference){.kind = kind, .proc = proc};
	if (proc)
		d->proc = strings_intern(r->storage, proc, strlen(proc));
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < DIFF_SHOWN; i++)
			d->shown[side][i].text = "";
	return proc && !d->proc ? NULL : d;
}

/* --- what is told without looking into the files again --- */

static int say(struct comparison *c, struct diff_difference *d, int side,
               struct text *text)
{
	const char *kept =
		text->failed || !text->data
			? NULL
			: strings_intern(c->report->storage, text->data, text->length);

	text_free(text);
	d->shown[side][0].text = kept;
	return kept ? 0 : no_memory();
}

static void put_fate(struct text *text, const struct forest_process *p)
{
	char status[32] = "runs";

	if (p->exit != FOREST_NEVER)
		forest_status_text(p->status, status, sizeof(status));
	text_string(text, status);
}

static int add_only(struct comparison *c, int side, const struct forest_process *p)
{
	struct diff_difference *d =
		add(c, side == 0 ? DIFF_ONLY_A : DIFF_ONLY_B, p->path);
	struct text text = {0};

	if (!d)
		return no_memory();
	text_printable(&text, p->program ? p->program : "no program", 60);
	text_string(&text, ", ");
	put_fate(&text, p);
	return say(c, d, side, &text);
}

static bool same_status(const struct forest_process *a, const struct forest_process *b)
{
	if (a->exit == FOREST_NEVER || b->exit == FOREST_NEVER)
		return a->exit == b->exit;
	return a->status.signaled == b->status.signaled &&
	       a->status.value == b->status.value;
}

static int compare_status(struct comparison *c, const struct forest_process *pair[2])
{
	if (same_status(pair[0], pair[1])) {
		c->report->compared++;
		return 0;
	}
	struct diff_difference *d = add(c, DIFF_STATUS, pair[0]->path);

	for (int side = 0; side < 2; side++) {
		struct text text = {0};

		put_fate(&text, pair[side]);
		if (!d || say(c, d, side, &text) != 0)
			return no_memory();
	}
	return 0;
}

static int compare_outcome(struct comparison *c)
{
	const struct diff_side *a = &c->sides[0], *b = &c->sides[1];
	struct diff_difference *d;

	if (a->complete == b->complete &&
	    (!a->complete ||
	     (a->end.outcome == b->end.outcome && a->end.status == b->end.status)))
		return 0;
	d = add(c, DIFF_OUTCOME, NULL);
	for (int side = 0; side < 2; side++) {
		struct text text = {0};

		if (c->sides[side].complete)
			text_printf(&text, "%s, status %d",
			            trace_outcome_name(c->sides[side].end.outcome),
			            c->sides[side].end.status);
		else
			text_string(&text, "no end record: a prefix");
		if (!d || say(c, d, side, &text) != 0)
			return no_memory();
	}
	return 0;
}

/* --- what a process did --- */

/* 1 where they differ and that is noted, 0 where not. */
static int compare_lists(struct comparison *c, enum diff_kind kind, const char *proc,
                         const struct diff_list *a, const struct diff_list *b)
{
	const struct diff_list *lists[2] = {a, b};
	size_t i = 0;

	while (i < a->count && i < b->count && a->items[i].hash == b->items[i].hash)
		i++;
	c->report->compared += i;
	if (i == a->count && i == b->count)
		return 0;
	struct diff_difference *d = add(c, kind, proc);

	if (!d)
		return no_memory();
	d->index = i;
	d->before = i < DIFF_BEFORE ? i : DIFF_BEFORE;
	for (int side = 0; side < 2; side++)
		for (size_t k = 0; k < DIFF_SHOWN; k++) {
			size_t at = i - d->before + k;

			if (at < lists[side]->count && at <= i + 1)
				d->shown[side][k].line = lists[side]->items[at].line;
		}
	return 1;
}

static int compare_deeds(struct comparison *c, const char *proc,
                         const struct diff_process *a, const struct diff_process *b)
{
	int got = compare_lists(c, DIFF_DEEDS, proc, &a->deeds, &b->deeds);

	if (got == 0)
		got = compare_lists(c, DIFF_OUTPUT, proc, &a->output, &b->output);
	return got < 0 ? got : 0;
}

static int compare_process(struct comparison *c, size_t at[2])
{
	const struct forest_process *pair[2];

	for (int side = 0; side < 2; side++)
		pair[side] = &c->sides[side].forest->processes[at[side]];
	if (c->report->mode == DIFF_TREE)
		return compare_status(c, pair);
	return compare_deeds(c, pair[0]->path, &c->sides[0].processes[at[0]],
	                     &c->sides[1].processes[at[1]]);
}

/*
 * Each process of one side with its like on the other; what is only here is noted once
 * for the topmost.  Common ones are compared in the pass over the first side.
 */
static int compare_forests(struct comparison *c, int side)
{
	const struct forest *here = c->sides[side].forest,
			    *there = c->sides[!side].forest;
	size_t depth;
	int err = 0;

	for (size_t i = forest_next(here, FOREST_NONE, &depth); i != FOREST_NONE && !err;
	     i = forest_next(here, i, &depth)) {
		const struct forest_process *p = &here->processes[i];
		size_t like = forest_find(there, p->path);
		size_t at[2] = {i, like};

		if (like != FOREST_NONE && side == 0)
			err = compare_process(c, at);
		else if (like == FOREST_NONE &&
		         (p->parent == FOREST_NONE ||
		          forest_find(there, here->processes[p->parent].path) !=
		                  FOREST_NONE))
			err = add_only(c, side, p);
	}
	return err;
}

/* --- the texts --- */

static int by_line(const void *a, const void *b)
{
	uint64_t x = (*(struct diff_moment *const *)a)->line;
	uint64_t y = (*(struct diff_moment *const *)b)->line;

	return x < y ? -1 : x > y;
}

static int describe(struct comparison *c, int side, const char *path)
{
	struct diff_report *r = c->report;
	struct diff_moment **moments =
		calloc(r->count * DIFF_SHOWN + 1, sizeof(*moments));
	size_t n = 0;

	if (!moments)
		return no_memory();
	for (size_t i = 0; i < r->count; i++)
		for (int k = 0; k < DIFF_SHOWN; k++)
			if (r->differences[i].shown[side][k].line)
				moments[n++] = &r->differences[i].shown[side][k];
	qsort(moments, n, sizeof(*moments), by_line);
	int err = diff_describe(path, moments, n, r->mode == DIFF_STRICT, r->storage);

	free(moments);
	return err;
}

/*
 * A wait is told by its return.  Where those are alike the calls were not: for another
 * child, or with other options.
 */
static int tell_calls_apart(struct diff_report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct diff_difference *d = &r->differences[i];
		struct diff_moment *a = &d->shown[0][d->before],
				   *b = &d->shown[1][d->before];
		struct text text = {0};

		if (d->kind != DIFF_DEEDS || !*a->text || strcmp(a->text, b->text) != 0)
			continue;
		text_printf(&text, "%s (called otherwise)", a->text);
		if (!text.failed)
			a->text = b->text =
				strings_intern(r->storage, text.data, text.length);
		bool failed = text.failed || !a->text;

		text_free(&text);
		if (failed)
			return no_memory();
	}
	return 0;
}

static int compare_sides(struct comparison *c, const char *const paths[2])
{
	struct diff_report *r = c->report;
	bool deeds = r->mode == DIFF_SEMANTIC;
	int err = 0;

	for (int side = 0; side < 2 && !err; side++) {
		err = diff_side_read(&c->sides[side], paths[side], deeds);
		if (err)
			break;
		r->complete[side] = c->sides[side].complete;
	}
	if (err)
		return err;
	r->same_kernel =
		strcmp(c->sides[0].kernel_sha256, c->sides[1].kernel_sha256) == 0 &&
		strcmp(c->sides[0].initrd_sha256, c->sides[1].initrd_sha256) == 0;
	err = compare_forests(c, 0);
	if (!err)
		err = compare_forests(c, 1);
	if (!err && deeds)
		err = compare_deeds(c, TRACE_KERNEL_PROC, &c->sides[0].kernel,
		                    &c->sides[1].kernel);
	if (!err && deeds)
		err = compare_outcome(c);
	return err;
}

/* What is read a second time must not be used up by the first. */
static int refuse_pipe(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		return error_set(ERR_FILE,
		                 "%s: a pipe, which can be read only once: make a file "
		                 "of it",
		                 path);
	return 0;
}

static int compare(struct comparison *c, const char *const paths[2])
{
	struct diff_report *r = c->report;
	int err = refuse_pipe(paths[0]);

	if (err == 0)
		err = refuse_pipe(paths[1]);
	if (err)
		return err;
	if (r->mode == DIFF_STRICT) {
		struct diff_difference *d = add(c, DIFF_RECORDS, NULL);

		if (!d)
			return no_memory();
		err = diff_strict(r, d, paths);
		r->count = r->equal ? 0 : 1;
	} else {
		err = compare_sides(c, paths);
		r->equal = r->count == 0;
	}
	for (int side = 0; side < 2 && !err; side++)
		err = describe(c, side, paths[side]);
	return err ? err : tell_calls_apart(r);
}

int diff_traces(struct diff_report **out, const char *a, const char *b,
                enum diff_mode mode)
{
	const char *const paths[2] = {a, b};
	struct comparison c = {.report = calloc(1, sizeof(*c.report))};
	int err;

	*out = NULL;
	if (!c.report)
		return no_memory();
	c.report->mode = mode;
	c.report->storage = strings_create();
	err = c.report->storage ? compare(&c, paths) : no_memory();
	for (int side = 0; side < 2; side++)
		diff_side_free(&c.sides[side]);
	if (err) {
		diff_report_free(c.report);
		return err;
	}
	*out = c.report;
	return 0;
}

void diff_report_free(struct diff_report *r)
{
	if (!r)
		return;
	strings_free(r->storage);
	free(r->differences);
	free(r);
}
