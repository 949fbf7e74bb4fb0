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

/* Two steps whose order a preemption decided, and what they both touch. */
struct difference {
	size_t first, then;
	const struct order_access *of_first, *of_then;
};

/* Of a thread preempted before stretch `n`, and of others until it came back. */
static bool find_difference(const struct steps *steps, uint32_t n, struct difference *d)
{
	uint16_t thread = steps->stretches[n - 1].thread;
	size_t begin = 0, back;

	while (begin < steps->nsteps && steps->infos[begin].stretch < n)
		begin++;
	for (back = begin; back < steps->nsteps; back++)
		if (steps->steps[back].thread == thread)
			break;
	for (d->then = back; d->then < steps->nsteps; d->then++) {
		if (steps->steps[d->then].thread != thread)
			continue;
		for (d->first = begin; d->first < back; d->first++) {
			d->of_first = conflict(&steps->steps[d->first],
			                       &steps->steps[d->then], &d->of_then);
			if (d->of_first)
				return true;
		}
	}
	return false;
}

static void tell(struct story *s, uint32_t n)
{
	const struct steps_stretch *stretches = s->steps->stretches;
	struct text line = {0};
	struct difference d;
	bool found = find_difference(s->steps, n, &d);

	text_printf(&line, "The preemption of %s at count %llu ",
	            story_who(s, stretches[n - 1].thread),
	            (unsigned long long)stretches[n].at);
	text_string(&line, found ? "decided who comes first to memory that both use:"
	                         : "kept it from what it was about to do: it touched "
	                           "nothing any more that others had touched.");
	if (!line.failed)
		story_line(s, 0, line.data);
	text_free(&line);
	if (!found)
		return;
	put_access(s, d.first, d.of_first, "first ");
	put_access(s, d.then, d.of_then, "then ");
}

void story_differences(struct story *s)
{
	const struct steps_stretch *stretches = s->steps->stretches;
	int told = 0;

	for (uint32_t n = 1; n < s->steps->nstretches && told < DIFFERENCES_MAX; n++) {
		if (!stretches[n].preempting || !stretches[n - 1].visible)
			continue;
		if (told++ == 0)
			text_char(s->out, '\n');
		tell(s, n);
	}
}
