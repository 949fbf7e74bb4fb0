/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "view/draw.h"

/* From the guest's thread. */
static void on_ready(void *ctx)
{
	struct app *app = ctx;
	SDL_Event event = {.type = app->ready};

	SDL_PushEvent(&event);
}

/* Without the images all else is shown. */
static int load_images(struct app *app)
{
	int err = machine_options_load(&app->options->machine, &app->boot);

	app->images = (struct program_images){&app->boot, &app->program};
	app->have_images = err == 0;
	if (err == 0)
		err = machine_options_symbols(&app->options->machine, &app->program);
	if (err == ERR_USAGE || err == ERR_MEMORY)
		return err;
	snprintf(app->why, sizeof(app->why), "%s", err ? error_message() : "");
	return 0;
}

int app_add(struct app *app, const char *path)
{
	struct view *v = &app->view;
	struct trace *trace;
	struct model *model;
	struct guest *guest;
	int err = 0;

	if (v->npanes == LAYOUT_PANES)
		return error_set(ERR_USAGE, "two traces are open already");
	err = command_load(&trace, path);
	if (err == 0)
		err = model_create(&model, trace, path);
	if (err)
		return err;
	err = guest_open(&guest, app->have_images ? &app->images : NULL, app->why,
	                 model->trace, app->window ? on_ready : NULL, app);
	if (err) {
		model_free(model);
		return err;
	}
	err = view_add(v, model, guest);
	if (err == 0 && v->npanes == 2)
		err = compare_make(&v->compare, v->panes[0].model, v->panes[1].model);
	view_layout(v, app->options->width, app->options->height, font_width(app->font),
	            font_height(app->font));
	return err;
}

int app_resize(struct app *app, int width, int height)
{
	app->options->width = width;
	app->options->height = height;
	canvas_free(&app->canvas);
	view_layout(&app->view, width, height, font_width(app->font),
	            font_height(app->font));
	return canvas_create(&app->canvas, app->font, app->view.layout.width,
	                     app->view.layout.height);
}

/*
 * A picture needs no window.  A script has one where there is a display, since it may be
 * there to show something.
 */
static int open_window(struct app *app)
{
	const struct app_options *o = app->options;
	bool needed = !o->screenshot && !o->script && !o->frames;

	if (o->screenshot)
		return 0;
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	/* The picture is made in memory: through OpenGL it would only go a longer way. */
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	if (SDL_Init(SDL_INIT_VIDEO) != 0)
		return needed ? error_set(ERR_SYSTEM,
		                          "no display: %s; see --screenshot and --script",
		                          SDL_GetError())
		              : 0;
	SDL_EnableScreenSaver();
	app->display = strcmp(SDL_GetCurrentVideoDriver(), "dummy") != 0 &&
	               strcmp(SDL_GetCurrentVideoDriver(), "offscreen") != 0;
	app->ready = SDL_RegisterEvents(1);
	app->window = SDL_CreateWindow("forkscope", SDL_WINDOWPOS_UNDEFINED,
	                               SDL_WINDOWPOS_UNDEFINED, o->width, o->height,
	                               SDL_WINDOW_RESIZABLE);
	if (!app->window)
		return error_set(ERR_SYSTEM, "no window: %s", SDL_GetError());
	SDL_SetWindowMinimumSize(app->window, LAYOUT_WIDTH_MIN, LAYOUT_HEIGHT_MIN);
	return 0;
}

int app_open(struct app *app, struct app_options *options)
{
	int err;

	*app = (struct app){.options = options};
	err = font_open(&app->font, options->font, options->font_pixels);
	if (err == 0)
		err = load_images(app);
	if (err == 0)
		err = sources_create(&app->view.sources, options->sources,
		                     options->nsources, options->machine.source,
		                     options->machine.kernel);
	if (err == 0)
		err = open_window(app);
	for (int i = 0; i < options->npaths && err == 0; i++)
		err = app_add(app, options->paths[i]);
	if (err == 0)
		err = app_resize(app, options->width, options->height);
	if (err == 0 && app->window)
		SDL_SetWindowTitle(app->window, app->view.panes[0].model->name);
	return err;
}

void app_close(struct app *app)
{
	view_free(&app->view);
	sources_free(app->view.sources);
	canvas_free(&app->canvas);
	font_close(app->font);
	if (app->window)
		SDL_DestroyWindow(app->window);
	SDL_Quit();
	if (app->have_images)
		images_free(&app->boot);
	file_free(&app->program);
}

void app_draw(struct app *app, bool wait)
{
	SDL_Surface *surface;

	view_guest(&app->view, wait, &app->guest);
	draw_view(&app->canvas, &app->view, &app->guest);
	if (!app->window)
		return;
	surface = SDL_GetWindowSurface(app->window);
	if (!surface)
		return;
	SDL_BlitSurface(app->canvas.surface, NULL, surface, NULL);
	SDL_UpdateWindowSurface(app->window);
}

