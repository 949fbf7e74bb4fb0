/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/input.h"

#include <stdlib.h>
#include <string.h>

#define ZOOM_KEY 2.0
#define ZOOM_WHEEL 1.25
#define PAN_KEY 0.25
#define PAN_WHEEL 0.1
#define SCROLL_WHEEL 3
#define RATE_MIN 1
#define RATE_MAX 8192
/* A mouse that moved no further was not dragged. */
#define STILL 3

/* --- keys --- */

static void scroll_page(struct view *v, int by)
{
	view_scroll(v, v->active, by * layout_rows(&v->layout, v->active));
}

static void last_event(struct view *v)
{
	view_choose(v, view_pane(v)->model->trace->nevents - 1);
}

static void other_trace(struct view *v)
{
	v->active = (v->active + 1) % v->npanes;
	v->message[0] = '\0';
}

static void move_key(struct view *v, char key)
{
	switch (key) {
	case '+':
	case '=':
		view_zoom(v, 1 / ZOOM_KEY, view_focus(v));
		break;
	case '-':
		view_zoom(v, ZOOM_KEY, view_focus(v));
		break;
	case '0':
		view_all(v);
		break;
	case 'a':
		view_pan(v, -PAN_KEY);
		break;
	case 's':
		view_pan(v, PAN_KEY);
		break;
	case '<':
		v->rate = SDL_max(v->rate / 2, RATE_MIN);
		break;
	case '>':
		v->rate = SDL_min(v->rate * 2, RATE_MAX);
		break;
	default:
		break;
	}
}

static bool seek_key(struct view *v, char key)
{
	static const char keys[] = "][fFwWeEvV";
	static const enum model_goal goals[] = {MODEL_LIFETIME, MODEL_FORK, MODEL_WAIT,
	                                        MODEL_EXIT, MODEL_VIOLATION};
	const char *at = strchr(keys, key);

	if (!at || !key)
		return false;
	view_seek(v, (at - keys) % 2 ? -1 : 1, goals[(at - keys) / 2]);
	return true;
}

/* A key by what it writes; false where it does nothing. */
static bool character(struct view *v, char key)
{
	if (seek_key(v, key))
		return true;
	switch (key) {
	case ' ':
		view_play(v, !v->playing);
		break;
	case 'p':
		v->only = !v->only;
		break;
	case 'h':
		view_hide(v, !v->hide);
		break;
	case 't':
		other_trace(v);
		break;
	case 'd':
		view_difference(v);
		break;
	case '?':
		v->help = !v->help;
		break;
	case 'q':
		v->quit = true;
		break;
	default:
		if (!key || !strchr("+=-0as<>", key))
			return false;
		move_key(v, key);
		break;
	}
	return true;
}

/* A key that writes nothing; false where it does nothing. */
static bool named(struct view *v, SDL_Keycode key)
{
	switch (key) {
	case SDLK_RIGHT:
		view_seek(v, 1, MODEL_ANY);
		break;
	case SDLK_LEFT:
		view_seek(v, -1, MODEL_ANY);
		break;
	case SDLK_HOME:
		view_choose(v, 0);
		break;
	case SDLK_END:
		last_event(v);
		break;
	case SDLK_DOWN:
		view_move(v, 1);
		break;
	case SDLK_UP:
		view_move(v, -1);
		break;
	case SDLK_PAGEDOWN:
		scroll_page(v, 1);
		break;
	case SDLK_PAGEUP:
		scroll_page(v, -1);
		break;
	case SDLK_TAB:
		other_trace(v);
		break;
	case SDLK_ESCAPE:
		v->help = false;
		break;
	default:
		return false;
	}
	return true;
}

bool input_key(struct view *v, const char *name)
{
	if (strlen(name) == 1)
		return character(v, *name);
	if (SDL_strcasecmp(name, "Space") == 0)
		return character(v, ' ');
	return named(v, SDL_GetKeyFromName(name));
}

/* --- mouse --- */

