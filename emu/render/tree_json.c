/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forest for programs: a flat array in preorder, so that depth costs no reader its
 * stack.  Moments are sequence numbers of events; what has not happened is absent.
 */
#include "render/render.h"
#include "trace/format.h"

static void put_moment(struct text *out, const char *name, uint64_t seq)
{
	if (seq == FOREST_NEVER)
		return;
	text_member_unsigned(out, name, seq);
}

static void put_other(struct text *out, const char *name, const struct forest *f,
                      size_t at)
{
	if (at != FOREST_NONE)
		text_member_string(out, name, f->processes[at].path);
}

static void put_process(struct text *out, const struct forest *f, size_t at)
{
	static const char *const fates[] = {"alive", "zombie", "waited", "reaped"};
	const struct forest_process *p = &f->processes[at];

	text_char(out, '{');
	text_member_string(out, "proc", p->path);
	text_member_signed(out, "pid", p->pid);
	put_other(out, "parent", f, p->parent);
	if (p->program)
		text_member_string(out, "program", p->program);
	if (p->exit != FOREST_NEVER) {
		text_json_key(out, "status");
		trace_format_status(out, p->status);
	}
	if (p->reason)
		text_member_string(out, "killed", p->reason);
	text_member_string(out, "fate", fates[render_fate(p)]);
	if (p->parent != FOREST_NONE)
		text_member_string(out, "ordering",
		                   forest_ordering_name(forest_ordering(f, at)));
	if (p->keeper != p->parent)
		put_other(out, "adopted_by", f, p->keeper);
	put_other(out, "waited_by", f, p->waiter);
	if (p->reap != FOREST_NEVER)
		text_member_string(out, "reaped_by",
		                   p->reaper == FOREST_NONE
		                           ? TRACE_KERNEL_PROC
		                           : f->processes[p->reaper].path);
	put_moment(out, "forked", p->fork);
	put_moment(out, "execed", p->exec);
	put_moment(out, "orphaned", p->orphaned);
	put_moment(out, "abandoned", p->abandoned);
	put_moment(out, "reparented", p->reparented);
	put_moment(out, "exited", p->exit);
	put_moment(out, "wait_entered", p->entered);
	put_moment(out, "wait_returned", p->returned);
	put_moment(out, "reaped", p->reap);
	text_char(out, '}');
}

void render_json(const struct render_input *in, struct text *out)
{
	size_t depth;

	text_string(out, "{\"format\":\"forkscope-tree\",\"version\":1");
	if (in->trace->complete)
		text_member_string(out, "outcome",
		                   trace_outcome_name(in->trace->end.outcome));
	text_json_key(out, "processes");
	text_char(out, '[');
	for (size_t at = forest_next(in->forest, FOREST_NONE, &depth); at != FOREST_NONE;
	     at = forest_next(in->forest, at, &depth)) {
		text_json_next(out);
		put_process(out, in->forest, at);
	}
	text_string(out, "]}\n");
}
