/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

static const struct renderer renderers[] = {
	{.name = "text",
         .what = "the forest of processes, within 80 columns",
         .render = render_text},
	{.name = "dot", .what = "a graph for graphviz", .render = render_dot},
	{.name = "svg",
         .what = "tree and timeline, a lane for each process",
         .render = render_svg},
	{.name = "html",
         .what = "a page to zoom and step through, of one trace or two",
         .render = render_html,
         .pairs = true,
         .places = true},
	{.name = "perfetto",
         .what = "Chrome trace events, for ui.perfetto.dev",
         .render = render_perfetto},
	{.name = "json",
         .what = "every process with all that is known of it",
         .render = render_json},
	{0},
};

const struct renderer *render_list(void)
{
	return renderers;
}

const struct renderer *render_find(const char *name)
{
	for (const struct renderer *r = renderers; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

const char *render_program(const struct forest_process *p)
{
	const char *slash = p->program ? strrchr(p->program, '/') : NULL;

	if (slash)
		return slash + 1;
	return p->program ? p->program : "";
}

enum render_fate render_fate(const struct forest_process *p)
{
	if (p->returned != FOREST_NEVER)
		return FATE_WAITED;
	if (p->reap != FOREST_NEVER)
		return FATE_REAPED;
	return p->exit == FOREST_NEVER ? FATE_ALIVE : FATE_ZOMBIE;
}

void render_status(const struct forest_process *p, char status[RENDER_STATUS_SIZE])
{
	if (p->exit == FOREST_NEVER)
		strcpy(status, "runs");
	else
		forest_status_text(p->status, status, RENDER_STATUS_SIZE);
}

bool render_rows_make(struct render_rows *r, const struct forest *f)
{
	size_t depth;

	*r = (struct render_rows){0};
	r->of = calloc(f->count + 1, sizeof(*r->of));
	r->process = calloc(f->count + 1, sizeof(*r->process));
	r->depth = calloc(f->count + 1, sizeof(*r->depth));
	if (!r->of || !r->process || !r->depth)
		return false;
	for (size_t at = forest_next(f, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(f, at, &depth)) {
		r->of[at] = r->count;
		r->depth[r->count] = depth;
		r->process[r->count++] = at;
	}
	return true;
}

void render_rows_free(struct render_rows *r)
{
	free(r->of);
	free(r->process);
	free(r->depth);
}
