/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>

#include "command.h"
#include "render/render.h"

struct options {
	const char *path;
	const char *output;
	const struct renderer *renderer;
};

static const struct renderer *choose(const char *name)
{
	const struct renderer *found = render_find(name);
	struct text names = {0};

	for (const struct renderer *r = render_list(); r->name; r++)
		text_printf(&names, "%s%s", r == render_list() ? "" : ", ", r->name);
	if (!found)
		command_usage("there is no format '%s', only %s", name,
		              names.data ? names.data : "");
	text_free(&names);
	return found;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->renderer = choose(arg);
		return 0;
	case 'o':
		o->output = arg;
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

/* The formats, after the options under --help. */
static char *list_formats(int key, const char *text, void *input)
{
	struct text list = {0};

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	text_string(&list, "Formats:\n");
	for (const struct renderer *r = render_list(); r->name; r++)
		text_printf(&list, "  %-10s %s\n", r->name, r->what);
	return list.failed ? (char *)text : list.data;
}

static int render(const struct options *o, const struct trace *trace)
{
	struct text out = {0};
	struct forest *forest;
	int err = forest_build(&forest, trace);

	if (err)
		return error_prefix(err, "%s", o->path);
	struct render_input in = {
		.trace = trace,
		.forest = forest,
		.colour = !o->output && command_colour(stdout),
	};

	o->renderer->render(&in, &out);
	forest_free(forest);
	return command_output(&out, o->output);
}

int cmd_tree(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"format", 'f', "FORMAT", 0, "the kind of picture (text)", 0},
		{"output", 'o', "FILE", 0, "write to FILE instead of standard output", 0},
		{0},
	};
	static const struct argp argp = {
		list,    parse,
		"TRACE", "Draws the tree of the processes of a recorded run.\v ",
		NULL,    list_formats,
		NULL};
	struct options o = {.renderer = render_list()};
	struct trace *trace;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	int err = command_load(&trace, o.path);

	if (err)
		return err;
	err = render(&o, trace);
	trace_free(trace);
	return err;
}
