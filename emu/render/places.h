/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where events happened, for pictures that say so.  A place is kept once, however many
 * events were there, so that a picture of a long trace does not grow by them.
 */
#ifndef FORKSCOPE_RENDER_PLACES_H
#define FORKSCOPE_RENDER_PLACES_H

#include <stddef.h>

#include "trace/trace.h"

/* A place in code; "" and 0 for what is not known. */
struct place {
	const char *image;    /* "kernel", or the name of a program */
	const char *function; /* "fork_process+0x1c" */
	const char *file;     /* as the compiler was told it */
	int line;
	const char *source; /* the text of that line */
	/* Instructions around it, in lines; that of the place itself begins with "> ". */
	const char *code;
};

#define PLACE_NONE (-1)

/* Where one event happened, as numbers of places, or PLACE_NONE. */
struct event_place {
	int here;    /* the CPU */
	int program; /* where the program of the process stands outside its libc */
};

struct places;

/* NULL where memory is short. */
struct places *places_create(void);
void places_free(struct places *places); /* NULL is fine */

/* The number of this place, whose strings are copied if it is new. */
int places_put(struct places *places, const struct place *place);
/* The first so many are kept; of more, or where memory is short, PLACE_NONE is given. */
#define PLACES_MAX 8192
/* Whether one was not kept. */
bool places_lost(const struct places *places);
size_t places_count(const struct places *places);
const struct place *places_get(const struct places *places, size_t number);

/* Where an event happened, as far as the trace says it by itself: of faults. */
struct event_place places_of_event(struct places *places,
                                   const struct trace_event *event);

#endif
