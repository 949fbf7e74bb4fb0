/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/check.h"
#include "command.h"

int cmd_check(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"json", COMMAND_TRACE_JSON, NULL, 0,
	         "print one JSON object instead of tables", 0},
		{0},
	};
	static const struct argp argp = {
		list,
		command_trace_parse,
		"TRACE",
		"Says how each parent and child of a recorded run met, and whether the contract "
		"of fork, wait and exit was kept.\v"
		"Status 0 where nothing is violated, 1 where something is, 3 where the trace "
		"cannot be read.",
		NULL,
		NULL,
		NULL};
	struct command_trace o = {0};
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
