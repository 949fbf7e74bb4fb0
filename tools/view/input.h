/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyboard and mouse, of a person or of a script. */
#ifndef FORKSCOPE_TOOLS_VIEW_INPUT_H
#define FORKSCOPE_TOOLS_VIEW_INPUT_H

#include <SDL.h>

#include "view/view.h"

/* What the mouse is about. */
struct input {
	enum { INPUT_UP, INPUT_PRESSED, INPUT_DRAG, INPUT_SLIDE } mouse;
	int x, y; /* where it was pressed, or was last in a drag */
};

/* Whether the picture may have changed. */
bool input_event(struct input *input, struct view *view, const SDL_Event *event);

/*
 * A key by its name: the character it writes, or what SDL calls it ("Right", "Home",
 * "Space").  False where no key of that name does anything.
 */
bool input_key(struct view *view, const char *name);
void input_move(struct input *input, struct view *view, int x, int y);
void input_press(struct input *input, struct view *view, int x, int y);
void input_release(struct input *input, struct view *view, int x, int y);
/* Up is positive. */
void input_wheel(struct view *view, int x, int y, int clicks, bool shift);

#endif