static void drop(struct app *app, char *path)
{
	if (app_add(app, path) != 0)
		snprintf(app->view.message, sizeof(app->view.message), "%s",
		         error_message());
	SDL_free(path);
}

static bool take_event(struct app *app, const SDL_Event *e)
{
	if (e->type == app->ready)
		return true;
	if (e->type == SDL_DROPFILE) {
		drop(app, e->drop.file);
		return true;
	}
	if (e->type == SDL_WINDOWEVENT &&
	    e->window.event == SDL_WINDOWEVENT_SIZE_CHANGED &&
	    app_resize(app, e->window.data1, e->window.data2) != 0)
		app->view.quit = true;
	return input_event(&app->input, &app->view, e);
}

void app_loop(struct app *app)
{
	struct view *v = &app->view;
	Uint64 last = SDL_GetTicks64();
	bool changed = true;
	SDL_Event event;

	while (!v->quit) {
		if (changed)
			app_draw(app, false);
		changed = false;
		if (SDL_WaitEventTimeout(&event, v->playing ? 1000 / VIEW_TICKS : 1000))
			do {
				changed |= take_event(app, &event);
			} while (SDL_PollEvent(&event));
		Uint64 now = SDL_GetTicks64();

		/* After a pause play goes on from there, without catching up. */
		if (!v->playing || now - last > 250)
			last = now;
		for (; now - last >= 1000 / VIEW_TICKS; last += 1000 / VIEW_TICKS)
			changed |= view_tick(v);
	}
}

/* --- measuring --- */

#define FRAME_MS (1000.0 / VIEW_TICKS)

/* One movement a frame, of every kind in turn, through all of the trace. */
static void move(struct app *app, uint64_t frame)
{
	struct view *v = &app->view;
	const SDL_Rect *lanes = &v->layout.panes[0].lanes, *slider = &v->layout.slider;
	int x = lanes->x + (int)(frame * 7 % (uint64_t)lanes->w);
	int y = lanes->y + lanes->h / 3;

	switch (frame / 20 % 6) {
	case 0:
		input_key(v, "Right");
		break;
	case 1:
		input_wheel(v, x, y, 1, false);
		break;
	case 2:
		input_wheel(v, x, y, frame % 2 ? 2 : -1, true);
		break;
	case 3:
		input_wheel(v, lanes->x - 20, y, frame / 120 % 2 ? 1 : -1, false);
		break;
	case 4:
		input_wheel(v, x, y, -1, false);
		break;
	default:
		input_press(&app->input, v, (int)(frame * 37 % (uint64_t)slider->w),
		            slider->y + 10);
		input_release(&app->input, v, slider->x, slider->y);
		break;
	}
	input_move(&app->input, v, x, y);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of this thread, in milliseconds. */
static double cpu_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void measure(struct app *app, double *times, double *cpu_times, uint64_t frames)
{
	double unit = 1e3 / (double)SDL_GetPerformanceFrequency();
	SDL_Event event;

	for (uint64_t i = 0; i < frames; i++) {
		Uint64 start = SDL_GetPerformanceCounter();
		double cpu = cpu_time();

		while (app->window && SDL_PollEvent(&event))
			take_event(app, &event);
		move(app, i);
		app_draw(app, false);
		times[i] = (double)(SDL_GetPerformanceCounter() - start) * unit;
		cpu_times[i] = cpu_time() - cpu;
		/* As a display would, which has no use for more pictures. */
		if (times[i] < FRAME_MS)
			SDL_Delay((Uint32)(FRAME_MS - times[i]));
	}
}

int app_measure(struct app *app, uint64_t frames)
{
	double *times = calloc(frames, sizeof(*times));
	double *cpu_times = calloc(frames, sizeof(*cpu_times));
	size_t middle = frames / 2, p99 = frames * 99 / 100;

	if (!times || !cpu_times) {
		free(times);
		free(cpu_times);
		return error_set(ERR_MEMORY, "out of memory");
	}
	app_draw(app, false);
	measure(app, times, cpu_times, frames);
	qsort(times, frames, sizeof(*times), by_size);
	qsort(cpu_times, frames, sizeof(*cpu_times), by_size);
	printf("{\"frames\":%llu,\"median_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
	       "\"cpu_median_ms\":%.3f,\"cpu_p99_ms\":%.3f}\n",
	       (unsigned long long)frames, times[middle], times[p99], times[frames - 1],
	       cpu_times[middle], cpu_times[p99]);
	free(times);
	free(cpu_times);
	return 0;
}
