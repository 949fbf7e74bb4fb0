/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/orderings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sched/replay.h"
#include "sched/steer.h"

/* The process that runs the program; its children are none of the program's pairs. */
#define INIT "1"
/*
 * Runs at most: a program with hundreds of pairs is shown by the first two, and what
 * remains then is mostly what cannot be.
 */
#define RUNS_MAX 64u
/* A program that never ends must not keep its report from us. */
#define LIMIT_DEFAULT 2000000000ull

/* Whom a run favours. */
struct aim {
	enum { AIM_PARENTS, AIM_CHILDREN, AIM_BEFORE, AIM_AFTER } kind;
	const char *child; /* of the pair, for the last two */
	const char *parent;
	char name[160]; /* the trace is NAME.fst.jsonl */
};

struct search {
	const struct images *images;
	struct session_config config;
	const char *directory;
	struct orderings_report *report;
};

/* --- ranks --- */

static int depth(const char *proc)
{
	int dots = 0;

	for (; *proc; proc++)
		dots += *proc == '.';
	return dots;
}

/* `proc` is `root` or descends from it. */
static bool within(const char *proc, const char *root)
{
	size_t n = strlen(root);

	return strncmp(proc, root, n) == 0 && (proc[n] == '\0' || proc[n] == '.');
}

static int rank(void *ctx, const char *proc)
{
	const struct aim *aim = ctx;

	switch (aim->kind) {
	case AIM_PARENTS:
		return depth(proc);
	case AIM_CHILDREN:
		/* But init first: it has nothing to do but to reach its wait. */
		return strcmp(proc, INIT) == 0 ? INT_MIN : -depth(proc);
	case AIM_BEFORE:
		return within(proc, aim->child);
	default:
		return strcmp(proc, aim->parent) == 0;
	}
}

/* --- one run --- */

static int record(struct search *s, struct aim *aim, const char *path,
                  struct session_result *result)
{
	struct session *session = NULL;
	struct steer steer;
	int err = session_open(&session, s->images, &s->config);

	if (err == 0)
		err = steer_init(&steer, session_machine(session),
		                 session_tracer(session), rank, aim);
	if (err == 0)
		err = session_record(session, path);
	if (err == 0)
		err = session_run(session, result);
	session_close(session);
	return err;
}

static int replay(struct search *s, const struct trace *trace, struct orderings_run *run)
{
	struct replay_options options = {0};
	struct replay_result result;
	int err = replay_run(s->images, trace, &options, &result);

	if (err)
		return err;
	run->replayed = result.identical;
	run->interrupted = result.interrupted;
	s->report->interrupted |= result.interrupted;
	replay_free(&result);
	return 0;
}

/* --- rows --- */

static const char *keep(struct orderings_report *report, const char *text);

static struct orderings_pair *find_pair(struct orderings_report *r, const char *child)
{
	for (size_t i = 0; i < r->npairs; i++) {
		if (strcmp(r->pairs[i].child, child) == 0)
			return &r->pairs[i];
	}
	return NULL;
}

static struct orderings_pair *add_pair(struct orderings_report *r, const char *parent,
                                       const char *child)
{
	struct orderings_pair *pairs =
		realloc(r->pairs, (r->npairs + 1) * sizeof(*r->pairs));
	struct orderings_pair *pair;

	if (!pairs)
		return NULL;
	r->pairs = pairs;
	pair = &pairs[r->npairs];
	*pair = (struct orderings_pair){.parent = strdup(parent), .child = strdup(child)};
	if (!pair->parent || !pair->child) {
		free(pair->parent);
		free(pair->child);
		return NULL;
	}
	for (int i = 0; i < ORDERINGS_CASES; i++)
		pair->rows[i].ordering = (enum orderings_case)i;
	r->npairs++;
	return pair;
}

static int case_of(enum forest_ordering ordering)
{
	switch (ordering) {
	case ORDERING_WAITS_BEFORE:
		return ORDERINGS_WAITS_BEFORE;
	case ORDERING_WAITS_AFTER:
		return ORDERINGS_WAITS_AFTER;
	case ORDERING_ORPHAN:
		return ORDERINGS_ORPHAN;
	case ORDERING_ZOMBIE:
		return ORDERINGS_ZOMBIE;
	default:
		return -1;
	}
}

/* What led to the ordering: preemptions of the pair while it could still go either way.
 */
