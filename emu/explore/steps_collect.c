/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The accesses of a record that another thread's may conflict with. */
#include "explore/steps_private.h"

#include <string.h>

static void new_epoch(struct steps_storage *s)
{
	s->nlives = 0;
	if (++s->epoch != 0)
		return;
	memset(s->words, 0, (s->nwords + PORT_WORDS) * sizeof(*s->words));
	s->epoch = 1;
}

static struct candidate *add_candidate(struct steps *steps, uint32_t access,
                                       uint16_t thread)
{
	struct steps_storage *s = steps->storage;
	struct candidate *c;

	if (!array_grow(&s->candidates, &s->candidates_room, s->ncandidates + 1,
	                sizeof(*s->candidates)))
		return NULL;
	c = &s->candidates[s->ncandidates++];
	*c = (struct candidate){
		.access = access,
		.stretch = (uint32_t)(steps->nstretches - 1),
		.thread = (uint8_t)thread,
	};
	return c;
}

static bool add_stretch(struct steps *steps, uint16_t thread, uint64_t at,
                        uint32_t access, enum record_why why)
{
	if (!array_grow(&steps->stretches, &steps->storage->stretches_room,
	                steps->nstretches + 1, sizeof(*steps->stretches)))
		return false;
	steps->stretches[steps->nstretches++] = (struct steps_stretch){
		.at = at,
		.access = access,
		.thread = thread,
		.why = why,
	};
	return true;
}

static bool touch(struct steps_storage *s, uint64_t at, const struct candidate *c,
                  bool write, uint32_t *index)
{
	struct word *w = &s->words[at];
	struct life *life;

	if (w->epoch != s->epoch) {
		if (!array_grow(&s->lives, &s->lives_room, s->nlives + 1,
		                sizeof(*s->lives)))
			return false;
		*w = (struct word){s->epoch, (uint32_t)s->nlives};
		s->lives[s->nlives++] = (struct life){.thread = c->thread};
	}
	*index = w->life;
	life = &s->lives[w->life];
	life->shared |= life->thread != c->thread;
	life->written |= write;
	life->outside |= !c->commutes;
	return true;
}

/*
 * Memory that is given out, or back, begins anew: who had it before gave it back first,
 * and the allocator's own data orders the two.
 */
static void begin_lives(struct steps_storage *s, uint64_t pa, uint64_t n)
{
	for (uint64_t at = pa / WORD; at * WORD < pa + n && at < s->nwords; at++)
		s->words[at].epoch = 0;
}

static bool is_shared(const struct life *life)
{
	return life->shared && life->written && life->outside;
}

bool steps_is_conflict(const struct steps_storage *s, const struct candidate *c)
{
	return is_shared(&s->lives[c->life]) || is_shared(&s->lives[c->last_life]);
}

/*
 * A thread is started or woken.  The first time there is something to choose only now:
 * what came before is forgotten, since it comes first in every interleaving, and most
 * records leave it out.
 */
static bool add_wakeup(struct steps *steps, uint32_t access, unsigned int thread)
{
	struct steps_storage *s = steps->storage;
	struct candidate *c;

	if (!s->begun) {
		s->begun = true;
		s->ncandidates = 0;
		new_epoch(s);
	}
	c = add_candidate(steps, access, s->current);
	if (c)
		c->wakes = (uint8_t)(thread + 1);
	return c != NULL;
}

/* The switch away that the thread which runs is on its way to is its last. */
static bool exits_next(const struct record *r, size_t mark)
{
	while (mark < r->nmarks && r->marks[mark].kind != RECORD_SWITCH)
		mark++;
	return mark < r->nmarks && r->marks[mark].b == RECORD_EXIT;
}

