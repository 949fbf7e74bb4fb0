/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/script.h"

#include <stdlib.h>

#include "base/array.h"

int script_add(struct script *s, int cpu, uint64_t icount, int vector)
{
	if (!array_grow(&s->entries, &s->capacity, s->n + 1, sizeof(*s->entries)))
		return error_set(ERR_MEMORY, "out of memory");
	s->entries[s->n++] = (struct script_entry){cpu, icount, vector};
	return 0;
}

void script_free(struct script *s)
{
	free(s->entries);
	*s = (struct script){0};
}

int script_from_trace(struct script *s, const struct trace *trace)
{
	int err = 0;

	for (size_t i = 0; i < trace->nevents && err == 0; i++) {
		const struct trace_event *e = &trace->events[i];

		if (e->kind == TRACE_IRQ && !e->irq.idle)
			err = script_add(s, e->cpu, e->icount, e->irq.vector);
	}
	return err;
}

static uint64_t next(void *ctx, int cpu, uint64_t icount)
{
	struct script_player *p = ctx;

	(void)cpu;
	(void)icount;
	return p->next < p->script->n ? p->script->entries[p->next].icount : UINT64_MAX;
}

static int ask(void *ctx, int cpu, uint64_t icount)
{
	struct script_player *p = ctx;

	(void)cpu;
	/* Its count has passed while the CPU was halted: it can no longer be exact. */
	if (p->script->entries[p->next].icount != icount) {
		p->refused = true;
		return SCHEDULE_STOP;
	}
	return p->script->entries[p->next++].vector;
}

static void refused(void *ctx, int cpu, uint64_t icount, int vector)
{
	struct script_player *p = ctx;

	(void)cpu;
	(void)icount;
	p->refused = true;
	/* Where it can take none it was not asked which. */
	if (vector >= 0)
		p->next--;
}

void script_play(struct script_player *player, const struct script *script)
{
	*player = (struct script_player){
		.schedule = {next, ask, refused, .exact = true, .ctx = player},
		.script = script,
	};
}
