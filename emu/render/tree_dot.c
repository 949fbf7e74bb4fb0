/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forest for graphviz: a box for each process, a solid arrow for a fork, a dashed one
 * for a hand-over.  Shapes and words carry the meaning, colour only underlines it.
 */
#include "render/palette.h"
#include "render/render.h"

/* A label's text: printable ASCII only, with what dot itself would read escaped. */
static void put_escaped(struct text *out, const char *s)
{
	struct text plain = {0};

	text_printable(&plain, s, 60);
	for (size_t i = 0; i < plain.length; i++) {
		if (plain.data[i] == '"' || plain.data[i] == '\\')
			text_char(out, '\\');
		text_char(out, plain.data[i]);
	}
	out->failed |= plain.failed;
	text_free(&plain);
}

static void put_node(struct text *out, const struct forest_process *p)
{
	char status[RENDER_STATUS_SIZE];
	enum render_fate fate = render_fate(p);

	render_status(p, status);
	text_printf(out, "\t\"%s\" [label=\"%s", p->path, p->path);
	if (*render_program(p)) {
		text_char(out, ' ');
		put_escaped(out, render_program(p));
	}
	text_printf(out, "\\npid %d, %s", p->pid, status);
	if (p->orphaned != FOREST_NEVER)
		text_string(out, "\\norphan");
	if (fate == FATE_ZOMBIE || p->abandoned != FOREST_NEVER)
		text_string(out, "\\nzombie");
	text_char(out, '"');
	if (fate == FATE_ZOMBIE)
		text_printf(out, ", style=\"filled,bold\", fillcolor=\"#%06x\"",
		            PALETTE_ALARM);
	else if (p->orphaned != FOREST_NEVER)
		text_printf(out, ", style=\"filled,dashed\", fillcolor=\"#%06x\"",
		            PALETTE_EXEC);
	text_string(out, "];\n");
}

void render_dot(const struct render_input *in, struct text *out)
{
	const struct forest *f = in->forest;
	size_t depth;

	text_string(out, "digraph processes {\n"
	                 "\tnode [shape=box, fontname=\"monospace\"];\n"
	                 "\tedge [fontname=\"monospace\"];\n");
	for (size_t at = forest_next(f, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(f, at, &depth)) {
		const struct forest_process *p = &f->processes[at];

		put_node(out, p);
		if (p->parent == FOREST_NONE)
			continue;
		text_printf(out, "\t\"%s\" -> \"%s\" [label=\"%s\"];\n",
		            f->processes[p->parent].path, p->path,
		            forest_ordering_name(forest_ordering(f, at)));
		if (p->keeper != p->parent && p->keeper != FOREST_NONE)
			text_printf(out,
			            "\t\"%s\" -> \"%s\" [style=dashed, label=\"adopts\", "
			            "constraint=false];\n",
			            f->processes[p->keeper].path, p->path);
	}
	text_string(out, "}\n");
}
