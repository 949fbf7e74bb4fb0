/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables are at fixed places, so going back is copying what was in use of them.  The
 * places that probed functions return to stay known: that is about the machine's probes,
 * which do not go back, and one too many is asked in vain.
 */
#include "probe/tracer_private.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that grow. */
struct bytes {
	void *data;
	size_t room;
};

struct tracer_snapshot {
	struct bytes state; /* struct tracer up to its scratch */
	struct bytes processes, threads, pending;
	struct bytes maps[4];
};

#define STATE_SIZE offsetof(struct tracer, args_text)

int tracer_snapshot_create(struct tracer_snapshot **s)
{
	*s = calloc(1, sizeof(**s));
	return *s ? 0 : error_set(ERR_MEMORY, "out of memory");
}

void tracer_snapshot_destroy(struct tracer_snapshot *s)
{
	if (!s)
		return;
	free(s->state.data);
	free(s->processes.data);
	free(s->threads.data);
	free(s->pending.data);
	for (int i = 0; i < 4; i++)
		free(s->maps[i].data);
	free(s);
}

static bool keep(struct bytes *b, const void *data, size_t n)
{
	if (n > b->room) {
		void *bigger = realloc(b->data, n);

		if (!bigger)
			return false;
		b->data = bigger;
		b->room = n;
	}
	if (n > 0)
		memcpy(b->data, data, n);
	return true;
}

static void maps_of(struct tracer *t, struct map *maps[4])
{
	maps[0] = &t->process_map;
	maps[1] = &t->object_map;
	maps[2] = &t->thread_map;
	maps[3] = &t->pending_map;
}

int tracer_snapshot_take(struct tracer_snapshot *s, const struct tracer *t)
{
	const struct map *maps[4] = {&t->process_map, &t->object_map, &t->thread_map,
	                             &t->pending_map};
	bool kept =
		keep(&s->state, t, STATE_SIZE) &&
		keep(&s->processes, t->processes,
	             t->processes_used * sizeof(*t->processes)) &&
		keep(&s->threads, t->threads, t->threads_used * sizeof(*t->threads)) &&
		keep(&s->pending, t->pending, t->pending_used * sizeof(*t->pending));

	for (int i = 0; i < 4; i++)
		kept = kept && keep(&s->maps[i], maps[i]->slots,
		                    maps[i]->room * sizeof(*maps[i]->slots));
	return kept ? 0 : error_set(ERR_MEMORY, "no memory for a snapshot");
}

/* `m` is as it was when the slots were kept, apart from where its slots are. */
static bool restore_map(struct map *m, const struct map *now, const struct bytes *slots)
{
	if (now->room == m->room) {
		m->slots = now->slots;
	} else {
		free(now->slots);
		m->slots = m->room ? malloc(m->room * sizeof(*m->slots)) : NULL;
		if (m->room && !m->slots) {
			*m = (struct map){0};
			return false;
		}
	}
	if (m->room)
		memcpy(m->slots, slots->data, m->room * sizeof(*m->slots));
	return true;
}

int tracer_snapshot_restore(const struct tracer_snapshot *s, struct tracer *t)
{
	struct map sites = t->sites, now[4], *maps[4];
	size_t nreturn_sites = t->nreturn_sites, return_first = t->return_first;
	bool restored = true;

	maps_of(t, maps);
	for (int i = 0; i < 4; i++)
		now[i] = *maps[i];
	memcpy(t, s->state.data, STATE_SIZE);
	t->sites = sites;
	t->nreturn_sites = nreturn_sites;
	t->return_first = return_first;
	for (int i = 0; i < 4; i++)
		restored &= restore_map(maps[i], &now[i], &s->maps[i]);
	memcpy(t->processes, s->processes.data,
	       t->processes_used * sizeof(*t->processes));
	memcpy(t->threads, s->threads.data, t->threads_used * sizeof(*t->threads));
	if (t->pending_used > 0)
		memcpy(t->pending, s->pending.data,
		       t->pending_used * sizeof(*t->pending));
	return restored ? 0 : error_set(ERR_MEMORY, "no memory to go back");
}
