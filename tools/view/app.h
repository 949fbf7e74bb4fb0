/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: its traces and images, its picture, and the window if there is one. */
#ifndef FORKSCOPE_TOOLS_VIEW_APP_H
#define FORKSCOPE_TOOLS_VIEW_APP_H

#include "machine_options.h"
#include "view/canvas.h"
#include "view/input.h"
#include "view/view.h"

struct app_options {
	struct machine_options machine;
	const char *paths[LAYOUT_PANES];
	int npaths;
	const char *font; /* NULL: the usual one */
	int font_pixels;
	int width, height;
	const char **sources; /* folders; the array is owned */
	size_t nsources;
	const char *screenshot; /* NULL: none */
	const char *script;     /* a file, "-", or commands; NULL: none */
	uint64_t frames;        /* to measure; 0: none */
};

struct app {
	struct app_options *options;
	struct images boot;           /* where have_images */
	struct file program;          /* in C, with symbols; data is NULL for none */
	struct program_images images; /* these two */
	bool have_images;
	char why[256]; /* why not */
	struct view view;
	struct input input;
	struct guest_state guest; /* as last drawn */
	struct font *font;
	struct canvas canvas;
	SDL_Window *window; /* NULL: none */
	bool display;       /* the window can be seen */
	Uint32 ready;       /* the type of the event that says that a state is there */
};

/* Opens the traces, the font and, where that is wanted, the window. */
int app_open(struct app *app, struct app_options *options);
void app_close(struct app *app);

/* Opens one more trace. */
int app_add(struct app *app, const char *path);
int app_resize(struct app *app, int width, int height);
/* Draws, and shows it where there is a window; `wait`s for the state of the guest. */
void app_draw(struct app *app, bool wait);
/* Until the window is closed. */
void app_loop(struct app *app);
/* Moves through the trace for so many frames and prints what they took. */
int app_measure(struct app *app, uint64_t frames);

#endif
