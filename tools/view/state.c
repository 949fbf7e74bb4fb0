/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a view shows, as JSON, for those who cannot see it. */
#include "check/describe.h"
#include "view/script.h"

static void put_number(struct text *out, const char *key, uint64_t value)
{
	text_json_key(out, key);
	text_json_unsigned(out, value);
}

static void put_string(struct text *out, const char *key, const char *value)
{
	text_json_key(out, key);
	text_json_string(out, value);
}

static void put_bool(struct text *out, const char *key, bool value)
{
	text_json_key(out, key);
	text_string(out, value ? "true" : "false");
}

static void put_event(struct text *out, const struct view_pane *p)
{
	const struct trace_event *e = &p->model->trace->events[p->event];
	const struct model_violation *v = model_violation(p->model, p->event);
	struct text what = {0};

	describe_event(&what, e);
	put_number(out, "event", e->seq);
	put_number(out, "icount", e->icount);
	put_string(out, "proc", e->proc);
	put_string(out, "kind", trace_event_name(e->kind));
	put_string(out, "what", what.data ? what.data : "");
	out->failed |= what.failed;
	text_free(&what);
	if (v)
		put_string(out, "violates", check_invariant_name(v->invariant));
}

static void put_place(struct text *out, const char *key,
                      const struct capture_place *place)
{
	text_json_key(out, key);
	text_string(out, "{\"function\":");
	text_json_string(out, place->function);
	put_string(out, "file", place->file);
	put_number(out, "line", (uint64_t)place->line);
	text_char(out, '}');
}

static void put_state(struct text *out, const struct capture_state *s)
{
	text_json_key(out, "rip");
	text_json_address(out, s->registers.rip);
	text_json_key(out, "rsp");
	text_json_address(out, s->registers.gpr[GPR_RSP]);
	put_string(out, "mode", s->registers.cpl == 0 ? "kernel" : "program");
	put_place(out, "place", &s->place);
	put_place(out, "program", &s->program);
	for (size_t i = 0; i < s->ncode; i++)
		if (s->code[i].here)
			put_string(out, "code", s->code[i].text);
}

static void put_guest(struct text *out, const struct guest_state *g)
{
	static const char *const names[] = {"pending", "ready", "unavailable"};

	text_json_key(out, "guest");
	text_string(out, "{\"status\":");
	text_json_string(out, names[g->status]);
	if (g->status == GUEST_UNAVAILABLE)
		put_string(out, "why", g->why);
	if (g->status == GUEST_READY)
		put_state(out, &g->at);
	text_char(out, '}');
}

void script_state(const struct view *v, const struct guest_state *guest, struct text *out)
{
	const struct view_pane *p = &v->panes[v->active];
	const struct model *m = p->model;

	text_string(out, "{\"trace\":");
	text_json_string(out, m->name);
	put_number(out, "events", m->trace->nevents);
	put_number(out, "processes", m->rows.count);
	put_number(out, "violations", m->nviolations);
	if (p->event != MODEL_NONE)
		put_event(out, p);
	if (p->row != MODEL_NONE)
		put_string(out, "process", model_process(m, p->row)->path);
	put_number(out, "top", p->top);
	put_number(out, "start", layout_count(v->start));
	put_number(out, "end", layout_count(v->end));
	put_bool(out, "only", v->only);
	put_bool(out, "hide", v->hide);
	put_number(out, "shown", p->nshown);
	put_bool(out, "playing", v->playing);
	put_bool(out, "help", v->help);
	put_string(out, "message", v->message);
	if (v->npanes > 1) {
		put_string(out, "active", v->active ? "B" : "A");
		put_number(out, "differences", v->compare.count);
		put_string(out, "compared", v->compare.summary);
	}
	put_guest(out, guest);
	text_string(out, "}\n");
}
