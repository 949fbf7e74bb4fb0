/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "explore/explore.h"

/* 1234567 as "1,234,567". */
static const char *grouped(uint64_t n, char text[32])
{
	char digits[32];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *p = text;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return text;
}

static const char *end_name(enum explore_end end)
{
	static const char *const names[] = {"complete",    "max-runs",    "max-seconds",
	                                    "interrupted", "first-found", "cut"};

	return names[end];
}

/* --- for people --- */

static void put_end(const struct explore_report *r, struct text *out, bool colour)
{
	static const char *const why[] = {"complete",
	                                  "stopped at the limit of runs",
	                                  "stopped at the limit of time",
	                                  "interrupted",
	                                  "stopped at the first violation",
	                                  "incomplete"};
	bool complete = r->end == EXPLORE_COMPLETE;
	char runs[32], classes[32], redundant[32], pending[32], cut[32];

	text_coloured(out, why[r->end], complete ? TEXT_GREEN : TEXT_YELLOW, colour);
	text_printf(out, ": %s interleavings, %s classes, %s redundant\n",
	            grouped(r->runs, runs), grouped(r->classes, classes),
	            grouped(r->redundant, redundant));
	if (!complete && r->pending)
		text_printf(out, "%s branches known and not begun\n",
		            grouped(r->pending, pending));
	if (r->cut)
		text_printf(out, "%s too long to be seen to the end\n",
		            grouped(r->cut, cut));
}

static void put_strategy(const struct explore_report *r, struct text *out)
{
	text_printf(out, "strategy %s", explore_strategy_name(r->strategy));
	if (r->strategy == EXPLORE_BOUNDED && r->preemptions >= 0)
		text_printf(out, ", %s %d preemption%s",
		            r->end == EXPLORE_COMPLETE ? "all with at most" : "at most",
		            r->preemptions, r->preemptions == 1 ? "" : "s");
	else if (r->strategy == EXPLORE_DPOR && r->preemptions >= 0)
		text_printf(out, ", after all with at most %d preemption%s",
		            r->preemptions, r->preemptions == 1 ? "" : "s");
	if (r->strategy == EXPLORE_PCT)
		text_printf(out, ", a bug of that depth found with probability %.3g",
		            r->probability);
	text_char(out, '\n');
	for (const char *const *lock = r->commute; lock && *lock; lock++)
		text_printf(out, "what is done under %s is taken to commute\n", *lock);
}

static void put_speed(const struct explore_report *r, struct text *out)
{
	uint64_t all = r->runs + r->redundant;

	text_printf(out,
	            "%zu threads, at most %" PRIu64 " visible steps; %.3g s, %.0f "
	            "interleavings a second\n",
	            r->threads, r->steps, r->seconds,
	            r->seconds > 0 ? (double)all / r->seconds : 0.0);
}

void explore_fewest_text(struct text *out, const char *indent, unsigned int preemptions,
                         unsigned int ruled_out, uint64_t searched)
{
	char number[32];

	if (preemptions == 0)
		return;
	if (preemptions <= ruled_out) {
		text_printf(out, "%sno fewer preemptions: proved by ", indent);
	} else {
		text_printf(out, "%sfewer than %u preemption%s not ruled out", indent,
		            preemptions, preemptions == 1 ? "" : "s");
		if (ruled_out)
			text_printf(out, ", only up to %u", ruled_out - 1);
		if (searched)
			text_string(out, ": ");
	}
	if (searched)
		text_printf(out, "%s interleaving%s", grouped(searched, number),
		            searched == 1 ? "" : "s");
	else if (preemptions <= ruled_out)
		text_string(out, "this search");
	text_char(out, '\n');
}

static void put_details(const char *details, struct text *out)
{
	while (details && *details) {
		size_t n = strcspn(details, "\n");

		text_string(out, "    ");
		text_bytes(out, details, n);
		text_char(out, '\n');
		details += n + (details[n] != '\0');
	}
}

static void put_violation(const struct explore_report *r,
                          const struct explore_violation *v, size_t number,
                          struct text *out, bool colour)
{
	bool counted = !v->warning && v->preemptions != EXPLORE_UNCOUNTED;
	char seen[32], first[32];

