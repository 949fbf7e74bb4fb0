/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/steps_private.h"

#include <string.h>

/* --- the scheduler's data --- */

void steps_mask_bytes(struct steps_storage *s, uint64_t pa, size_t n)
{
	for (uint64_t at = pa; at < pa + n && at / WORD < s->nwords; at++)
		s->schedule[at / WORD].bytes |= (uint8_t)(1u << at % WORD);
}

void steps_mask_thread(struct steps_storage *s, const struct record *r, size_t thread)
{
	const struct record_thread *t = &r->threads[thread];

	if (t->pa == UINT64_MAX || t->state == UINT64_MAX)
		return;
	for (size_t i = 0; i < s->thread_size; i++)
		if (s->offsets[i])
			steps_mask_bytes(s, t->pa + i, 1);
	s->schedule[t->state / WORD].state_of = (uint8_t)(thread + 1);
	s->masked |= 1ull << thread;
	s->masked_pa[thread] = t->pa;
	s->masked_state[thread] = t->state;
}

void steps_unmask_thread(struct steps_storage *s, size_t thread)
{
	uint64_t pa = s->masked_pa[thread];

	if (!(s->masked >> thread & 1))
		return;
	s->masked &= ~(1ull << thread);
	s->schedule[s->masked_state[thread] / WORD].state_of = 0;
	if (pa >= s->image_start && pa < s->image_end)
		return;
	/* A thread structure may reach over the end of RAM, as far as a guest says. */
	for (size_t i = 0; i < s->thread_size && (pa + i) / WORD < s->nwords; i++)
		if (s->offsets[i])
			s->schedule[(pa + i) / WORD].bytes &=
				(uint8_t)~(1u << (pa + i) % WORD);
}

/* --- walking a record --- */

void steps_start_walk(struct steps_storage *s, const struct record *r)
{
	s->current = s->left = r->first_thread;
	s->in_irq = s->fresh = 0;
	s->choosing = false;
	s->blocked = r->first_blocked;
	memset(s->held, 0, sizeof(s->held));
	for (size_t i = 0; i < r->nthreads; i++)
		s->region[i] = NOT_YET;
}

void steps_commute(struct steps *steps, const uint64_t *locks, size_t n)
{
	steps->storage->commuting_locks = locks;
	steps->storage->ncommuting_locks = n;
}

void steps_pass_lock(const struct steps *steps, const struct record_mark *m,
                     uint8_t held[static RECORD_THREADS_MAX])
{
	const struct steps_storage *s = steps->storage;
	bool commutes = false;

	if (m->kind == RECORD_SWITCH && m->b != RECORD_PREEMPT)
		held[m->thread] = 0;
	for (size_t i = 0; i < s->ncommuting_locks; i++)
		commutes |= s->commuting_locks[i] == m->a;
	if (commutes && m->kind == RECORD_ACQUIRE)
		held[m->thread]++;
	else if (commutes && m->kind == RECORD_RELEASE && held[m->thread])
		held[m->thread]--;
}

void steps_pass_mark(struct steps_storage *s, const struct record_mark *m)
{
	switch (m->kind) {
	case RECORD_IRQ:
		s->in_irq |= 1ull << m->thread;
		/* After another one it may be in that one's stretch still. */
		s->region[m->thread] = NOT_YET;
		break;
	case RECORD_SWITCH:
		s->left = m->thread;
		s->current = (uint16_t)m->a;
		s->region[m->a] = NOT_YET;
		s->fresh |= 1ull << m->a;
		if (m->b == RECORD_BLOCK)
			s->blocked |= 1ull << m->thread;
		break;
	default:
		break;
	}
}

/* The thread is still in the stretch without interrupts that it was in before. */
static bool same_region(struct steps_storage *s, const struct machine_access *a)
{
	if (!(a->flags & MACHINE_ACCESS_ATOMIC))
		return false;
	if (s->region[s->current] == NOT_YET)
		s->region[s->current] = a->icount;
	return s->region[s->current] == a->icount;
}

/* Whether the access is made on behalf of an interrupt; those are the schedule's. */
bool steps_by_interrupt(struct steps_storage *s, const struct machine_access *a)
{
	uint64_t bit = 1ull << s->current;

	if (!(s->in_irq & bit))
		return false;
	if (same_region(s, a))
		return true;
	s->in_irq &= ~bit;
	return false;
}

bool steps_in_prologue(struct steps_storage *s, const struct machine_access *a)
{
	uint64_t bit = 1ull << s->current;

	if (!(s->fresh & bit))
		return false;
	if (same_region(s, a))
		return true;
	s->fresh &= ~bit;
	return false;
}

/* A switch is told where it begins: what it still does with the old stack is not new. */
bool steps_on_stack_left(const struct steps_storage *s, const struct record *r,
                         const struct machine_access *a)
{
	uint64_t stack = r->threads[s->left].stack;

	return stack != UINT64_MAX && a->pa + STACK_REACH > stack &&
	       a->pa < stack + STACK_REACH;
}

static void survey_access(struct steps_storage *s, const struct record *r,
                          const struct machine_access *a)
{
	if (a->flags & MACHINE_ACCESS_PORT)
		return;
	if (a->pa >= s->image_start && a->pa < s->image_end)
		steps_mask_bytes(s, a->pa, a->size);
	for (size_t i = 0; i < r->nthreads; i++) {
		uint64_t offset = a->pa - r->threads[i].pa;

		for (size_t n = 0; n < a->size && offset + n < s->thread_size; n++)
			s->offsets[offset + n] = 1;
	}
}

void steps_survey(struct steps *steps, const struct record *r)
{
	struct steps_storage *s = steps->storage;
	size_t m = 0;

	steps_start_walk(s, r);
	for (size_t i = 0; i < r->naccesses; i++) {
		for (; m < r->nmarks && r->marks[m].access <= i; m++)
			steps_pass_mark(s, &r->marks[m]);
		if (steps_by_interrupt(s, &r->accesses[i]))
			survey_access(s, r, &r->accesses[i]);
	}
}
