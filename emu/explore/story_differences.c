/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/preemption.h"
#include "explore/story_private.h"

/* More preemptions than that are not told one by one. */
#define DIFFERENCES_MAX 8

/* The instruction of a step that made an access. */
static uint64_t rip_of(const struct story *s, size_t step,
                       const struct order_access *access)
{
	const struct record *r = s->record;
	size_t end = step + 1 < s->steps->nsteps ? s->steps->infos[step + 1].access
	                                         : r->naccesses;

	for (size_t i = s->steps->infos[step].access; i < end; i++) {
		const struct machine_access *a = &r->accesses[i];

		if (!(a->flags & MACHINE_ACCESS_PORT) && a->pa < access->pa + 8u &&
		    access->pa < a->pa + 8u &&
		    access->write == ((a->flags & MACHINE_ACCESS_WRITE) != 0))
			return a->rip;
	}
	return s->steps->steps[step].rip;
}

static void put_access(struct story *s, size_t step, const struct order_access *access,
                       const char *how)
{
	uint64_t rip = rip_of(s, step, access);
	struct text line = {0};

	text_printf(&line, "%s%s %s it in ", how,
	            record_who(s->record, s->steps->steps[step].thread),
	            access->write ? "writes" : "reads");
	story_place(s, &line, rip);
	if (!line.failed)
		story_line(s, 2, line.data);
	text_free(&line);
	story_source(s, rip);
}

static void tell(struct story *s, const struct preemption *p)
{
	struct preemption_conflict c;
	bool found = preemption_decided(s->steps, p, &c);
	struct text line = {0};

	text_printf(&line, "The preemption of %s at count %llu ",
	            record_who(s->record, p->thread),
	            (unsigned long long)s->steps->stretches[p->stretch].at);
	text_string(&line, found ? "decided who comes first to memory that both use:"
	                         : "kept it from what it was about to do: it touched "
	                           "nothing any more that others had touched.");
	if (!line.failed)
		story_line(s, 0, line.data);
	text_free(&line);
	if (!found)
		return;
	put_access(s, c.first, c.of_first, "first ");
	put_access(s, c.then, c.of_then, "then ");
}

void story_differences(struct story *s)
{
	struct preemption p = {0};

	for (int told = 0; told < DIFFERENCES_MAX && preemption_next(s->steps, &p);
	     told++) {
		if (told == 0)
			text_char(s->out, '\n');
		tell(s, &p);
	}
}
