/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run by the interrupts of a trace instead of switches. */
#include "explore/runner_private.h"

bool runner_script_due(const struct runner *r, uint64_t *at)
{
	if (!r->scripted || r->script_next == r->script->n)
		return false;
	*at = r->script->entries[r->script_next].icount;
	return true;
}

int runner_script_ask(struct runner *r, uint64_t icount)
{
	const struct script_entry *e = &r->script->entries[r->script_next];

	/* It could not be taken where it was: this is not the run of the trace. */
	if (e->icount != icount) {
		r->impossible = true;
		return SCHEDULE_STOP;
	}
	r->script_next++;
	return e->vector;
}

int runner_run_script(struct runner *r, struct record *record,
                      struct search_result *result)
{
	static const struct search_item none;
	int err;

	r->scripted = true;
	r->script_next = r->script_start;
	err = runner_run(r, &none, record, result);
	r->scripted = false;
	return err;
}