static void find_preemptions(struct search *s, const struct trace *trace,
                             const struct orderings_pair *pair,
                             const struct forest_process *child,
                             struct orderings_row *row)
{
	for (size_t i = 0; i < trace->nevents; i++) {
		const struct trace_event *e = &trace->events[i];

		if (e->seq < child->fork || e->seq >= child->exit ||
		    e->kind != TRACE_SWITCH || strcmp(e->switch_.why, "preempt") != 0 ||
		    (strcmp(e->switch_.from, pair->parent) != 0 &&
		     strcmp(e->switch_.from, pair->child) != 0))
			continue;
		if (row->preemptions++ == 0) {
			row->icount = e->icount;
			row->from = keep(s->report, e->switch_.from);
			row->to = keep(s->report, e->switch_.to);
		}
	}
}

/* True in *news where the run shows an ordering that no run before it did. */
static int note_pairs(struct search *s, const struct trace *trace,
                      const struct check_report *check, bool *news)
{
	const struct forest_process *processes = check->forest->processes;

	for (size_t i = 0; i < check->npairs; i++) {
		const struct check_pair *p = &check->pairs[i];
		const struct forest_process *child = &processes[p->child];
		const char *parent = processes[p->parent].path;
		int which = case_of(p->ordering);
		struct orderings_pair *pair;
		struct orderings_row *row;

		if (strcmp(parent, INIT) == 0 || !within(parent, INIT))
			continue;
		pair = find_pair(s->report, child->path);
		if (!pair)
			pair = add_pair(s->report, parent, child->path);
		if (!pair)
			return error_set(ERR_MEMORY, "out of memory");
		if (which < 0)
			continue;
		row = &pair->rows[which];
		if (row->shown && p->verdict != CHECK_VIOLATED)
			continue;
		if (row->shown && row->verdict == CHECK_VIOLATED)
			continue;
		*row = (struct orderings_row){
			.ordering = (enum orderings_case)which,
			.shown = true,
			.run = s->report->nruns,
			.verdict = p->verdict,
		};
		find_preemptions(s, trace, pair, child, row);
		*news = true;
	}
	return 0;
}

/* Takes the path's memory along, also where it fails. */
static int add_run(struct search *s, struct orderings_run *run)
{
	struct orderings_report *r = s->report;
	struct orderings_run *runs = realloc(r->runs, (r->nruns + 1) * sizeof(*r->runs));

	if (!runs || !run->path) {
		free(run->path);
		r->runs = runs ? runs : r->runs;
		return error_set(ERR_MEMORY, "out of memory");
	}
	r->runs = runs;
	runs[r->nruns++] = *run;
	r->good &= run->verdict == CHECK_HOLDS && run->replayed &&
	           run->outcome == TRACE_POWEROFF && run->status == 0;
	return 0;
}

static void first_violation(const struct check_report *check, struct orderings_run *run)
{
	run->verdict = check->verdict;
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		if (check->results[i].verdict == check->verdict &&
		    check->verdict != CHECK_HOLDS) {
			snprintf(run->reason, sizeof(run->reason), "%s: %s",
			         check_invariant_name((enum check_invariant)i),
			         check->results[i].reason);
			return;
		}
	}
}

/* Judges the trace of a run; it is kept where it shows something. */
static int judge(struct search *s, const char *path, const struct session_result *result)
{
	struct orderings_run run = {.outcome = result->outcome, .status = result->status};
	struct check_report *check = NULL;
	struct trace *trace;
	bool news = false;
	int err = trace_load(&trace, path);

	if (err)
		return err;
	err = check_trace(trace, &check);
	if (err == 0) {
		first_violation(check, &run);
		err = note_pairs(s, trace, check, &news);
		check_report_free(check);
	}
	news |= run.verdict == CHECK_VIOLATED || result->outcome != TRACE_POWEROFF ||
	        result->status != 0 || s->report->nruns == 0;
	if (err == 0 && news)
		err = replay(s, trace, &run);
	trace_free(trace);
	if (err || !news) {
		unlink(path);
		return err;
	}
	run.path = strdup(path);
	return add_run(s, &run);
}

static int try_aim(struct search *s, struct aim *aim)
{
	struct session_result result;
	char path[4096];
	int err;

	if (s->report->interrupted || s->report->tried == RUNS_MAX)
		return 0;
	s->report->tried++;
	snprintf(path, sizeof(path), "%s/%s.fst.jsonl", s->directory, aim->name);
	err = record(s, aim, path, &result);
	if (err)
		return err;
	if (!result.interrupted)
		return judge(s, path, &result);
	s->report->interrupted = true;
	unlink(path);
	return 0;
}

/* --- what is still missing --- */

static bool waits(const struct orderings_pair *pair)
{
	return pair->rows[ORDERINGS_WAITS_BEFORE].shown ||
	       pair->rows[ORDERINGS_WAITS_AFTER].shown;
}

