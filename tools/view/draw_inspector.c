/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inspector at the right: the chosen event, its process, and the guest as it stood
 * there.  Sections from the top down, as long as there is room.
 */
#include "view/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check/describe.h"
#include "render/render.h"

/* Lines of source before and after the one: of the program, of the kernel. */
#define SOURCE_AROUND 3
#define KERNEL_AROUND 2
#define FRAMES 4
#define TEXT_SIZE 256
#define TAB 4

/* Where the next line goes. */
struct pen {
	struct canvas *c;
	int x, y, right, bottom, line, columns;
};

static bool has_room(const struct pen *p)
{
	return p->y + p->line <= p->bottom;
}

static void put(struct pen *p, enum font_style style, unsigned rgb, const char *text)
{
	if (has_room(p))
		canvas_text_cut(p->c, p->x, p->y, style, rgb, text, p->columns);
	p->y += p->line;
}

/* A label in a column of its own, and what it labels. */
static void put_pair(struct pen *p, const char *label, const char *text)
{
	int column = 9;

	if (has_room(p)) {
		canvas_text(p->c, p->x, p->y, FONT_PLAIN, DRAW_FAINT, label);
		canvas_text_cut(p->c, p->x + column * font_width(p->c->font), p->y,
		                FONT_PLAIN, DRAW_INK, text, p->columns - column);
	}
	p->y += p->line;
}

/* Text in as many lines as it needs, broken at blanks where that can be. */
static void put_wrapped(struct pen *p, enum font_style style, unsigned rgb,
                        const char *text)
{
	size_t n = strlen(text), columns = (size_t)p->columns;
	char line[TEXT_SIZE];

	while (n > 0) {
		size_t take = n;

		if (take > columns) {
			take = columns;
			while (take > columns / 2 && text[take] != ' ')
				take--;
			if (text[take] != ' ')
				take = columns;
		}
		snprintf(line, sizeof(line), "%.*s", (int)take, text);
		put(p, style, rgb, line);
		text += take;
		n -= take;
		while (n > 0 && *text == ' ') {
			text++;
			n--;
		}
	}
}

static void put_heading(struct pen *p, const char *name, const char *more)
{
	int width = font_width(p->c->font);

	p->y += 9;
	if (has_room(p)) {
		canvas_text(p->c, p->x, p->y, FONT_BOLD, DRAW_ACCENT, name);
		canvas_text_cut(p->c, p->x + ((int)strlen(name) + 2) * width, p->y,
		                FONT_PLAIN, DRAW_FAINT, more,
		                p->columns - (int)strlen(name) - 2);
		canvas_fill(p->c, p->x, p->y + p->line, p->right - p->x, 1, DRAW_RULE);
	}
	p->y += p->line + 4;
}

/* --- the event and its process --- */

static void put_event(struct pen *p, const struct view_pane *pane)
{
	const struct trace *t = pane->model->trace;
	const struct trace_event *e = &t->events[pane->event];
	const struct model_violation *v = model_violation(pane->model, pane->event);
	char text[TEXT_SIZE], count[32];
	struct text what = {0};

	snprintf(text, sizeof(text), "%" PRIu64 " of %zu, at instruction %s", e->seq,
	         t->nevents, draw_count(e->icount, count));
	put_heading(p, "Event", text);
	describe_event(&what, e);
	if (what.data && !what.failed)
		put_wrapped(p, FONT_BOLD, DRAW_INK, what.data);
	text_free(&what);
	if (e->kind == TRACE_FAULT && e->fault.symbol) {
		snprintf(text, sizeof(text), "in %s: %s", e->fault.symbol,
		         e->fault.insn ? e->fault.insn : "");
		put(p, FONT_PLAIN, DRAW_FAINT, text);
	}
	if (v) {
		snprintf(text, sizeof(text), "violates %s: %s",
		         check_invariant_name(v->invariant), v->reason);
		put_wrapped(p, FONT_PLAIN, PALETTE_ALARM, text);
	}
}

