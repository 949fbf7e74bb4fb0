/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>

#include "check/check.h"
#include "command.h"

struct options {
	const char *path;
	bool json;
};

enum { KEY_JSON = 0x100 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->path)
			command_usage("one trace at a time, not also '%s'", arg);
		o->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a trace is missing, see --help");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_check(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"json", KEY_JSON, NULL, 0, "print one JSON object instead of tables", 0},
		{0},
	};
	static const struct argp argp = {
		list,
		parse,
		"TRACE",
		"Says how each parent and child of a recorded run met, and whether the contract "
		"of fork, wait and exit was kept.\v"
		"Status 0 where nothing is violated, 1 where something is, 3 where the trace "
		"cannot be read.",
		NULL,
		NULL,
		NULL};
	struct options o = {0};
	struct check_report *report = NULL;
	struct text out = {0};
	struct trace *trace;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	int err = command_load(&trace, o.path);

	if (err)
		return err;
	err = check_trace(trace, &report);
	trace_free(trace);
	if (err)
		return error_prefix(err, "%s", o.path);
	if (o.json)
		check_report_json(report, &out);
	else
		check_report_text(report, &out, command_colour(stdout));
	bool violated = report->verdict == CHECK_VIOLATED;

	check_report_free(report);
	err = command_output(&out, NULL);
	return err ? err : violated ? EXIT_FAILED : EXIT_GOOD;
}
