/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define SCRIPT_MAX (1u << 20)
#define BLANKS " \t\r"
#define WORDS_MAX 6
#define REPEAT_MAX 1000000

/* A command in words; `rest` is all behind the first, for names with blanks. */
struct words {
	const char *word[WORDS_MAX];
	int n;
	const char *rest;
};

struct script_command {
	const char *name;
	int least, most; /* words behind the name */
	int (*run)(struct app *app, const struct words *words);
};

static int wrong(const char *what, const char *word)
{
	return error_set(ERR_USAGE, "%s, not '%s'", what, word);
}

static int number(const char *word, double least, double most, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(word, &end);
	/* Also of what is not a number at all, which compares as false. */
	if (errno || end == word || *end || !(*value >= least && *value <= most))
		return error_set(ERR_USAGE, "it takes a number from %g to %g, not '%s'",
		                 least, most, word);
	return 0;
}

static int numbers(const struct words *w, double least, double most, double *values)
{
	int err = 0;

	for (int i = 1; i < w->n && err == 0; i++)
		err = number(w->word[i], least, most, &values[i - 1]);
	return err;
}

static int run_key(struct app *app, const struct words *w)
{
	double times = 1;
	int err = w->n > 2 ? number(w->word[2], 1, REPEAT_MAX, &times) : 0;

	for (int i = 0; i < (int)times && err == 0; i++)
		if (!input_key(&app->view, w->word[1]))
			err = wrong("it takes the name of a key that does something",
			            w->word[1]);
	return err;
}

static int run_goto(struct app *app, const struct words *w)
{
	size_t n = view_pane(&app->view)->model->trace->nevents;
	double event;
	int err;

	if (n == 0)
		return error_set(ERR_USAGE, "the trace has no events");
	err = number(w->word[1], 0, (double)(n - 1), &event);
	if (err == 0)
		view_choose(&app->view, (size_t)event);
	return err;
}

static int run_select(struct app *app, const struct words *w)
{
	size_t row = model_row(view_pane(&app->view)->model, w->word[1]);

	if (row == MODEL_NONE)
		return wrong("it takes the fork path of a process", w->word[1]);
	view_select(&app->view, row);
	return 0;
}

static int run_zoom(struct app *app, const struct words *w)
{
	struct view *v = &app->view;
	double values[2] = {0};
	int err = numbers(w, 0.000001, 1e18, values);

	if (err)
		return err;
	if (w->n > 2 && values[0] >= values[1])
		return wrong("the start comes before the end", w->rest);
	if (w->n > 2)
		view_show(v, values[0], values[1]);
	else
		view_zoom(v, 1 / values[0], view_focus(v));
	return 0;
}

static int run_pan(struct app *app, const struct words *w)
{
	double part;
	int err = number(w->word[1], -1e6, 1e6, &part);

	if (err == 0)
		view_pan(&app->view, part);
	return err;
}

static int run_move(struct app *app, const struct words *w)
{
	double at[2] = {0};
	int err = numbers(w, 0, LAYOUT_MAX, at);

	if (err == 0)
		input_move(&app->input, &app->view, (int)at[0], (int)at[1]);
	return err;
}

static int run_click(struct app *app, const struct words *w)
{
	double at[2] = {0};
	int err = numbers(w, 0, LAYOUT_MAX, at);

	if (err)
		return err;
	input_press(&app->input, &app->view, (int)at[0], (int)at[1]);
	input_release(&app->input, &app->view, (int)at[0], (int)at[1]);
	return 0;
}

static int run_drag(struct app *app, const struct words *w)
{
	double at[4] = {0};
	int err = numbers(w, 0, LAYOUT_MAX, at);

	if (err)
		return err;
	input_press(&app->input, &app->view, (int)at[0], (int)at[1]);
	input_move(&app->input, &app->view, (int)at[2], (int)at[3]);
	input_release(&app->input, &app->view, (int)at[2], (int)at[3]);
	return 0;
}

static int run_wheel(struct app *app, const struct words *w)
{
	double at[3] = {0};
	int err = numbers(w, -LAYOUT_MAX, LAYOUT_MAX, at);

	if (err == 0)
		input_wheel(&app->view, (int)at[0], (int)at[1], (int)at[2], false);
	return err;
}

static int run_open(struct app *app, const struct words *w)
{
	return app_add(app, w->rest);
}

static int run_size(struct app *app, const struct words *w)
{
	double size[2] = {0};
	int err = numbers(w, LAYOUT_HEIGHT_MIN, LAYOUT_MAX, size);

	if (err)
		return err;
	if (app->window)
		SDL_SetWindowSize(app->window, (int)size[0], (int)size[1]);
	return app_resize(app, (int)size[0], (int)size[1]);
}

