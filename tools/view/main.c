/* SPDX-License-Identifier: GPL-2.0-or-later */
/* forkscope-view: traces in a window. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "view/app.h"
#include "view/script.h"

#define FRAMES_MAX 1000000

enum {
	KEY_FONT = 0x100,
	KEY_FONT_SIZE,
	KEY_SIZE,
	KEY_SOURCE,
	KEY_SCREENSHOT,
	KEY_SCRIPT,
	KEY_FRAMES
};

static const struct argp_option list[] = {
	{"font", KEY_FONT, "FILE", 0,
         "a font with one width for all characters (default: DejaVu Sans Mono)", 1},
	{"font-size", KEY_FONT_SIZE, "N", 0, "its size in pixels (default 13)", 1},
	{"size", KEY_SIZE, "WxH", 0, "size of the window in pixels (default 1440x900)",
         1},
	{"source", KEY_SOURCE, "DIR", 0, "look for source files in DIR first; may repeat",
         1},
	{"screenshot", KEY_SCREENSHOT, "FILE", 0,
         "write the picture as PNG and end, without a window", 1},
	{"script", KEY_SCRIPT, "SCRIPT", 0,
         "do what a file of commands says (- is stdin), or the commands themselves", 1},
	{"frames", KEY_FRAMES, "N", 0,
         "move through the trace for N frames and print what they took", 1},
	{0},
};

static void parse_size(struct app_options *o, const char *arg)
{
	char end;

	if (sscanf(arg, "%5dx%5d%c", &o->width, &o->height, &end) != 2 ||
	    o->width < LAYOUT_WIDTH_MIN || o->height < LAYOUT_HEIGHT_MIN ||
	    o->width > LAYOUT_MAX || o->height > LAYOUT_MAX)
		command_usage(
			"--size takes a width and height from %dx%d to 16384x16384, "
			"not '%s'",
			LAYOUT_WIDTH_MIN, LAYOUT_HEIGHT_MIN, arg);
}

static void keep_path(struct app_options *o, const char *arg)
{
	if (machine_options_source(&o->machine, arg))
		return;
	if (o->npaths < LAYOUT_PANES)
		o->paths[o->npaths++] = arg;
	else
		command_usage("two traces at most");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct app_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		return 0;
	case KEY_FONT:
		o->font = arg;
		return 0;
	case KEY_FONT_SIZE:
		o->font_pixels =
			(int)machine_options_number("font-size", arg, 8, 40, state);
		return 0;
	case KEY_SIZE:
		parse_size(o, arg);
		return 0;
	case KEY_SOURCE:
		return command_keep(&o->sources, &o->nsources, arg);
	case KEY_SCREENSHOT:
		o->screenshot = arg;
		return 0;
	case KEY_SCRIPT:
		o->script = arg;
		return 0;
	case KEY_FRAMES:
		o->frames = machine_options_number("frames", arg, 1, FRAMES_MAX, state);
		return 0;
	case ARGP_KEY_ARG:
		keep_path(o, arg);
		return 0;
	case ARGP_KEY_END:
		if (o->npaths == 0)
			command_usage("the name of a trace is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int run(struct app *app, struct app_options *o)
{
	int err = app_open(app, o);

	if (err == 0 && o->script)
		err = script_run(app, o->script);
	if (err == 0 && o->screenshot) {
		app_draw(app, true);
		err = canvas_write_png(&app->canvas, o->screenshot);
	}
	if (err == 0 && o->frames)
		err = app_measure(app, o->frames);
	/* A person may go on where a script has left off. */
	if (err == 0 && app->display && !o->frames && !app->view.quit)
		app_loop(app);
	app_close(app);
	return err;
}

int main(int argc, char **argv)
{
	static const struct argp_child children[] = {{&machine_image_argp, 0, NULL, 0},
	                                             {0}};
	static const struct argp argp = {
		list,
		parse,
		"TRACE [TRACE-B] [PROGRAM.c]",
		"Shows a trace in a window: the processes, what each was doing when, and the "
		"guest as it stood at any event.  A second trace is compared with the first.\v"
		"'?' in the window shows the keys.  Status 2 where the command line or a "
		"script is wrong, 3 where a trace cannot be read, there is no font or no "
		"display.",
		children,
		NULL,
		NULL};
	static struct app app;
	struct app_options o = {.width = LAYOUT_WIDTH,
	                        .height = LAYOUT_HEIGHT,
	                        .font_pixels = 13};
	int err;

	command_speaker("forkscope-view");
	argp_program_version = "forkscope-view " FORKSCOPE_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = run(&app, &o);
	if (err)
		command_error("%s", error_message());
	machine_options_free(&o.machine);
	free(o.sources);
	return err ? (int)error_exit_status(err) : EXIT_GOOD;
}
