/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "command.h"
#include "explore/orderings.h"
#include "machine_options.h"

struct options {
	struct machine_options machine;
	const char *directory;
	bool json;
};

enum { KEY_JSON = 0x100 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		return 0;
	case 'o':
		o->directory = arg;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		machine_options_program(&o->machine, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a program is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- text --- */

static void put_how(struct text *out, const struct orderings_row *row)
{
	if (!row->shown) {
		text_printf(out, "not shown: %s", row->why_not);
		return;
	}
	if (row->preemptions == 0)
		text_string(out, "no preemption");
	else
		text_printf(out, "%s preempted at %llu for %s", row->from,
		            (unsigned long long)row->icount, row->to);
	if (row->preemptions > 1)
		text_printf(out, " (+%llu)", (unsigned long long)row->preemptions - 1);
}

static const char *verdict(const struct orderings_row *row)
{
	if (!row->shown)
		return "-";
	return row->verdict == CHECK_VIOLATED    ? "VIOLATED"
	       : row->verdict == CHECK_UNDECIDED ? "open"
	                                         : "ok";
}

/* The two cases of "no-wait" are one row where neither was shown. */
static const char *row_name(const struct orderings_pair *pair, int i)
{
	if (i < ORDERINGS_ORPHAN || pair->rows[ORDERINGS_ORPHAN].shown ||
	    pair->rows[ORDERINGS_ZOMBIE].shown)
		return orderings_case_name((enum orderings_case)i);
	return i == ORDERINGS_ORPHAN ? "no-wait" : NULL;
}

static void put_row(struct text *out, const struct orderings_pair *pair, int i)
{
	const struct orderings_row *row = &pair->rows[i];
	const char *name = row_name(pair, i);

	if (!name)
		return;
	text_printf(out, "  %-15s %-8s ", name, verdict(row));
	if (row->shown)
		text_printf(out, "[%zu] ", row->run + 1);
	put_how(out, row);
	text_char(out, '\n');
}

static void put_run(struct text *out, const struct orderings_run *run, size_t number)
{
	text_printf(out, "[%zu] %s\n    ", number, run->path);
	if (run->outcome != TRACE_POWEROFF)
		text_printf(out, "%s, ", trace_outcome_name(run->outcome));
	else if (run->status != 0)
		text_printf(out, "the program returned %d, ", run->status);
	text_string(out, run->replayed      ? "replayed: identical"
	                 : run->interrupted ? "interrupted as it was replayed"
	                                    : "replay DIVERGED");
	if (run->verdict == CHECK_HOLDS)
		text_string(out, "; all checks ok\n");
	else
		text_printf(out, "; %s: %s\n", check_verdict_name(run->verdict),
		            run->reason);
}

static void put_text(struct text *out, const struct orderings_report *r)
{
	if (r->npairs == 0)
		text_string(out, "nothing was forked: there is nothing to order\n");
	else
		text_printf(out, "  %-15s %-8s %s\n", "ORDERING", "CHECK",
		            "[TRACE] AND WHAT LED TO IT");
	for (size_t i = 0; i < r->npairs; i++) {
		text_printf(out, "parent %s, child %s\n", r->pairs[i].parent,
		            r->pairs[i].child);
		for (int k = 0; k < ORDERINGS_CASES; k++)
			put_row(out, &r->pairs[i], k);
	}
	if (r->nruns > 0)
		text_string(out, "\ntraces:\n");
	for (size_t i = 0; i < r->nruns; i++)
		put_run(out, &r->runs[i], i + 1);
	text_printf(out, "%zu run%s made\n", r->tried, r->tried == 1 ? "" : "s");
}

/* --- JSON --- */

static void put_json_row(struct text *out, const struct orderings_pair *pair,
                         const struct orderings_row *row)
{
	text_char(out, '{');
	text_member_string(out, "parent", pair->parent);
	text_member_string(out, "child", pair->child);
	text_member_string(out, "ordering", orderings_case_name(row->ordering));
	text_member_bool(out, "shown", row->shown);
	if (!row->shown) {
		text_member_string(out, "reason", row->why_not);
		text_char(out, '}');
		return;
	}
	text_member_unsigned(out, "trace", row->run);
	text_member_string(out, "verdict", check_verdict_name(row->verdict));
	text_member_unsigned(out, "preemptions", row->preemptions);
	if (row->preemptions > 0) {
		text_json_key(out, "preemption");
		text_char(out, '{');
		text_member_unsigned(out, "icount", row->icount);
		text_member_string(out, "from", row->from);
		text_member_string(out, "to", row->to);
		text_char(out, '}');
	}
	text_char(out, '}');
}

static void put_json_run(struct text *out, const struct orderings_run *run)
{
	text_char(out, '{');
	text_member_string(out, "trace", run->path);
	text_member_string(out, "outcome", trace_outcome_name(run->outcome));
	text_member_signed(out, "status", run->status);
	text_member_string(out, "verdict", check_verdict_name(run->verdict));
	text_member_string(out, "reason", run->reason);
	text_member_bool(out, "replay_identical", run->replayed);
	text_char(out, '}');
}

static void put_json(struct text *out, const struct orderings_report *r)
{
	text_string(out, "{\"orderings\":[");
	for (size_t i = 0; i < r->npairs * ORDERINGS_CASES; i++) {
		const struct orderings_pair *pair = &r->pairs[i / ORDERINGS_CASES];

		text_string(out, i ? ",\n" : "\n");
		put_json_row(out, pair, &pair->rows[i % ORDERINGS_CASES]);
	}
	text_string(out, "],\n\"traces\":[");
	for (size_t i = 0; i < r->nruns; i++) {
		text_string(out, i ? ",\n" : "\n");
		put_json_run(out, &r->runs[i]);
	}
	text_printf(out, "],\n\"runs\":%zu", r->tried);
	text_member_bool(out, "interrupted", r->interrupted);
	text_member_bool(out, "good", r->good);
	text_string(out, "}\n");
}

/* --- the command --- */

static enum exit_status status_of(const struct orderings_report *r)
{
	if (r->interrupted)
		return EXIT_LIMIT;
	for (size_t i = 0; i < r->nruns; i++) {
		if (r->runs[i].outcome == TRACE_LIMIT)
			return EXIT_LIMIT;
	}
	return r->good ? EXIT_GOOD : EXIT_FAILED;
}

/* "orderings-PROGRAM", by the program's own name. */
static void default_directory(const struct options *o, char *name, size_t size)
{
	snprintf(name, size, "orderings-%s", file_base_name(o->machine.config.argv[0]));
}

static int drive(struct options *o)
{
	struct orderings_report *report;
	struct text out = {0};
	struct images images;
	char directory[256];
	int err = machine_options_load(&o->machine, &images);

	if (err)
		return err;
	default_directory(o, directory, sizeof(directory));
	machine_options_catch_interrupt();
	err = orderings_run(&images, &o->machine.config,
	                    o->directory ? o->directory : directory, &report);
	images_free(&images);
	if (err)
		return err;
	if (report->interrupted)
		command_error("interrupted; this is what was found until then");
	if (o->json)
		put_json(&out, report);
	else
		put_text(&out, report);
	enum exit_status status = status_of(report);

	orderings_free(report);
	err = command_output(&out, NULL);
	return err ? err : (int)status;
}

int cmd_orderings(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"output", 'o', "DIR", 0,
	         "where the traces are kept (default: orderings-PROGRAM)", 1},
		{"json", KEY_JSON, NULL, 0, "print one JSON object instead of tables", 1},
		{0},
	};
	static const struct argp_child children[] = {{&machine_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {
		list,
		parse,
		"[--] PROGRAM [ARG...]",
		"Drives PROGRAM into each ordering of each parent and child: the parent waits "
		"before the child exits, waits after it, or exits without waiting.  Checks "
		"each, replays each, and keeps a trace of each.  PROGRAM may be a source in C, "
		"such as my.c, which is compiled for the guest.\v"
		"Status 0 where every run was as it should be, 1 where a check failed, a replay "
		"diverged or the program did not return 0, 5 where a limit was reached.",
		children,
		NULL,
		NULL};
	struct options o = {0};
	int err;

	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o);
	err = drive(&o);
	machine_options_free(&o.machine);
	return err;
}