/* A frame is a tick of the clock that play goes by, however long it takes. */
static int run_frames(struct app *app, const struct words *w)
{
	double frames;
	int err = number(w->word[1], 1, REPEAT_MAX, &frames);

	for (int i = 0; i < (int)frames && err == 0; i++) {
		view_tick(&app->view);
		app_draw(app, false);
	}
	return err;
}

static int run_state(struct app *app, const struct words *w)
{
	struct text out = {0};

	(void)w;
	view_guest(&app->view, true, &app->guest);
	script_state(&app->view, &app->guest, &out);
	if (out.failed) {
		text_free(&out);
		return error_set(ERR_MEMORY, "out of memory");
	}
	fputs(out.data, stdout);
	text_free(&out);
	return 0;
}

static int run_screenshot(struct app *app, const struct words *w)
{
	app_draw(app, true);
	return canvas_write_png(&app->canvas, w->rest);
}

static int run_quit(struct app *app, const struct words *w)
{
	(void)w;
	app->view.quit = true;
	return 0;
}

static const struct script_command commands[] = {
	{"key", 1, 2, run_key},       {"goto", 1, 1, run_goto},
	{"select", 1, 1, run_select}, {"zoom", 1, 2, run_zoom},
	{"pan", 1, 1, run_pan},       {"move", 2, 2, run_move},
	{"click", 2, 2, run_click},   {"drag", 4, 4, run_drag},
	{"wheel", 3, 3, run_wheel},   {"open", 1, WORDS_MAX, run_open},
	{"size", 2, 2, run_size},     {"frames", 1, 1, run_frames},
	{"state", 0, 0, run_state},   {"screenshot", 1, WORDS_MAX, run_screenshot},
	{"quit", 0, 0, run_quit},
};

static const struct script_command *find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strlen(commands[i].name) == n &&
		    memcmp(commands[i].name, name, n) == 0)
			return &commands[i];
	return NULL;
}

static int wrong_count(const struct script_command *c, int n)
{
	const char *bound = c->least == c->most ? ""
	                    : n < c->least      ? "at least "
	                                        : "at most ";
	int words = n < c->least ? c->least : c->most;

	return error_set(ERR_USAGE, "it takes %s%d word%s, not %d", bound, words,
	                 words == 1 ? "" : "s", n);
}

/* One command, which it takes apart. */
static int run_command(struct app *app, char *command)
{
	char *copy = strdup(command), *next = command, *word;
	struct words w = {.n = 0};
	const struct script_command *c;
	int err = 0;

	if (!copy)
		return error_set(ERR_MEMORY, "out of memory");
	while (w.n < WORDS_MAX && (word = strsep(&next, BLANKS)))
		if (*word)
			w.word[w.n++] = word;
	w.rest = w.n > 1 ? copy + (w.word[1] - command) : "";
	c = w.n ? find(w.word[0], strlen(w.word[0])) : NULL;
	if (w.n && !c)
		err = error_set(ERR_USAGE, "there is no such command");
	else if (c && (w.n - 1 < c->least || w.n - 1 > c->most))
		err = wrong_count(c, w.n - 1);
	else if (c)
		err = c->run(app, &w);
	if (err)
		error_prefix(err, "%s", copy);
	free(copy);
	return err;
}

static int run_text(struct app *app, char *text)
{
	int err = 0, line = 1;

	while (*text && err == 0 && !app->view.quit) {
		char *start = text + strspn(text, BLANKS);
		char *stop = start + strcspn(start, *start == '#' ? "\n" : ";\n"),
		     end = *stop;

		*stop = '\0';
		if (*start != '#')
			err = run_command(app, start);
		if (err)
			error_prefix(err, "--script, line %d", line);
		line += end == '\n';
		text = stop + (end != '\0');
	}
	return err;
}

/* Whether it begins as commands do, for a name that is not there. */
static bool looks_like_commands(const char *script)
{
	size_t blank = strspn(script, " \t\n;"), n;

	n = strcspn(script + blank, " \t\n;");
	return script[blank] == '#' || find(script + blank, n);
}

int script_run(struct app *app, const char *script)
{
	bool from_stdin = strcmp(script, "-") == 0;
	struct file file = {0};
	char *text;
	int err;

	if (from_stdin || access(script, F_OK) == 0) {
		err = file_read(&file, from_stdin ? "/dev/stdin" : script, SCRIPT_MAX);
		if (err)
			return error_prefix(err, "--script");
		err = run_text(app, (char *)file.data);
		file_free(&file);
		return err;
	}
	if (!looks_like_commands(script))
		return error_set(ERR_FILE,
		                 "--script: '%s' is neither a file nor commands", script);
	text = strdup(script);
	if (!text)
		return error_set(ERR_MEMORY, "out of memory");
	err = run_text(app, text);
	free(text);
	return err;
}