static void put_process(struct pen *p, const struct view_pane *pane)
{
	static const char *const lives[] = {"not forked yet", "alive", "exited",
	                                    "reaped"};
	const struct model *m = pane->model;
	size_t row = m->event_row[pane->event];
	char text[TEXT_SIZE], status[32];

	if (row == MODEL_NONE) {
		put_heading(p, "Process", "the kernel's own");
		return;
	}
	size_t at = m->rows.process[row];
	const struct forest_process *f = &m->forest->processes[at];

	snprintf(text, sizeof(text), "%s  %s  pid %d", f->path, render_program(f),
	         f->pid);
	put_heading(p, "Process", text);
	put_pair(p, "now", lives[model_life(m, row, pane->event)]);
	snprintf(status, sizeof(status), "never exits");
	if (f->exit != FOREST_NEVER)
		forest_status_text(f->status, status, sizeof(status));
	if (f->parent != FOREST_NONE)
		snprintf(text, sizeof(text), "%s, %s", status,
		         forest_ordering_name(forest_ordering(m->forest, at)));
	put_pair(p, "ends", f->parent != FOREST_NONE ? text : status);
}

/* --- the guest --- */

static void put_registers(struct pen *p, const struct machine_registers *r)
{
	static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp",
	                                      "rsi", "rdi", "r8",  "r9",  "r10", "r11",
	                                      "r12", "r13", "r14", "r15"};
	int half = p->columns / 2 * font_width(p->c->font);
	int column = 4 * font_width(p->c->font);
	char text[TEXT_SIZE];

	put_heading(p, "Registers", r->cpl == 0 ? "in the kernel" : "in the program");
	for (int i = 0; i < 18; i++) {
		uint64_t value = i < 16 ? r->gpr[i] : i == 16 ? r->rip : r->rflags;
		const char *name = i < 16 ? names[i] : i == 16 ? "rip" : "rfl";
		int x = p->x + i % 2 * half;

		snprintf(text, sizeof(text), "%016" PRIx64, value);
		if (has_room(p)) {
			canvas_text(p->c, x, p->y, FONT_PLAIN, DRAW_FAINT, name);
			canvas_text(p->c, x + column, p->y, FONT_PLAIN, DRAW_INK, text);
		}
		if (i % 2 == 1)
			p->y += p->line;
	}
	snprintf(text, sizeof(text), "cs %04x  ss %04x  cr2 %" PRIx64 "  cr3 %" PRIx64,
	         r->cs, r->ss, r->cr2, r->cr3);
	put(p, FONT_PLAIN, DRAW_FAINT, text);
}

static void put_code(struct pen *p, const struct capture_state *s)
{
	char text[TEXT_SIZE];

	put_heading(p, "Code", s->place.function);
	for (size_t i = 0; i < s->ncode; i++) {
		const struct capture_instruction *insn = &s->code[i];

		if (insn->here && has_room(p))
			canvas_fill(p->c, p->x - 4, p->y, p->right - p->x + 8, p->line,
			            DRAW_HERE);
		/* All of a kernel lies in the upper 2 GiB: the lower half tells. */
		snprintf(text, sizeof(text), "%s%08" PRIx32 "  %s",
		         insn->here ? "> " : "  ", (uint32_t)insn->address, insn->text);
		put(p, FONT_PLAIN, insn->here ? DRAW_INK : DRAW_FAINT, text);
	}
}

/* A line of a source file, its tabs as blanks and without what steers. */
static void source_text(char text[TEXT_SIZE], int number, const char *line, size_t n)
{
	size_t length = (size_t)snprintf(text, TEXT_SIZE, "%5d  ", number), column = 0;

	for (size_t i = 0; i < n && length + TAB < TEXT_SIZE - 1; i++) {
		unsigned char byte = (unsigned char)line[i];
		size_t times = byte == '\t' ? TAB - column % TAB : 1;

		for (size_t k = 0; k < times; k++, column++)
			text[length++] = byte == '\t'                 ? ' '
			                 : byte < 0x20 || byte > 0x7e ? '?'
			                                              : line[i];
	}
	text[length] = '\0';
}

