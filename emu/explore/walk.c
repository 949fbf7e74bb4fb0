/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/walk.h"

#define NOT_YET UINT64_MAX

void walk_start(struct walk *w, const struct record *record)
{
	*w = (struct walk){
		.record = record,
		.current = record->first_thread,
		.came_own = UINT64_MAX,
	};
	for (size_t i = 0; i < RECORD_THREADS_MAX; i++)
		w->region[i] = NOT_YET;
}

static void pass_mark(struct walk *w, const struct record_mark *m)
{
	if (m->kind == RECORD_IRQ) {
		/* It may go on where another has just ended: one atomic part. */
		w->settling |= 1ull << m->thread;
		w->region[m->thread] = NOT_YET;
	} else if (m->kind == RECORD_SWITCH) {
		w->current = (uint16_t)m->a;
		w->settling |= 1ull << m->a;
		w->region[m->a] = NOT_YET;
		w->came_own = w->own[m->a];
		w->came_at = m->icount;
		w->came_why = (enum record_why)m->b;
	}
}

const struct record_mark *walk_next_mark(struct walk *w, size_t i)
{
	const struct record *r = w->record;
	const struct record_mark *m;

	if (w->mark == r->nmarks || r->marks[w->mark].access > i)
		return NULL;
	m = &r->marks[w->mark++];
	pass_mark(w, m);
	return m;
}

bool walk_is_own(struct walk *w, const struct machine_access *a)
{
	uint64_t *region = &w->region[w->current], bit = 1ull << w->current;

	if (!(w->settling & bit))
		return true;
	if (a->flags & MACHINE_ACCESS_ATOMIC) {
		if (*region == NOT_YET)
			*region = a->icount;
		if (*region == a->icount)
			return false;
	}
	w->settling &= ~bit;
	return true;
}

bool walk_has_just_come(const struct walk *w)
{
	return w->own[w->current] == w->came_own;
}
