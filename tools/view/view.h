/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is looked at and how: the state of the viewer, and all that keys, mouse and
 * scripts can do to it.  Nothing here draws or knows of windows.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_VIEW_H
#define FORKSCOPE_TOOLS_VIEW_VIEW_H

#include <stdbool.h>

#include "probe/sources.h"
#include "view/compare.h"
#include "view/guest.h"
#include "view/layout.h"
#include "view/model.h"

/* Ticks of the clock that play goes by. */
#define VIEW_TICKS 60

/* One trace. */
struct view_pane {
	struct model *model;
	struct guest *guest;
	size_t event; /* the chosen one; MODEL_NONE in a trace without events */
	size_t row;   /* the chosen process; MODEL_NONE without processes */
	/*
	 * The rows that are shown, one a place, and the place of each row, MODEL_NONE
	 * for one that is hidden; owned.
	 */
	size_t *shown, nshown, *place;
	size_t top; /* the first place in sight */
};

struct view {
	struct view_pane panes[LAYOUT_PANES];
	int npanes, active;
	struct layout layout;
	double start, end;      /* of the time in sight, the same for both */
	struct compare compare; /* of two traces */
	struct sources *sources;

	bool only; /* steps stay in the chosen process */
	bool hide; /* processes that do not live in the time in sight */
	bool help;
	bool quit;
	bool playing;
	unsigned rate;  /* events a second */
	unsigned owing; /* of which play has not shown yet, in ticks of a second */
	int pointer_x, pointer_y; /* -1: outside */
	char message[160];        /* for the status line, until the next deed */
};

static inline struct view_pane *view_pane(struct view *view)
{
	return &view->panes[view->active];
}

/*
 * Takes model and guest as the next pane, also where it fails.  ERR_USAGE where there are
 * two, ERR_MEMORY.
 */
int view_add(struct view *view, struct model *model, struct guest *guest);
void view_free(struct view *view);

/* To a new size of the window. */
void view_layout(struct view *view, int width, int height, int cell, int line);

/* The time axis of the lanes, and of the slider. */
struct layout_axis view_axis(const struct view *view);
struct layout_axis view_slider(const struct view *view);

/* Chooses an event and brings it into sight; MODEL_NONE does nothing. */
void view_choose(struct view *view, size_t event);
/* The next such event, forwards (1) or backwards (-1); says so where there is none. */
void view_seek(struct view *view, int by, enum model_goal goal);
/* To the first difference, or the next one, of two traces. */
void view_difference(struct view *view);
void view_select(struct view *view, size_t row);
/* The process so many places further down. */
void view_move(struct view *view, long places);
void view_scroll(struct view *view, int pane, long places);
void view_hide(struct view *view, bool on);
/* Where a row is shown; MODEL_NONE for a hidden one, and for MODEL_NONE. */
size_t view_place(const struct view *view, int pane, size_t row);

/* The time of the chosen event; the middle where there is none. */
double view_focus(const struct view *view);
/* Shows `factor` times as much time around `time`. */
void view_zoom(struct view *view, double factor, double time);
void view_show(struct view *view, double start, double end);
/* By a part of what is in sight. */
void view_pan(struct view *view, double part);
void view_all(struct view *view);

void view_play(struct view *view, bool on);
/* One tick of VIEW_TICKS a second has passed; whether anything has changed. */
bool view_tick(struct view *view);

/* The first event in the list of events. */
size_t view_first(const struct view *view, int pane);

/* What lies at a point. */
struct view_hit {
	enum { VIEW_NOWHERE, VIEW_TREE, VIEW_LANES, VIEW_EVENTS } part;
	int pane;
	size_t row;   /* of tree or lanes, or MODEL_NONE */
	size_t event; /* of the list, or MODEL_NONE */
};
struct view_hit view_at(const struct view *view, int x, int y);

/* The state of the guest at the chosen event; waits for it if so told. */
void view_guest(struct view *view, bool wait, struct guest_state *state);

#endif