	text_printf(out, "\n[%zu] ", number);
	text_coloured(out, explore_check_name(v->check),
	              v->warning ? TEXT_YELLOW : TEXT_BOLD_RED, colour);
	text_printf(out, ": %s\n", explore_check_text(v->check));
	text_wrapped(out, v->reason, 4);
	text_printf(out, "    first in interleaving %s, after %.3g s; in %s of %s",
	            grouped(v->interleaving, first), v->seconds, grouped(v->seen, seen),
	            v->seen == r->runs ? "all" : "them");
	if (counted)
		text_printf(out, "; %u preemption%s", v->preemptions,
		            v->preemptions == 1 ? "" : "s");
	text_char(out, '\n');
	if (counted)
		explore_fewest_text(out, "    ", v->preemptions, v->ruled_out,
		                    v->searched);
	put_details(v->details, out);
	if (v->story)
		text_printf(out, "    story: %s\n", v->story);
	if (v->trace) {
		text_string(out, "    forkscope replay ");
		text_shell_word(out, v->trace);
		text_printf(out, "%s%s%s\n", r->replay_options ? " " : "",
		            r->replay_options ? r->replay_options : "",
		            v->replayed ? "" : "  (replay DIVERGED)");
	}
}

static void put_some(const struct explore_report *r, bool warnings, struct text *out,
                     bool colour)
{
	size_t n = warnings ? r->nwarnings : r->nviolations - r->nwarnings;

	if (n == 0)
		return;
	text_printf(out, "\n%zu %s%s:\n", n, warnings ? "warning" : "violation",
	            n == 1 ? "" : "s");
	n = 0;
	for (size_t i = 0; i < r->nviolations; i++)
		if (r->violations[i].warning == warnings)
			put_violation(r, &r->violations[i], ++n, out, colour);
}

void explore_report_text(const struct explore_report *r, struct text *out, bool colour)
{
	put_end(r, out, colour);
	put_strategy(r, out);
	put_speed(r, out);
	if (r->nviolations == r->nwarnings) {
		text_string(out, "\n");
		text_coloured(out, "no violation", TEXT_GREEN, colour);
		text_string(out, "\n");
	}
	put_some(r, false, out, colour);
	put_some(r, true, out, colour);
}

/* --- JSON --- */

static void put_json_violation(const struct explore_violation *v, struct text *out)
{
	text_char(out, '{');
	text_member_string(out, "check", explore_check_name(v->check));
	text_member_bool(out, "warning", v->warning);
	text_member_string(out, "reason", v->reason);
	text_member_string(out, "details", v->details);
	text_member_unsigned(out, "interleaving", v->interleaving);
	text_printf(out, ",\"seconds\":%.3f", v->seconds);
	text_member_unsigned(out, "seen", v->seen);
	if (!v->warning && v->preemptions != EXPLORE_UNCOUNTED) {
		text_member_unsigned(out, "preemptions", v->preemptions);
		text_member_bool(out, "proved", v->preemptions <= v->ruled_out);
		text_member_unsigned(out, "ruled_out", v->ruled_out);
		text_member_unsigned(out, "searched", v->searched);
	}
	text_member_string(out, "trace", v->trace);
	text_member_string(out, "story", v->story);
	text_member_bool(out, "replayed", v->replayed);
	text_char(out, '}');
}

void explore_report_json(const struct explore_report *r, struct text *out)
{
	text_char(out, '{');
	text_member_string(out, "strategy", explore_strategy_name(r->strategy));
	text_member_string(out, "end", end_name(r->end));
	text_member_bool(out, "complete", r->end == EXPLORE_COMPLETE);
	text_member_unsigned(out, "interleavings", r->runs);
	text_member_unsigned(out, "classes", r->classes);
	text_member_unsigned(out, "redundant", r->redundant);
	text_member_unsigned(out, "cut", r->cut);
	text_member_unsigned(out, "pending", r->pending);
	if (r->preemptions >= 0)
		text_member_unsigned(out, "preemptions", (uint64_t)r->preemptions);
	if (r->strategy == EXPLORE_PCT)
		text_printf(out, ",\"probability\":%.6g", r->probability);
	text_string(out, ",\"commute\":[");
	for (const char *const *lock = r->commute; lock && *lock; lock++) {
		text_json_next(out);
		text_json_string(out, *lock);
	}
	text_char(out, ']');
	text_member_unsigned(out, "threads", r->threads);
	text_member_unsigned(out, "steps", r->steps);
	text_member_unsigned(out, "instructions", r->instructions);
	text_printf(out, ",\"seconds\":%.3f", r->seconds);
	text_member_unsigned(out, "violations", r->nviolations - r->nwarnings);
	text_member_unsigned(out, "warnings", r->nwarnings);
	text_string(out, ",\n\"findings\":[");
	for (size_t i = 0; i < r->nviolations; i++) {
		text_string(out, i ? ",\n" : "\n");
		put_json_violation(&r->violations[i], out);
	}
	text_string(out, "]}\n");
}
