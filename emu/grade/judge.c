/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "explore/orderings.h"
#include "grade/console.h"

const char *grade_outcome_name(enum grade_outcome outcome)
{
	static const char *const names[GRADE_OUTCOMES] = {
		[GRADE_ERROR] = "error",           [GRADE_PASSED] = "passed",
		[GRADE_WRONG] = "wrong",           [GRADE_CRASHED] = "crashed",
		[GRADE_DEADLOCKED] = "deadlocked", [GRADE_TIMED_OUT] = "timed-out",
		[GRADE_SKIPPED] = "skipped",       [GRADE_NOT_BUILT] = "not-built",
	};

	return names[outcome];
}

void judge_fail(struct judgement *j, enum grade_outcome outcome, int failure,
                const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(j->reason, sizeof(j->reason), fmt, args);
	va_end(args);
	j->outcome = outcome;
	j->failure = failure;
}

/* --- how the run ended --- */

static const struct trace_event *last_of(const struct trace *trace,
                                         enum trace_event_kind kind)
{
	for (size_t i = trace->nevents; i-- > 0;)
		if (trace->events[i].kind == kind)
			return &trace->events[i];
	return NULL;
}

static void judge_panic(const struct trace *trace, struct judgement *j)
{
	const struct trace_event *e = last_of(trace, TRACE_PANIC);
	struct text what = {0};

	text_printable(&what, e ? e->panic.text : "for a reason it did not tell", 200);
	judge_fail(j, GRADE_CRASHED, JUDGE_PANIC, "The kernel panicked: \"%s\".",
	           what.data ? what.data : "");
	text_free(&what);
}

static void judge_fault(const struct trace *trace, struct judgement *j)
{
	const struct trace_event *e = last_of(trace, TRACE_FAULT);

	if (e)
		judge_fail(j, GRADE_CRASHED, JUDGE_FAULT,
		           "The machine stopped on what no PC can do; the last exception "
		           "was vector %d in %.120s.",
		           e->fault.vector,
		           e->fault.symbol ? e->fault.symbol : "unknown code");
	else
		judge_fail(j, GRADE_CRASHED, JUDGE_FAULT,
		           "The machine stopped on what no PC can do.");
}

/* Who is left in a wait, by the first check of a wait that says so. */
static void judge_deadlock(const struct check_report *check, struct judgement *j)
{
	static const int waits[] = {CHECK_LOST_WAKEUP, CHECK_WAIT_FOREVER};

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		const struct check_result *r = &check->results[waits[i]];

		if (r->verdict != CHECK_VIOLATED)
			continue;
		judge_fail(j, GRADE_DEADLOCKED, JUDGE_DEADLOCK,
		           "Nothing can run any more (%s): %s.",
		           check_invariant_name((enum check_invariant)waits[i]),
		           r->reason);
		return;
	}
	judge_fail(j, GRADE_DEADLOCKED, JUDGE_DEADLOCK,
	           "Nothing can run any more, and the program has not ended.");
}

static void judge_end(const struct trace *trace, const struct check_report *check,
                      struct judgement *j)
{
	switch (trace->end.outcome) {
	case TRACE_POWEROFF:
		return;
	case TRACE_PANICKED:
		judge_panic(trace, j);
		return;
	case TRACE_DEADLOCK:
		judge_deadlock(check, j);
		return;
	case TRACE_LIMIT:
		judge_fail(j, GRADE_TIMED_OUT, JUDGE_LIMIT,
		           "It had not ended after %llu instructions.",
		           (unsigned long long)trace->end.icount);
		return;
	default:
		judge_fault(trace, j);
		return;
	}
}

static void judge_contract(const struct check_report *check, struct judgement *j)
{
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		const struct check_result *r = &check->results[i];

		if (r->verdict != CHECK_VIOLATED)
			continue;
		judge_fail(j, GRADE_WRONG, JUDGE_CONTRACT + i,
		           "The contract of fork, wait and exit is broken (%s): %s.",
		           check_invariant_name((enum check_invariant)i), r->reason);
		return;
	}
}

static unsigned int shown(const struct check_report *check)
{
	static const int cases[] = {
		[ORDERING_WAITS_BEFORE] = 1 << ORDERINGS_WAITS_BEFORE,
		[ORDERING_WAITS_AFTER] = 1 << ORDERINGS_WAITS_AFTER,
		[ORDERING_ORPHAN] = 1 << ORDERINGS_ORPHAN,
		[ORDERING_ZOMBIE] = 1 << ORDERINGS_ZOMBIE,
		[ORDERING_OPEN] = 0,
	};
	unsigned int bits = 0;

	for (size_t i = 0; i < check->npairs; i++) {
		const struct check_pair *pair = &check->pairs[i];
		const char *parent = check->forest->processes[pair->parent].path;

		/* init's own child is the program: no pair of the program's. */
		if (strchr(parent, '.') && pair->verdict != CHECK_VIOLATED)
			bits |= (unsigned int)cases[pair->ordering];
	}
	return bits;
}

/* --- what the test asks for --- */

/* A kernel must not earn points by printing what the program would have printed. */
static void demand_program(const struct rubric_test *test, const struct trace *trace,
                           struct judgement *j)
{
	const char *program = file_base_name(test->argv[0]);

