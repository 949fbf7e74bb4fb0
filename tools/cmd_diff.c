/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "command.h"
#include "diff/diff.h"

struct options {
	const char *paths[2];
	int count;
	enum diff_mode mode;
	bool json;
};

enum { KEY_JSON = 0x100 };

static enum diff_mode choose(const char *name)
{
	int mode = diff_mode_from_name(name);

	if (mode < 0)
		command_usage("there is no mode '%s', only tree, semantic, strict", name);
	return (enum diff_mode)mode;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:
		o->json = true;
		return 0;
	case 'm':
		o->mode = choose(arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->count == 2)
			command_usage("two traces, not also '%s'", arg);
		o->paths[o->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->count < 2)
			command_usage("the names of two traces are needed, see --help");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Of the terminal, or 80. */
static size_t columns(void)
{
	struct winsize size;

	if (ioctl(1, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

int cmd_diff(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"mode", 'm', "MODE", 0, "tree, semantic (default) or strict", 0},
		{"json", KEY_JSON, NULL, 0, "print one JSON object", 0},
		{0},
	};
	static const struct argp argp = {
		list,
		parse,
		"TRACE-A TRACE-B",
		"Compares two traces, process by process, and shows the first difference of "
		"each.\v"
		"tree: the processes and how they ended.  semantic: what each process did, in "
		"its own order, whatever the interleaving.  strict: every record, at the same "
		"instruction.\n\n"
		"Status 0 where the traces are equal, 1 where they differ, 3 where one cannot "
		"be read.",
		NULL,
		NULL,
		NULL};
	struct options o = {.mode = DIFF_SEMANTIC};
	struct diff_report *report;
	struct text out = {0};

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	int err = diff_traces(&report, o.paths[0], o.paths[1], o.mode);

	if (err)
		return err;
	if (o.json)
		diff_report_json(report, &out, o.paths);
	else
		diff_report_text(report, &out, o.paths, columns(),
		                 command_colour(stdout));
	bool equal = report->equal;

	diff_report_free(report);
	err = command_output(&out, NULL);
	return err ? err : equal ? EXIT_GOOD : EXIT_FAILED;
}
