/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/steps_private.h"

#include <stdlib.h>
#include <string.h>

#include "boot/elf.h"
#include "probe/kernel.h"

/* --- steps --- */

/* Brings the stretches up to number `n`: which of them came by a preemption. */
static unsigned int pass_stretches(struct steps *steps, uint32_t *done, uint32_t n,
                                   unsigned int preemptions)
{
	while (*done < n) {
		const struct steps_stretch *before = &steps->stretches[*done];
		struct steps_stretch *next = &steps->stretches[++*done];

		/* One that did nothing was only passed through. */
		next->preempting = next->why == RECORD_PREEMPT &&
		                   (before->visible || before->preempting);
		if (next->preempting && before->visible)
			preemptions++;
	}
	return preemptions;
}

static struct order_step *add_step(struct steps *steps, const struct candidate *c,
                                   uint64_t at, unsigned int preemptions)
{
	struct steps_storage *s = steps->storage;
	struct steps_stretch *stretch = &steps->stretches[c->stretch];
	bool first = !stretch->visible;
	struct order_step *step;

	if (!array_grow(&steps->steps, &s->steps_room, steps->nsteps + 1,
	                sizeof(*steps->steps)) ||
	    !array_grow(&steps->infos, &s->infos_room, steps->nsteps + 1,
	                sizeof(*steps->infos)))
		return NULL;
	stretch->visible = true;
	steps->infos[steps->nsteps] = (struct steps_info){
		.access = c->access,
		.stretch = c->stretch,
		.preemptions = preemptions,
	};
	step = &steps->steps[steps->nsteps++];
	*step = (struct order_step){
		.thread = c->thread,
		.preemptible = !c->prologue,
		.switched_in = first && !c->prologue,
		.preempting = stretch->preempting,
		.at = first ? stretch->at : at,
		/* Where its accesses begin; make_steps() makes a pointer and a length
	         * of it once they no longer move. */
		.accesses = NULL,
		.naccesses = s->naccesses,
	};
	return step;
}

static bool add_access(struct steps_storage *s, struct order_step *step,
                       const struct machine_access *a, bool commutes)
{
	struct order_access *to;

	if (!array_grow(&s->accesses, &s->accesses_room, s->naccesses + 1,
	                sizeof(*s->accesses)))
		return false;
	to = &s->accesses[s->naccesses++];
	*to = (struct order_access){
		.pa = (uint32_t)(steps_word_of(s, a) * WORD + a->pa % WORD),
		.size = a->size,
		.write = steps_writes(a),
		.commutes = commutes,
	};
	if (step->rip == 0)
		step->rip = a->rip;
	return true;
}

static bool make_steps(struct steps *steps, const struct record *r)
{
	struct steps_storage *s = steps->storage;
	struct order_step *step = NULL;
	unsigned int preemptions = 0;
	uint32_t done = 0;
	uint64_t at = 0;

	s->naccesses = 0;
	steps->nsteps = 0;
	for (size_t i = 0; i < s->ncandidates; i++) {
		const struct candidate *c = &s->candidates[i];
		const struct machine_access *a = &r->accesses[c->access];

		if (!c->wakes && !steps_is_conflict(s, c))
			continue;
		if (!step || step->thread != c->thread || a->icount != at ||
		    steps->infos[steps->nsteps - 1].stretch != c->stretch) {
			preemptions =
				pass_stretches(steps, &done, c->stretch, preemptions);
			step = add_step(steps, c, a->icount, preemptions);
			if (!step)
				return false;
			step->idle = r->threads[c->thread].idle;
			at = a->icount;
		}
		if (c->wakes)
			step->wakes |= 1ull << (c->wakes - 1);
		else if (!add_access(s, step, a, c->commutes))
			return false;
	}
	for (size_t i = 0; i < steps->nsteps; i++) {
		size_t first = steps->steps[i].naccesses;
		size_t end = i + 1 < steps->nsteps ? steps->steps[i + 1].naccesses
		                                   : s->naccesses;

		steps->steps[i].accesses = s->accesses + first;
		/* The next one's is still its index. */
		steps->steps[i].naccesses = end - first;
	}
	return true;
}

int steps_build(struct steps *steps, struct record *r)
{
	return steps_collect(steps, r) && make_steps(steps, r)
	               ? 0
	               : error_set(ERR_MEMORY, "no memory for an interleaving's steps");
}

static bool same_step(const struct machine_access *a, const struct machine_access *b)
{
	return !((a->flags ^ b->flags) & MACHINE_ACCESS_ATOMIC) && a->icount == b->icount;
}

/* See look_at_schedule(); one too many only lets a sleeper wake early. */
static bool is_last_state(unsigned int whose, uint16_t thread, bool exits,
                          const struct machine_access *a)
{
	if (whose == 0 || (whose == thread + 1u) != steps_writes(a))
		return false;
	return exits || whose != thread + 1u;
}

/* An access as a candidate; NULL where nobody else touches its page. */
static const struct candidate *find_candidate(const struct steps_storage *s,
                                              uint32_t access)
{
	size_t low = 0, high = s->ncandidates;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->candidates[middle].access < access)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->ncandidates && s->candidates[low].access == access
	               ? &s->candidates[low]
	               : NULL;
}