static bool on_slider(const struct view *v, int x, int y)
{
	const SDL_Rect *r = &v->layout.slider;

	return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

static void slide(struct view *v, int x)
{
	struct layout_axis axis = view_slider(v);

	view_choose(v, model_event_at(view_pane(v)->model, layout_time(&axis, x)));
}

void input_press(struct input *in, struct view *v, int x, int y)
{
	in->x = x;
	in->y = y;
	in->mouse = INPUT_PRESSED;
	if (v->help) {
		v->help = false;
		in->mouse = INPUT_UP;
	} else if (on_slider(v, x, y)) {
		in->mouse = INPUT_SLIDE;
		slide(v, x);
	}
}

void input_move(struct input *in, struct view *v, int x, int y)
{
	struct layout_axis axis = view_axis(v);

	v->pointer_x = x;
	v->pointer_y = y;
	if (in->mouse == INPUT_SLIDE)
		slide(v, x);
	if (in->mouse == INPUT_PRESSED && abs(x - in->x) > STILL &&
	    view_at(v, in->x, in->y).part == VIEW_LANES)
		in->mouse = INPUT_DRAG;
	if (in->mouse == INPUT_DRAG) {
		view_pan(v, (double)(in->x - x) / axis.width);
		in->x = x;
	}
}

/*
 * In the lanes the nearest event of that process, in the tree the process, in the list
 * the event.
 */
static void click(struct view *v, int x, int y)
{
	struct view_hit hit = view_at(v, x, y);
	struct layout_axis axis = view_axis(v);

	if (hit.part == VIEW_NOWHERE)
		return;
	v->active = hit.pane;
	view_choose(v, hit.event);
	view_select(v, hit.row);
	if (hit.part == VIEW_LANES && hit.row != MODEL_NONE)
		view_choose(v, model_nearest(view_pane(v)->model, layout_time(&axis, x),
		                             hit.row));
}

void input_release(struct input *in, struct view *v, int x, int y)
{
	if (in->mouse == INPUT_PRESSED)
		click(v, x, y);
	in->mouse = INPUT_UP;
}

void input_wheel(struct view *v, int x, int y, int clicks, bool shift)
{
	struct view_hit hit = view_at(v, x, y);
	struct layout_axis axis = view_axis(v);

	switch (hit.part) {
	case VIEW_NOWHERE:
		break;
	case VIEW_TREE:
		view_scroll(v, hit.pane, -(long)clicks * SCROLL_WHEEL);
		break;
	case VIEW_EVENTS:
		v->active = hit.pane;
		for (int i = 0; i < abs(clicks); i++)
			view_seek(v, clicks > 0 ? -1 : 1, MODEL_ANY);
		break;
	case VIEW_LANES:
		if (shift)
			view_pan(v, -clicks * PAN_WHEEL);
		for (int i = 0; i < abs(clicks) && !shift; i++)
			view_zoom(v, clicks > 0 ? 1 / ZOOM_WHEEL : ZOOM_WHEEL,
			          (double)layout_time(&axis, x));
		break;
	}
}

bool input_event(struct input *in, struct view *v, const SDL_Event *e)
{
	switch (e->type) {
	case SDL_QUIT:
		v->quit = true;
		return false;
	case SDL_KEYDOWN:
		return named(v, e->key.keysym.sym);
	case SDL_TEXTINPUT:
		return e->text.text[1] == '\0' && character(v, e->text.text[0]);
	case SDL_MOUSEBUTTONDOWN:
		if (e->button.button == SDL_BUTTON_LEFT)
			input_press(in, v, e->button.x, e->button.y);
		return true;
	case SDL_MOUSEBUTTONUP:
		if (e->button.button == SDL_BUTTON_LEFT)
			input_release(in, v, e->button.x, e->button.y);
		return true;
	case SDL_MOUSEMOTION:
		input_move(in, v, e->motion.x, e->motion.y);
		return true;
	case SDL_MOUSEWHEEL:
		input_wheel(v, v->pointer_x, v->pointer_y, e->wheel.y,
		            SDL_GetModState() & KMOD_SHIFT);
		return true;
	case SDL_WINDOWEVENT:
		if (e->window.event == SDL_WINDOWEVENT_LEAVE)
			v->pointer_x = v->pointer_y = -1;
		return true;
	default:
		return false;
	}
}
