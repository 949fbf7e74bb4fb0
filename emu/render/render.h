/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of the process forest of a trace.  One renderer a file; the table in render.c
 * is all that knows them by name.  The same trace gives the same bytes.
 */
#ifndef FORKSCOPE_RENDER_RENDER_H
#define FORKSCOPE_RENDER_RENDER_H

#include "check/forest.h"
#include "render/places.h"
#include "trace/text.h"
#include "trace/trace.h"

struct render_input {
	const struct trace *trace;
	const struct forest *forest; /* of that trace */
	bool colour;                 /* ANSI sequences, where the format has them */
	const char *name;            /* of the trace, for titles; NULL for none */
	/*
	 * For formats that show it: where each event happened, an element for each, as
	 * numbers in a table that two traces share, and why not all are known; each NULL
	 * for none.  Without the table a picture shows what the trace says by itself.
	 */
	struct places *places;
	const struct event_place *at;
	const char *at_note;
	/* A second trace to show beside it, where the format can; else NULL. */
	const struct render_input *other;
};

struct renderer {
	const char *name; /* as given to --format */
	const char *what; /* one line for --help */
	void (*render)(const struct render_input *in, struct text *out);
	bool pairs;  /* it can show two traces */
	bool places; /* it shows where events happened */
};

/* The renderers; the last has no name. */
const struct renderer *render_list(void);
/* NULL where there is none of this name. */
const struct renderer *render_find(const char *name);

void render_text(const struct render_input *in, struct text *out);
void render_dot(const struct render_input *in, struct text *out);
void render_json(const struct render_input *in, struct text *out);
void render_html(const struct render_input *in, struct text *out);
void render_svg(const struct render_input *in, struct text *out);
void render_perfetto(const struct render_input *in, struct text *out);

/* --- what renderers share --- */

/* The last component of a program's path, "" where it never had a program. */
const char *render_program(const struct forest_process *p);

/* "exit 3", "SIGSEGV", or "runs" where it never exited. */
#define RENDER_STATUS_SIZE 32
void render_status(const struct forest_process *p, char status[RENDER_STATUS_SIZE]);

/* Pictures with a time axis have a row for each process, in preorder. */
struct render_rows {
	size_t *of;      /* by index in the forest */
	size_t *process; /* the inverse */
	size_t *depth;   /* by row */
	size_t count;
};

/* False where memory is short; to be freed in any case. */
bool render_rows_make(struct render_rows *rows, const struct forest *forest);
void render_rows_free(struct render_rows *rows);

/* How a process stood at the end of the trace. */
enum render_fate {
	FATE_ALIVE,
	FATE_ZOMBIE, /* exited and never reaped */
	FATE_WAITED, /* returned by a wait */
	FATE_REAPED, /* reaped without a wait: by itself, its parent's exit... */
};
enum render_fate render_fate(const struct forest_process *p);

#endif
