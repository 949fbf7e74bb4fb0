/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/story_private.h"

/* More preemptions than that are not told one by one. */
#define DIFFERENCES_MAX 8

static bool overlap(const struct order_access *a, const struct order_access *b)
{
	return (a->write || b->write) && a->pa < b->pa + b->size &&
	       b->pa < a->pa + a->size;
}

static const struct order_access *conflict(const struct order_step *a,
                                           const struct order_step *b,
                                           const struct order_access **of_b)
{
	for (size_t i = 0; i < a->naccesses; i++) {
		for (size_t j = 0; j < b->naccesses; j++) {
			if (!overlap(&a->accesses[i], &b->accesses[j]))
				continue;
			*of_b = &b->accesses[j];
			return &a->accesses[i];
		}
	}
	return NULL;
}

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
	            story_who(s, s->steps->steps[step].thread),
	            access->write ? "writes" : "reads");
	story_place(s, &line, rip);
	if (!line.failed)
		story_line(s, 2, line.data);
	text_free(&line);
	story_source(s, rip);
}

/* Of a thread preempted before stretch `n`, and of others until it came back. */
static bool tell(struct story *s, uint32_t n)
{
	const struct steps *steps = s->steps;
	uint16_t thread = steps->stretches[n - 1].thread;
	size_t first = 0, back;

	while (first < steps->nsteps && steps->infos[first].stretch < n)
		first++;
	for (back = first; back < steps->nsteps; back++)
		if (steps->steps[back].thread == thread)
			break;
	for (size_t mine = back; mine < steps->nsteps; mine++) {
		if (steps->steps[mine].thread != thread)
			continue;
		for (size_t other = first; other < back; other++) {
			const struct order_access *a, *b;

			a = conflict(&steps->steps[other], &steps->steps[mine], &b);
			if (!a)
				continue;
			put_access(s, other, a, "first ");
			put_access(s, mine, b, "then ");
			return true;
		}
	}
	return false;
}

void story_differences(struct story *s)
{
	const struct steps *steps = s->steps;
	int told = 0;

	for (uint32_t n = 1; n < steps->nstretches && told < DIFFERENCES_MAX; n++) {
		struct text line = {0};

		if (!steps->stretches[n].preempting || !steps->stretches[n - 1].visible)
			continue;
		text_printf(&line,
		            "The preemption of %s at count %llu decided who comes first "
		            "to memory that both use:",
		            story_who(s, steps->stretches[n - 1].thread),
		            (unsigned long long)steps->stretches[n].at);
		if (told == 0)
			text_char(s->out, '\n');
		if (!line.failed)
			story_line(s, 0, line.data);
		text_free(&line);
		if (!tell(s, n))
			story_line(s, 2, "it never came back to any");
		told++;
	}
}