static bool add_access_candidate(struct steps *steps, const struct machine_access *a,
                                 uint32_t i, bool prologue)
{
	struct steps_storage *s = steps->storage;
	uint64_t first = steps_word_of(s, a), last = first;
	struct candidate *c;

	if (a->pa % WORD + a->size > WORD)
		last++;
	c = add_candidate(steps, i, s->current);
	if (!c)
		return false;
	c->prologue = prologue;
	c->commutes = s->held[s->current] != 0;
	return touch(s, first, c, steps_writes(a), &c->life) &&
	       touch(s, last, c, steps_writes(a), &c->last_life);
}

/*
 * Of the scheduler's data two things count: that a thread is woken; and that it is off
 * its stack for good, which whoever frees it has to look at.
 */
static bool look_at_schedule(struct steps *steps, const struct record *r, size_t mark,
                             uint32_t i, bool prologue)
{
	struct steps_storage *s = steps->storage;
	const struct machine_access *a = &r->accesses[i];
	unsigned int whose = s->schedule[a->pa / WORD].state_of;
	bool own = whose == s->current + 1u, blocked;

	/* The switch itself looks at both threads. */
	if (prologue || whose == 0 || r->threads[whose - 1].idle)
		return true;
	s->targets[i] = (uint8_t)whose;
	blocked = s->blocked >> (whose - 1) & 1;
	if (own == steps_writes(a) && !blocked && (!own || exits_next(r, mark)))
		return add_access_candidate(steps, a, i, prologue);
	if (own || !steps_writes(a) || !blocked)
		return true;
	s->blocked &= ~(1ull << (whose - 1));
	return add_wakeup(steps, i, whose - 1);
}

/* `mark` is the first that comes after it. */
static bool look_at(struct steps *steps, const struct record *r, size_t mark, uint32_t i)
{
	struct steps_storage *s = steps->storage;
	const struct machine_access *a = &r->accesses[i];
	bool prologue;

	s->targets[i] = 0;
	if (steps_by_interrupt(s, a))
		return true;
	prologue = steps_in_prologue(s, a);
	if (prologue && steps_on_stack_left(s, r, a))
		return true;
	if (!(a->flags & MACHINE_ACCESS_PORT) && steps_is_schedule(s, a))
		return look_at_schedule(steps, r, mark, i, prologue);
	if (r->threads[s->current].idle || steps_in_lock(s, a->rip))
		return true;
	s->targets[i] = s->held[s->current] ? COMMUTING : MEMORY;
	if (!(a->flags & MACHINE_ACCESS_PORT) && !record_may_share(r, a))
		return true;
	return add_access_candidate(steps, a, i, prologue);
}

static bool see_mark(struct steps *steps, const struct record *r,
                     const struct record_mark *m)
{
	struct steps_storage *s = steps->storage;

	steps_pass_mark(s, m);
	steps_pass_lock(steps, m, s->held);
	switch (m->kind) {
	case RECORD_SWITCH:
		if (!add_stretch(steps, (uint16_t)m->a,
		                 s->choosing ? s->chosen_at : m->icount, m->access,
		                 (enum record_why)m->b))
			return false;
		s->choosing = s->choosing && m->a != s->chosen;
		return true;
	case RECORD_CHOICE:
		s->choosing = m->b != s->current;
		s->chosen = (uint16_t)m->b;
		s->chosen_at = m->a;
		return true;
	case RECORD_START:
		steps_mask_thread(s, r, m->a);
		if (m->access >= r->naccesses)
			return true;
		/* Whoever writes its state wakes it. */
		if (!m->b && r->threads[m->a].state != UINT64_MAX) {
			s->blocked |= 1ull << m->a;
			return true;
		}
		return add_wakeup(steps, m->access, (unsigned int)m->a);
	case RECORD_ALLOC:
	case RECORD_PAGES:
	case RECORD_PAGES_FREE:
		begin_lives(s, m->a, m->b);
		return true;
	case RECORD_FREE:
		for (size_t i = 0; i < r->nthreads; i++)
			if (r->threads[i].pa == m->a)
				steps_unmask_thread(s, i);
		return true;
	default:
		return true;
	}
}

