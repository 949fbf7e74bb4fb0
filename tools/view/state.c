/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a view shows, as JSON, for those who cannot see it. */
#include "check/describe.h"
#include "view/script.h"

static void put_event(struct text *out, const struct view_pane *p)
{
	const struct trace_event *e = &p->model->trace->events[p->event];
	const struct model_violation *v = model_violation(p->model, p->event);
	struct text what = {0};

	describe_event(&what, e);
	text_member_unsigned(out, "event", e->seq);
	text_member_unsigned(out, "icount", e->icount);
	text_member_string(out, "proc", e->proc);
	text_member_string(out, "kind", trace_event_name(e->kind));
	text_member_string(out, "what", what.data ? what.data : "");
	out->failed |= what.failed;
	text_free(&what);
	if (v)
		text_member_string(out, "violates", check_invariant_name(v->invariant));
}

static void put_place(struct text *out, const char *key,
                      const struct capture_place *place)
{
	text_json_key(out, key);
	text_char(out, '{');
	text_member_string(out, "function", place->function);
	text_member_string(out, "file", place->file);
	text_member_unsigned(out, "line", (uint64_t)place->line);
	text_char(out, '}');
}

static void put_state(struct text *out, const struct capture_state *s)
{
	text_json_key(out, "rip");
	text_json_address(out, s->registers.rip);
	text_json_key(out, "rsp");
	text_json_address(out, s->registers.gpr[GPR_RSP]);
	text_member_string(out, "mode", s->registers.cpl == 0 ? "kernel" : "program");
	put_place(out, "place", &s->place);
	put_place(out, "program", &s->program);
	for (size_t i = 0; i < s->ncode; i++)
		if (s->code[i].here)
			text_member_string(out, "code", s->code[i].text);
}

static void put_guest(struct text *out, const struct guest_state *g)
{
	static const char *const names[] = {"pending", "ready", "unavailable"};

	text_json_key(out, "guest");
	text_char(out, '{');
	text_member_string(out, "status", names[g->status]);
	if (g->status == GUEST_UNAVAILABLE)
		text_member_string(out, "why", g->why);
	if (g->status == GUEST_READY)
		put_state(out, &g->at);
	text_char(out, '}');
}

void script_state(const struct view *v, const struct guest_state *guest, struct text *out)
{
	const struct view_pane *p = &v->panes[v->active];
	const struct model *m = p->model;

	text_char(out, '{');
	text_member_string(out, "trace", m->name);
	text_member_unsigned(out, "events", m->trace->nevents);
	text_member_unsigned(out, "processes", m->rows.count);
	text_member_unsigned(out, "violations", m->nviolations);
	if (p->event != MODEL_NONE)
		put_event(out, p);
	if (p->row != MODEL_NONE)
		text_member_string(out, "process", model_process(m, p->row)->path);
	text_member_unsigned(out, "top", p->top);
	text_member_unsigned(out, "start", layout_count(v->start));
	text_member_unsigned(out, "end", layout_count(v->end));
	text_member_bool(out, "only", v->only);
	text_member_bool(out, "hide", v->hide);
	text_member_unsigned(out, "shown", p->nshown);
	text_member_bool(out, "playing", v->playing);
	text_member_bool(out, "help", v->help);
	text_member_string(out, "message", v->message);
	if (v->npanes > 1) {
		text_member_string(out, "active", v->active ? "B" : "A");
		text_member_unsigned(out, "differences", v->compare.count);
		text_member_string(out, "compared", v->compare.summary);
	}
	put_guest(out, guest);
	text_string(out, "}\n");
}