	for (size_t i = 0; i < trace->nevents; i++) {
		const struct trace_event *e = &trace->events[i];

		if (e->kind == TRACE_EXEC &&
		    strcmp(file_base_name(e->exec.path), program) == 0)
			return;
	}
	judge_fail(j, GRADE_WRONG, JUDGE_PROGRAM, "The program %.80s was never run.",
	           test->argv[0]);
	j->score = 0;
}

static int judge_reference(const struct rubric_test *test, const char *path,
                           struct judgement *j)
{
	static const char *const names[] = {"the reference", "this run"};
	const struct diff_difference *d;
	struct diff_report *report;
	const char *want, *got;
	int err;

	if (!test->reference)
		return 0;
	err = diff_traces(&report, test->reference, path, test->reference_mode);
	if (err)
		return err;
	if (!report->equal && report->count > 0) {
		d = &report->differences[0];
		want = d->before < DIFF_SHOWN ? d->shown[0][d->before].text : "";
		got = d->before < DIFF_SHOWN ? d->shown[1][d->before].text : "";
		judge_fail(j, GRADE_WRONG, JUDGE_REFERENCE,
		           "%s%s differs from the reference (%s): \"%.100s\" in %s, "
		           "\"%.100s\" in %s.",
		           d->proc ? "Process " : "The run", d->proc ? d->proc : "",
		           diff_mode_name(test->reference_mode), want ? want : "",
		           names[0], got ? got : "", names[1]);
	}
	diff_report_free(report);
	return 0;
}

static int judge_demands(const struct rubric_test *test, const struct trace *trace,
                         const char *path, const struct text *console,
                         struct judgement *j)
{
	if (test->status >= 0 && trace->end.status != test->status)
		judge_fail(j, GRADE_WRONG, JUDGE_STATUS,
		           "The program ended with status %d, not %d.", trace->end.status,
		           test->status);
	if (j->outcome == GRADE_PASSED) {
		console_compare(test, console, j->reason, sizeof(j->reason));
		if (j->reason[0]) {
			j->outcome = GRADE_WRONG;
			j->failure = JUDGE_CONSOLE;
		}
	}
	return j->outcome == GRADE_PASSED ? judge_reference(test, path, j) : 0;
}

/*
 * Subtests make the score, however the run ended; a subtest lost is a better reason than
 * the status that follows from it.
 */
static void judge_subtests(const struct rubric_test *test, const struct text *console,
                           struct judgement *j, uint32_t *matches)
{
	uint64_t lines = 0, wanted = 0;
	double share = 0, all = 0;
	const struct rubric_subtest *lost = NULL;
	uint32_t lost_matches = 0;

	for (size_t i = 0; i < test->nsubtests; i++) {
		const struct rubric_subtest *s = &test->subtests[i];
		uint32_t n = console_count(console, &s->regex, s->count);

		if (matches)
			matches[i] = n;
		if (n < s->count && !lost) {
			lost = s;
			lost_matches = n;
		}
		lines += n;
		wanted += s->count;
		share += (double)s->weight * n / s->count;
		all += s->weight;
	}
	/* In favour of nobody but rounding: a quotient is a little less than exact. */
	j->score = lost ? (int64_t)((double)test->points * share / all + 1e-6)
	                : test->points;
	if (lost && j->outcome == GRADE_PASSED)
		judge_fail(j, GRADE_WRONG, JUDGE_SUBTESTS,
		           "%llu of %llu subtests passed; the first lost is %.80s, %u of "
		           "%u.",
		           (unsigned long long)lines, (unsigned long long)wanted,
		           lost->name, lost_matches, lost->count);
}

static int judge_complete(const struct rubric_test *test, const struct trace *trace,
                          const char *path, const struct check_report *check,
                          const struct text *console, struct judgement *j,
                          uint32_t *matches)
{
	judge_end(trace, check, j);
	if (j->outcome == GRADE_PASSED)
		judge_contract(check, j);
	if (test->nsubtests > 0)
		judge_subtests(test, console, j, matches);
	if (j->outcome == GRADE_PASSED || j->score > 0)
		demand_program(test, trace, j);
	if (j->outcome != GRADE_PASSED)
		return 0;
	j->score = test->points;
	int err = judge_demands(test, trace, path, console, j);

	if (j->outcome != GRADE_PASSED && test->nsubtests == 0)
		j->score = 0;
	return err;
}

int judge_trace(const struct rubric_test *test, const struct trace *trace,
                const char *path, struct judgement *j, struct judge_notes *notes)
{
	struct check_report *check;
	struct text console = {0};
	int err;

	memset(j, 0, sizeof(*j));
	j->outcome = GRADE_PASSED;
	if (!trace->complete) {
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY, "The trace has no end.");
		return 0;
	}
	err = check_trace(trace, &check);
	if (err == ERR_FILE) {
		judge_fail(j, GRADE_WRONG, JUDGE_REPLAY, "%s.", error_message());
		return 0;
	}
	if (err)
		return err;
	console_of(trace, &console);
	if (console.failed)
		err = error_set(ERR_MEMORY, "out of memory");
	else
		err = judge_complete(test, trace, path, check, &console, j,
		                     notes ? notes->matches : NULL);
	if (notes)
		notes->orderings |= shown(check);
	text_free(&console);
	check_report_free(check);
	return err;
}