/* Threads that were there at the start; the others come with their marks. */
static void mask_first_threads(struct steps_storage *s, const struct record *r)
{
	uint64_t started = 0;

	for (size_t i = 0; i < RECORD_THREADS_MAX; i++)
		steps_unmask_thread(s, i);
	for (size_t i = 0; i < r->nmarks; i++)
		if (r->marks[i].kind == RECORD_START)
			started |= 1ull << r->marks[i].a;
	for (size_t i = 0; i < r->nthreads; i++)
		if (!(started >> i & 1))
			steps_mask_thread(s, r, i);
}

static void touch_page(struct steps_storage *s, uint32_t frame)
{
	struct record_page *p = &s->pages[frame];

	if (p->record != s->record)
		*p = (struct record_page){.record = s->record, .thread = s->current};
	p->shared |= p->thread != s->current;
}

/* Most memory is one thread's, page by page: it need not be looked at word by word. */
static void find_shared_pages(struct steps_storage *s, struct record *r)
{
	size_t m = 0;

	if (++s->record == 0) {
		memset(s->pages, 0, (s->nwords * WORD / RECORD_PAGE) * sizeof(*s->pages));
		s->record = 1;
	}
	steps_start_walk(s, r);
	for (size_t i = 0; i < r->naccesses; i++) {
		const struct machine_access *a = &r->accesses[i];

		for (; m < r->nmarks && r->marks[m].access <= i; m++)
			steps_pass_mark(s, &r->marks[m]);
		if (a->flags & MACHINE_ACCESS_PORT)
			continue;
		if (((s->in_irq | s->fresh) >> s->current & 1) &&
		    !steps_by_interrupt(s, a) && steps_in_prologue(s, a) &&
		    steps_on_stack_left(s, r, a))
			continue;
		touch_page(s, a->pa / RECORD_PAGE);
		if (a->pa % RECORD_PAGE + a->size > RECORD_PAGE)
			touch_page(s, a->pa / RECORD_PAGE + 1);
	}
	r->pages = s->pages;
}

bool steps_collect(struct steps *steps, struct record *r)
{
	struct steps_storage *s = steps->storage;
	bool room;
	size_t m = 0;

	find_shared_pages(s, r);
	new_epoch(s);
	steps_start_walk(s, r);
	mask_first_threads(s, r);
	s->ncandidates = 0;
	s->begun = r->first_ready != 0;
	steps->nstretches = 0;
	room = array_grow(&s->targets, &s->targets_room, r->naccesses, 1) &&
	       add_stretch(steps, r->first_thread, r->start, 0, RECORD_BLOCK);
	for (uint32_t i = 0; i < r->naccesses && room; i++) {
		for (; m < r->nmarks && r->marks[m].access <= i && room; m++)
			room = see_mark(steps, r, &r->marks[m]);
		room = room && look_at(steps, r, m, i);
	}
	if (!s->begun)
		s->ncandidates = 0;
	return room;
}

static void note_shared(struct steps_storage *s, const struct record *r)
{
	for (size_t i = 0; i < s->ncandidates; i++) {
		const struct candidate *c = &s->candidates[i];
		uint64_t word = steps_word_of(s, &r->accesses[c->access]);

		if (!c->wakes && steps_is_conflict(s, c))
			s->shared[word / 8] |= (uint8_t)(1u << word % 8);
	}
}

bool steps_was_shared(const struct steps *steps, const struct machine_access *a)
{
	const struct steps_storage *s = steps->storage;
	uint64_t word = steps_word_of(s, a);

	return s->shared[word / 8] >> word % 8 & 1;
}

uint64_t steps_begin(struct steps *steps, struct record *r)
{
	struct steps_storage *s = steps->storage;

	if (!steps_collect(steps, r))
		return UINT64_MAX;
	note_shared(s, r);
	if (r->first_ready != 0)
		return r->start;
	return s->ncandidates == 0 ? UINT64_MAX
	                           : r->accesses[s->candidates[0].access].icount;
}
