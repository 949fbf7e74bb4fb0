/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "explore/story_private.h"
#include "probe/kernel.h"
#include "probe/profile.h"
#include "probe/symbols.h"

#define RANGES_MAX 64

/*
 * The source files of the switch and of the locks: that a thread stands there when it
 * leaves the CPU says nothing.
 */
struct plumbing {
	struct symbols_range ranges[RANGES_MAX];
	size_t n;
};

static void find_plumbing(const struct story *s, struct plumbing *out)
{
	const struct profile *p = kernel_profile(s->images->probe);
	uint64_t address, size;

	out->n = 0;
	for (size_t i = 0; i < p->nprobes; i++) {
		enum profile_event event = p->probes[i].event;

		if ((event == PROFILE_SWITCH || event == PROFILE_LOCK_ACQUIRE ||
		     event == PROFILE_LOCK_RELEASE) &&
		    symbols_lookup(s->symbols, p->probes[i].function, &address, &size))
			out->n += symbols_unit(s->symbols, address, out->ranges + out->n,
			                       RANGES_MAX - out->n);
	}
}

static bool is_telling(const struct plumbing *p, uint64_t rip)
{
	for (size_t i = 0; i < p->n; i++)
		if (rip >= p->ranges[i].start && rip < p->ranges[i].end)
			return false;
	return true;
}

/* What tells something has precedence. */
static void note_access(struct story_stretch *t, const struct plumbing *p, uint64_t rip)
{
	bool telling = is_telling(p, rip);

	if (!t->first || (telling && !t->telling))
		t->first = rip;
	if (telling || !t->telling)
		t->last = rip;
	t->telling |= telling;
}

static bool has_event(const struct record *r, const struct story_stretch *t)
{
	for (size_t i = t->mark; i < t->end; i++)
		if (r->marks[i].kind == RECORD_EVENT &&
		    r->events[r->marks[i].a].kind != TRACE_SWITCH &&
		    r->events[r->marks[i].a].kind != TRACE_IRQ)
			return true;
	return false;
}

static void end_stretch(const struct record *r, struct story_stretch *t, size_t mark)
{
	const struct record_mark *m = &r->marks[mark];

	t->end = mark;
	t->why = (enum record_why)m->b;
	t->next = (uint16_t)m->a;
	t->at = m->icount;
	t->passed = r->threads[t->thread].idle ||
	            (t->why == RECORD_PREEMPT && t->first == 0 && !has_event(r, t));
}

int story_stretches(const struct story *s, struct story_stretch **stretches, size_t *n)
{
	const struct record *r = s->record;
	struct story_stretch *t = calloc(r->nmarks + 1, sizeof(*t));
	struct plumbing plumbing;
	struct walk w;

	if (!t)
		return error_set(ERR_MEMORY, "out of memory");
	*stretches = t;
	find_plumbing(s, &plumbing);
	walk_start(&w, r);
	t->thread = r->first_thread;
	for (size_t i = 0; i <= r->naccesses; i++) {
		const struct record_mark *m;

		while ((m = walk_next_mark(&w, i))) {
			if (m->kind != RECORD_SWITCH)
				continue;
			end_stretch(r, t, w.mark - 1);
			*++t = (struct story_stretch){.thread = (uint16_t)m->a,
			                              .mark = w.mark};
		}
		if (i == r->naccesses || !walk_is_own(&w, &r->accesses[i]))
			continue;
		w.own[w.current]++;
		note_access(t, &plumbing, r->accesses[i].rip);
	}
	t->end = r->nmarks;
	t->ended = true;
	t->at = r->end;
	t->passed = r->threads[t->thread].idle;
	*n = (size_t)(t - *stretches) + 1;
	return 0;
}
