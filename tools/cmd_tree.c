/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>
#include <stdlib.h>

#include "base/file.h"
#include "command.h"
#include "inspect/where.h"
#include "machine_options.h"
#include "render/render.h"

enum { KEY_SOURCE = 0x100, KEY_NO_REPLAY };

struct options {
	struct machine_options machine; /* the images, of it */
	const char *paths[2];
	int count;
	const char *output;
	const struct renderer *renderer;
	const char **sources; /* folders; the array is owned */
	size_t nsources;
	bool no_replay;
};

/* A trace and what is made of it. */
struct input {
	const char *path;
	struct trace *trace;
	struct forest *forest;
	struct event_place *at;
	char note[256];
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

static void keep_path(struct options *o, const char *arg)
{
	if (machine_options_source(&o->machine, arg))
		return;
	if (o->count < 2)
		o->paths[o->count++] = arg;
	else
		command_usage("one trace or two, not also '%s'", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		return 0;
	case 'f':
		o->renderer = choose(arg);
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case KEY_SOURCE:
		return command_keep(&o->sources, &o->nsources, arg);
	case KEY_NO_REPLAY:
		o->no_replay = true;
		return 0;
	case ARGP_KEY_ARG:
		keep_path(o, arg);
		return 0;
	case ARGP_KEY_END:
		if (o->count == 0)
			command_usage("the name of a trace is missing, see --help");
		return 0;
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

/* What `in` has then is to be freed, also after an error. */
static int load(struct render_input *r, struct input *in, const char *path)
{
	int err = command_load(&in->trace, path);

	in->path = path;
	if (err)
		return err;
	err = forest_build(&in->forest, in->trace);
	if (err)
		return error_prefix(err, "%s", path);
	*r = (struct render_input){.trace = in->trace,
	                           .forest = in->forest,
	                           .name = file_base_name(path)};
	return 0;
}

/* --- where events happened --- */

/* Why places are not known, in the picture and on stderr. */
static void note(struct render_input *r, struct input *in)
{
	snprintf(in->note, sizeof(in->note),
	         "code and source are shown as far as the trace has them: %s",
	         error_message());
	r->at_note = in->note;
	command_warning("%s: %s", in->path, in->note);
}

static int find_places(struct render_input *r, struct input *in,
                       const struct program_images *images, struct sources *sources)
{
	int err;

	in->at = calloc(in->trace->nevents + 1, sizeof(*in->at));
	if (!in->at)
		return error_set(ERR_MEMORY, "out of memory");
	err = where_events(r->places, in->at, images, in->trace, sources);
	if (err == ERR_MEMORY)
		return err;
	if (err)
		note(r, in);
	r->at = in->at;
	return 0;
}

static int replay_with(const struct options *o, struct render_input *r, struct input *in,
                       const struct images *boot)
{
	struct sources *sources = NULL;
	struct file program;
	const struct program_images images = {boot, &program};
	int err = machine_options_symbols(&o->machine, &program);

	if (err == 0)
		err = sources_create(&sources, o->sources, o->nsources, o->machine.source,
		                     o->machine.kernel);
	for (int i = 0; i < o->count && err == 0; i++)
		err = find_places(&r[i], &in[i], &images, sources);
	sources_free(sources);
	file_free(&program);
	return err;
}

/* Runs the traces again, as far as that can be done: the picture can do without. */
static int replay(struct options *o, struct render_input *r, struct input *in)
{
	bool given = machine_options_given(&o->machine);
	struct images boot;
	int err = machine_options_load(&o->machine, &boot);

	if (err == 0) {
		err = replay_with(o, r, in, &boot);
		images_free(&boot);
		return err;
	}
	if (given || err == ERR_MEMORY)
		return err;
	for (int i = 0; i < o->count; i++)
		note(&r[i], &in[i]);
	return 0;
}

/* --- the picture --- */

static int render(struct options *o, struct render_input *r, struct input *in,
                  struct text *out)
{
	int err = 0;

	for (int i = 0; i < o->count && err == 0; i++)
		err = load(&r[i], &in[i], o->paths[i]);
	if (err)
		return err;
	r[0].at_note = r[1].at_note =
		o->no_replay ? "not replayed: of code there is what the trace has" : NULL;
	if (o->renderer->places && !o->no_replay) {
		struct places *places = places_create();

		if (!places)
			return error_set(ERR_MEMORY, "out of memory");
		r[0].places = r[1].places = places;
		err = replay(o, r, in);
	}
	r[0].colour = !o->output && command_colour(stdout);
	r[0].other = o->count == 2 ? &r[1] : NULL;
	if (err == 0)
		o->renderer->render(&r[0], out);
	places_free(r[0].places);
	return err;
}

static int draw(struct options *o)
{
	struct render_input r[2] = {{0}};
	struct input in[2] = {{0}};
	struct text out = {0};
	int err = render(o, r, in, &out);

	for (int i = 0; i < 2; i++) {
		free(in[i].at);
		forest_free(in[i].forest);
		trace_free(in[i].trace);
	}
	return err ? err : command_output(&out, o->output);
}

static void check(const struct options *o)
{
	bool with = machine_options_given(&o->machine) || o->nsources;

	if (o->count == 2 && !o->renderer->pairs)
		command_usage("the format '%s' shows one trace, not also '%s'",
		              o->renderer->name, o->paths[1]);
	if (!o->renderer->places && (with || o->no_replay))
		command_usage("the format '%s' does not run the trace again, and takes "
		              "neither images nor sources",
		              o->renderer->name);
	if (o->no_replay && with)
		command_usage("--no-replay takes neither images nor sources");
}

int cmd_tree(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"format", 'f', "FORMAT", 0, "the kind of picture (text)", 1},
		{"output", 'o', "FILE", 0, "write to FILE instead of standard output", 1},
		{"source", KEY_SOURCE, "DIR", 0,
	         "html: look for source files in DIR first; may repeat", 1},
		{"no-replay", KEY_NO_REPLAY, NULL, 0,
	         "html: show of code only what the trace itself has", 1},
		{0},
	};
	static const struct argp_child children[] = {{&machine_image_argp, 0, NULL, 0},
	                                             {0}};
	static const struct argp argp = {
		list,
		parse,
		"TRACE [TRACE-B] [PROGRAM.c]",
		"Draws the tree of the processes of a recorded run.  For html the run is "
		"replayed, to show the code at each event: a run with --add or of a program "
		"in C needs the same here.\v ",
		children,
		list_formats,
		NULL};
	struct options o = {.renderer = render_list()};
	int err;

	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	check(&o);
	err = draw(&o);
	machine_options_free(&o.machine);
	free(o.sources);
	return err;
}