/*
 * A program's memory that nobody else touches in this life.  It is found so; but given to
 * another process later it would seem a conflict.
 */
static bool is_private(const struct steps_storage *s, const struct record *r,
                       uint32_t access)
{
	const struct candidate *c = find_candidate(s, access);

	return (r->accesses[access].flags & MACHINE_ACCESS_USER) &&
	       !(c && s->lives[c->life].shared);
}

/* Whether another thread's access could conflict with this one. */
static bool counts(struct steps_storage *s, const struct record *r, uint16_t thread,
                   bool exits, uint32_t access)
{
	const struct machine_access *a = &r->accesses[access];
	unsigned int target = s->targets[access];

	if (target != MEMORY && target != COMMUTING)
		return is_last_state(target, thread, exits, a);
	return (a->flags & MACHINE_ACCESS_PORT) || !is_private(s, r, access);
}

bool steps_is_lock(const struct steps *steps, uint64_t rip)
{
	return steps_in_lock(steps->storage, rip);
}

size_t steps_accesses(struct steps *steps, const struct record *r, size_t step,
                      struct order_access *accesses, size_t max)
{
	struct steps_storage *s = steps->storage;
	const struct steps_info *info = &steps->infos[step];
	const struct steps_stretch *stretch = &steps->stretches[info->stretch];
	const struct machine_access *shared = &r->accesses[info->access];
	uint32_t from = stretch->access, i = info->access, end;
	bool exits = false;
	size_t n = 0;

	end = (uint32_t)r->naccesses;
	if (info->stretch + 1 < steps->nstretches) {
		end = stretch[1].access;
		exits = stretch[1].why == RECORD_EXIT;
	}
	/* What comes before the first step of a stretch goes with it. */
	if (!steps->steps[step].switched_in)
		for (from = i;
		     from > stretch->access && same_step(&r->accesses[from - 1], shared);)
			from--;
	for (i = from; i < end && n < max; i++) {
		const struct machine_access *a = &r->accesses[i];
		struct order_access next = {
			.pa = (uint32_t)(steps_word_of(s, a) * WORD + a->pa % WORD),
			.size = a->size,
			.write = steps_writes(a),
			.commutes = s->targets[i] == COMMUTING,
		};

		if (i > info->access && !same_step(a, shared))
			break;
		if (counts(s, r, stretch->thread, exits, i) &&
		    (n == 0 || accesses[n - 1].pa != next.pa ||
		     accesses[n - 1].size != next.size ||
		     accesses[n - 1].write != next.write ||
		     accesses[n - 1].commutes != next.commutes))
			accesses[n++] = next;
	}
	return n;
}

/* --- life --- */

static int find_image(struct steps_storage *s, const struct images *images,
                      uint64_t ram_size)
{
	uint8_t *ram = calloc(1, ram_size);
	struct boot_kernel kernel;
	int err;

	if (!ram)
		return error_set(ERR_MEMORY, "out of memory");
	err = boot_elf_load(ram, ram_size, images->kernel.path, images->kernel.data,
	                    images->kernel.size, &kernel);
	free(ram);
	if (err)
		return err;
	s->image_start = kernel.start;
	s->image_end = kernel.end;
	return 0;
}

/* What each CPU has of its own. */
static void mask_percpu(struct steps_storage *s)
{
	uint64_t va, size, pa;

	if (kernel_percpu(s->kernel, &va, &size) &&
	    machine_translate(s->machine, 0, va, &pa))
		steps_mask_bytes(s, pa, size);
}

int steps_create(struct steps *steps, const struct images *images, struct machine *m)
{
	struct steps_storage *s = calloc(1, sizeof(*s));

	*steps = (struct steps){.storage = s};
	if (!s)
		return error_set(ERR_MEMORY, "out of memory");
	s->kernel = images->probe;
	s->machine = m;
	s->nwords = machine_ram_size(m) / WORD;
	s->thread_size = kernel_thread_size(s->kernel);
	if (s->thread_size > THREAD_SIZE_MAX)
		s->thread_size = THREAD_SIZE_MAX;
	/* One more: an access may reach over the end of the last one. */
	s->schedule = calloc(s->nwords + 1, sizeof(*s->schedule));
	s->words = calloc(s->nwords + PORT_WORDS + 1, sizeof(*s->words));
	s->pages = calloc(machine_ram_size(m) / RECORD_PAGE + 1, sizeof(*s->pages));
	s->shared = calloc(1, (s->nwords + PORT_WORDS) / 8 + 1);
	if (!s->schedule || !s->words || !s->pages || !s->shared)
		return error_set(ERR_MEMORY, "out of memory");
	mask_percpu(s);
	return find_image(s, images, machine_ram_size(m));
}

void steps_destroy(struct steps *steps)
{
	struct steps_storage *s = steps->storage;

	if (!s)
		return;
	free(steps->steps);
	free(steps->infos);
	free(steps->stretches);
	free(s->candidates);
	free(s->targets);
	free(s->accesses);
	free(s->lives);
	free(s->schedule);
	free(s->pages);
	free(s->shared);
	free(s->words);
	free(s);
	steps->storage = NULL;
}