/* Runs that hold back one process each, for pairs that wait but not yet in both ways. */
static int try_missing(struct search *s)
{
	static const int kinds[] = {AIM_BEFORE, AIM_AFTER};
	int err = 0;

	for (size_t i = 0; i < s->report->npairs && err == 0; i++) {
		for (int k = 0; k < 2 && err == 0; k++) {
			struct orderings_pair *pair = &s->report->pairs[i];
			struct aim aim = {.kind = kinds[k],
			                  .child = pair->child,
			                  .parent = pair->parent};

			if (!waits(pair) || pair->rows[k].shown)
				continue;
			snprintf(aim.name, sizeof(aim.name), "%s-%s",
			         orderings_case_name((enum orderings_case)k),
			         pair->child);
			err = try_aim(s, &aim);
		}
	}
	return err;
}

/* Whether some run was not made to its end: what it would have shown nobody knows. */
static bool is_cut(const struct orderings_report *r)
{
	for (size_t i = 0; i < r->nruns; i++)
		if (r->runs[i].outcome == TRACE_LIMIT)
			return true;
	return r->interrupted;
}

static void explain(struct orderings_report *r)
{
	static const char not_reached[] = "not reached in the runs that were made";
	static const char never[] = "the parent never waits for it";
	bool cut = is_cut(r), some = cut || r->tried == RUNS_MAX;

	for (size_t i = 0; i < r->npairs; i++) {
		bool waited = waits(&r->pairs[i]);
		struct orderings_row *rows = r->pairs[i].rows;

		rows[ORDERINGS_WAITS_BEFORE].why_not =
			!waited && !cut ? never
			: some          ? not_reached
			       : "it exits before the parent comes to wait, even held back";
		rows[ORDERINGS_WAITS_AFTER].why_not =
			!waited && !cut ? never
			: some          ? not_reached
					: "it cannot exit before the parent waits";
		rows[ORDERINGS_ORPHAN].why_not = rows[ORDERINGS_ZOMBIE].why_not =
			waited && !cut ? "the parent waits for it in every run"
				       : not_reached;
	}
}

static int compare_pairs(const void *a, const void *b)
{
	const struct orderings_pair *x = a, *y = b;

	return strverscmp(x->child, y->child);
}

/* Strings of the report, freed with it. */
struct kept {
	struct kept *next;
	char text[];
};

static const char *keep(struct orderings_report *report, const char *text)
{
	struct kept *k = malloc(sizeof(*k) + strlen(text) + 1);

	if (!k)
		return "";
	strcpy(k->text, text);
	k->next = report->storage;
	report->storage = k;
	return k->text;
}

const char *orderings_case_name(enum orderings_case ordering)
{
	static const char *const names[] = {"waits-before", "waits-after",
	                                    "no-wait/orphan", "no-wait/zombie"};

	return names[ordering];
}

static int search(struct search *s)
{
	struct aim parents = {.kind = AIM_PARENTS, .name = "parents-first"};
	struct aim children = {.kind = AIM_CHILDREN, .name = "children-first"};
	int err = try_aim(s, &parents);

	if (err == 0)
		err = try_aim(s, &children);
	if (err == 0)
		err = try_missing(s);
	if (err)
		return err;
	explain(s->report);
	if (s->report->npairs)
		qsort(s->report->pairs, s->report->npairs, sizeof(*s->report->pairs),
		      compare_pairs);
	return 0;
}

int orderings_run(const struct images *images, const struct session_config *config,
                  const char *directory, struct orderings_report **report)
{
	struct search s = {
		.images = images,
		.config = *config,
		.directory = directory,
		.report = calloc(1, sizeof(*s.report)),
	};
	int err;

	if (!s.report)
		return error_set(ERR_MEMORY, "out of memory");
	s.report->good = true;
	s.config.schedule = "steered";
	if (s.config.limit == 0)
		s.config.limit = LIMIT_DEFAULT;
	err = file_make_directory(directory);
	if (err == 0)
		err = search(&s);
	if (err) {
		orderings_free(s.report);
		return err;
	}
	*report = s.report;
	return 0;
}

void orderings_free(struct orderings_report *r)
{
	struct kept *next;

	for (size_t i = 0; i < r->npairs; i++) {
		free(r->pairs[i].parent);
		free(r->pairs[i].child);
	}
	for (size_t i = 0; i < r->nruns; i++)
		free(r->runs[i].path);
	for (struct kept *k = r->storage; k; k = next) {
		next = k->next;
		free(k);
	}
	free(r->pairs);
	free(r->runs);
	free(r);
}
