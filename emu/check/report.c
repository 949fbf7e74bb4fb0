/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "check/check.h"

#define COLUMNS 80

/* --- for people --- */

static void put_verdict(struct text *out, enum check_verdict verdict, bool colour)
{
	text_coloured(out, check_verdict_name(verdict),
	              verdict == CHECK_VIOLATED    ? TEXT_BOLD_RED
	              : verdict == CHECK_UNDECIDED ? TEXT_YELLOW
	                                           : TEXT_GREEN,
	              colour);
}

static void put_invariant(const struct check_report *r, enum check_invariant i,
                          struct text *out, bool colour)
{
	const struct check_result *result = &r->results[i];

	text_printf(out, "  %-20s ", check_invariant_name(i));
	put_verdict(out, result->verdict, colour);
	if (result->violations > 1)
		text_printf(out, " (%llu times, the first:)",
		            (unsigned long long)result->violations);
	text_char(out, '\n');
	if (result->verdict == CHECK_VIOLATED)
		text_wrapped(out, check_invariant_text(i), 6);
	if (result->verdict != CHECK_HOLDS)
		text_wrapped(out, result->reason, 6);
}

/* The orderings seen, counted. */
static void put_summary(const struct check_report *r, struct text *out, bool colour)
{
	size_t counts[ORDERING_OPEN + 1] = {0};
	bool any = false;

	for (size_t i = 0; i < r->npairs; i++)
		counts[r->pairs[i].ordering]++;
	text_string(out, "\norderings: ");
	for (int i = 0; i <= ORDERING_OPEN; i++) {
		if (counts[i] == 0)
			continue;
		text_printf(out, "%s%zu %s", any ? ", " : "", counts[i],
		            forest_ordering_name((enum forest_ordering)i));
		any = true;
	}
	text_string(out, any ? "\nverdict: " : "none, nothing was forked\nverdict: ");
	put_verdict(out, r->verdict, colour);
	text_char(out, '\n');
}

static void put_pair(const struct check_report *r, const struct check_pair *pair,
                     struct text *out, bool colour)
{
	const struct forest_process *p = r->forest->processes;
	size_t start = out->length, verdict, column;

	text_printf(out, "%-14s %-16s %6d %-16s ", p[pair->parent].path,
	            p[pair->child].path, p[pair->child].pid,
	            forest_ordering_name(pair->ordering));
	verdict = out->length - start;
	put_verdict(out, pair->verdict, colour);
	column = verdict + strlen(check_verdict_name(pair->verdict));
	for (int k = 0; k < CHECK_INVARIANTS; k++) {
		const char *name = check_invariant_name((enum check_invariant)k);

		if (!(pair->violated >> k & 1))
			continue;
		if (column + 1 + strlen(name) > COLUMNS) {
			text_char(out, '\n');
			text_repeat(out, ' ', verdict - 1);
			column = verdict - 1;
		}
		text_printf(out, " %s", name);
		column += 1 + strlen(name);
	}
	text_char(out, '\n');
}

void check_report_text(const struct check_report *r, struct text *out, bool colour)
{
	text_printf(out, "%-14s %-16s %6s %-16s %s\n", "PARENT", "CHILD", "PID",
	            "ORDERING", "VERDICT");
	for (size_t i = 0; i < r->npairs; i++)
		put_pair(r, &r->pairs[i], out, colour);
	text_string(out, "\ninvariants:\n");
	for (int i = 0; i < CHECK_INVARIANTS; i++)
		put_invariant(r, (enum check_invariant)i, out, colour);
	put_summary(r, out, colour);
}

/* --- for programs --- */

static void json_pair(const struct check_report *r, const struct check_pair *pair,
                      struct text *out)
{
	const struct forest_process *parent = &r->forest->processes[pair->parent];
	const struct forest_process *child = &r->forest->processes[pair->child];

	text_char(out, '{');
	text_member_string(out, "parent", parent->path);
	text_member_string(out, "child", child->path);
	text_member_signed(out, "parent_pid", parent->pid);
	text_member_signed(out, "child_pid", child->pid);
	text_member_string(out, "ordering", forest_ordering_name(pair->ordering));
	text_member_string(out, "verdict", check_verdict_name(pair->verdict));
	text_json_key(out, "violated");
	text_char(out, '[');
	for (int k = 0; k < CHECK_INVARIANTS; k++) {
		if (!(pair->violated >> k & 1))
			continue;
		text_json_next(out);
		text_json_string(out, check_invariant_name((enum check_invariant)k));
	}
	text_string(out, "]}");
}

static void json_invariant(const struct check_report *r, enum check_invariant i,
                           struct text *out)
{
	const struct check_result *result = &r->results[i];

	text_char(out, '{');
	text_member_string(out, "name", check_invariant_name(i));
	text_member_string(out, "text", check_invariant_text(i));
	text_member_string(out, "verdict", check_verdict_name(result->verdict));
	text_member_unsigned(out, "violations", result->violations);
	if (result->seq != FOREST_NEVER)
		text_member_unsigned(out, "seq", result->seq);
	if (result->process != FOREST_NONE)
		text_member_string(out, "proc",
		                   r->forest->processes[result->process].path);
	if (result->reason[0])
		text_member_string(out, "reason", result->reason);
	text_char(out, '}');
}

void check_report_json(const struct check_report *r, struct text *out)
{
	text_string(out, "{\"format\":\"forkscope-check\",\"version\":1");
	text_member_string(out, "verdict", check_verdict_name(r->verdict));
	text_member_bool(out, "complete", r->complete);
	if (r->complete)
		text_member_string(out, "outcome", trace_outcome_name(r->end.outcome));
	text_json_key(out, "pairs");
	text_char(out, '[');
	for (size_t i = 0; i < r->npairs; i++) {
		text_json_next(out);
		json_pair(r, &r->pairs[i], out);
	}
	text_char(out, ']');
	text_json_key(out, "invariants");
	text_char(out, '[');
	for (int i = 0; i < CHECK_INVARIANTS; i++) {
		text_json_next(out);
		json_invariant(r, (enum check_invariant)i, out);
	}
	text_string(out, "]}\n");
}