static void put_source(struct pen *p, struct sources *sources, const char *name,
                       const struct capture_place *place, int around)
{
	char text[TEXT_SIZE];
	size_t n;

	if (!place->file[0])
		return;
	snprintf(text, sizeof(text), "%s:%d", place->file, place->line);
	put_heading(p, name, text);
	if (!sources_line(sources, place->file, place->line, &n)) {
		put(p, FONT_PLAIN, DRAW_FAINT,
		    "the source is not found here; see --source");
		return;
	}
	for (int i = place->line - around; i <= place->line + around; i++) {
		const char *line = sources_line(sources, place->file, i, &n);

		if (!line)
			continue;
		if (i == place->line && has_room(p))
			canvas_fill(p->c, p->x - 4, p->y, p->right - p->x + 8, p->line,
			            DRAW_HERE);
		source_text(text, i, line, n);
		put(p, FONT_PLAIN, i == place->line ? DRAW_INK : DRAW_FAINT, text);
	}
}

static void put_frames(struct pen *p, const struct capture_state *s)
{
	char text[TEXT_SIZE];

	if (s->nframes < 2)
		return;
	put_heading(p, "Called from", "");
	for (size_t i = 1; i < s->nframes && i <= FRAMES; i++) {
		const struct capture_place *f = &s->frames[i];
		const char *slash = strrchr(f->file, '/');

		snprintf(text, sizeof(text), "%-32s %s:%d", f->function,
		         slash ? slash + 1 : f->file, f->line);
		put(p, FONT_PLAIN, DRAW_INK, text);
	}
}

static void put_state(struct pen *p, const struct view *v, const struct capture_state *s)
{
	/* The program's line first: who looks at a trace mostly looks for that. */
	put_source(p, v->sources, s->image[0] ? s->image : "Program", &s->program,
	           SOURCE_AROUND);
	if (s->registers.cpl == 0)
		put_source(p, v->sources, "Kernel", &s->place, KERNEL_AROUND);
	put_frames(p, s);
	put_code(p, s);
	put_registers(p, &s->registers);
}

static void put_guest(struct pen *p, const struct view *v, const struct guest_state *s)
{
	switch (s->status) {
	case GUEST_PENDING:
		put_heading(p, "Guest", "replaying up to here...");
		break;
	case GUEST_UNAVAILABLE:
		put_heading(p, "Guest", "its state cannot be shown");
		put_wrapped(p, FONT_PLAIN, DRAW_FAINT, s->why);
		break;
	case GUEST_READY:
		put_state(p, v, &s->at);
		break;
	}
}

void draw_inspector(struct canvas *c, const struct view *v, const struct guest_state *s)
{
	const SDL_Rect *area = &v->layout.inspector;
	const struct view_pane *pane = &v->panes[v->active];
	struct pen p = {
		.c = c,
		.x = area->x + LAYOUT_MARGIN,
		.y = area->y,
		.right = area->x + area->w - LAYOUT_MARGIN,
		.bottom = area->y + area->h,
		.line = font_height(c->font),
	};

	p.columns = (p.right - p.x) / font_width(c->font);
	canvas_clip(c, area);
	canvas_fill(c, area->x, area->y, area->w, area->h, DRAW_PANEL);
	canvas_fill(c, area->x, area->y, 1, area->h, DRAW_RULE);
	if (pane->event != MODEL_NONE) {
		put_event(&p, pane);
		put_process(&p, pane);
		put_guest(&p, v, s);
	} else {
		put_heading(&p, "Event", "the trace has none");
	}
	canvas_clip(c, NULL);
}
