/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>

#include "command.h"
#include "render/render.h"

struct options {
	const char *paths[2];
	int count;
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
		if (o->count == 2)
			command_usage("one trace or two, not also '%s'", arg);
		o->paths[o->count++] = arg;
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

/* The trace and its forest; the caller frees both, also after an error. */
static int load(struct render_input *in, struct trace **trace, struct forest **forest,
                const char *path)
{
	int err = command_load(trace, path);

	if (err)
		return err;
	err = forest_build(forest, *trace);
	if (err)
		return error_prefix(err, "%s", path);
	*in = (struct render_input){.trace = *trace, .forest = *forest, .name = path};
	return 0;
}

static int render(const struct options *o)
{
	struct render_input in[2] = {{0}};
	struct trace *traces[2] = {NULL, NULL};
	struct forest *forests[2] = {NULL, NULL};
	struct text out = {0};
	int err = 0;

	for (int i = 0; i < o->count && !err; i++)
		err = load(&in[i], &traces[i], &forests[i], o->paths[i]);
	if (!err) {
		in[0].colour = !o->output && command_colour(stdout);
		in[0].other = o->count == 2 ? &in[1] : NULL;
		o->renderer->render(&in[0], &out);
	}
	for (int i = 0; i < 2; i++) {
		forest_free(forests[i]);
		trace_free(traces[i]);
	}
	return err ? err : command_output(&out, o->output);
}

int cmd_tree(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"format", 'f', "FORMAT", 0, "the kind of picture (text)", 0},
		{"output", 'o', "FILE", 0, "write to FILE instead of standard output", 0},
		{0},
	};
	static const struct argp argp = {
		list,
		parse,
		"TRACE [TRACE-B]",
		"Draws the tree of the processes of a recorded run.\v ",
		NULL,
		list_formats,
		NULL};
	struct options o = {.renderer = render_list()};

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.count == 2 && !o.renderer->pairs)
		command_usage("the format '%s' shows one trace, not also '%s'",
		              o.renderer->name, o.paths[1]);
	return render(&o);
}
