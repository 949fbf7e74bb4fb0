/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks: who holds which, and the order that they make between threads.
 *
 * A scheduler holds its own lock across a switch: the thread that is left acquires it,
 * the one that is entered releases it, before it does anything else with locks.  So a
 * spinlock held by who leaves the CPU is in order if the next thread hands it on at once,
 * and held across a sleep if its holder comes back to release it.
 */
#include "explore/oracle_private.h"

/* --- order --- */

void oracle_order(struct oracle *o, uint16_t from, uint16_t to)
{
	uint32_t *earlier = o->threads[from].clocks, *later = o->threads[to].clocks;

	for (size_t i = 0; i < o->record->nthreads; i++)
		if (later[i] < earlier[i])
			later[i] = earlier[i];
	earlier[from]++;
}

static void release_order(struct oracle *o, struct oracle_lock *lock, uint16_t thread)
{
	uint32_t *clocks = o->threads[thread].clocks;

	for (size_t i = 0; i < o->record->nthreads; i++)
		if (lock->clocks[i] < clocks[i])
			lock->clocks[i] = clocks[i];
	clocks[thread]++;
}

static void acquire_order(struct oracle *o, const struct oracle_lock *lock,
                          uint16_t thread)
{
	uint32_t *clocks = o->threads[thread].clocks;

	for (size_t i = 0; i < o->record->nthreads; i++)
		if (clocks[i] < lock->clocks[i])
			clocks[i] = lock->clocks[i];
}

/* --- tables --- */

/* A lock that sleeps may begin with a spinlock of its own, at the same address. */
static struct oracle_lock *lock_at(struct oracle *o, uint64_t address, bool sleeps)
{
	size_t mask = 2 * ORACLE_LOCKS - 1;
	uint64_t key = address << 1 | sleeps;
	size_t i = oracle_mix(0, key) >> 32 & mask;
	struct oracle_lock *lock;

	while (o->lock_slots[i].run == o->run && o->lock_slots[i].key != key)
		i = (i + 1) & mask;
	if (o->lock_slots[i].run == o->run)
		return &o->locks[o->lock_slots[i].value];
	if (o->nlocks == ORACLE_LOCKS) {
		o->locks_lost = true;
		return NULL;
	}
	o->lock_slots[i] = (struct oracle_slot){
		.key = key,
		.run = o->run,
		.value = (uint32_t)o->nlocks,
	};
	lock = &o->locks[o->nlocks++];
	lock->address = address;
	lock->sleeps = sleeps;
	lock->holder = ORACLE_NOBODY;
	lock->across = lock->allocator = lock->acquired = false;
	for (size_t t = 0; t < o->record->nthreads; t++)
		lock->clocks[t] = 0;
	return lock;
}

static void hold(struct oracle *o, struct oracle_lock *lock, uint16_t thread)
{
	struct oracle_thread *t = &o->threads[thread];

	lock->holder = thread;
	lock->across = false;
	if (t->nheld == ORACLE_HELD)
		return;
	t->held[t->nheld++] = (uint16_t)(lock - o->locks);
	t->nallocator += lock->allocator;
}

static void let_go(struct oracle *o, struct oracle_lock *lock)
{
	struct oracle_thread *t = &o->threads[lock->holder];
	uint16_t index = (uint16_t)(lock - o->locks);

	lock->holder = ORACLE_NOBODY;
	for (size_t i = 0; i < t->nheld; i++) {
		if (t->held[i] != index)
			continue;
		t->held[i] = t->held[--t->nheld];
		t->nallocator -= lock->allocator;
		return;
	}
}

/* --- findings --- */

static void kept_asleep(struct oracle *o, struct oracle_lock *lock)
{
	uint16_t holder = lock->holder;
	struct oracle_finding *f;

	f = oracle_find(o, EXPLORE_LOCK_SLEEP, oracle_lock_key(o, lock), 0);
	if (!f)
		return;
	oracle_place_mark(o, f, lock->mark);
	if (o->threads[holder].last_switch != ORACLE_NEVER)
		oracle_place_mark(o, f, o->threads[holder].last_switch);
	oracle_reason(f,
	              "%s holds the spinlock %s, acquired in %s, while it is off the CPU",
	              oracle_who(o, holder), oracle_lock_name(o, lock),
	              oracle_at(o, oracle_mark_rip(o, lock->mark)));
	lock->across = false;
}

static void wrong_release(struct oracle *o, const struct oracle_lock *lock, size_t mark)
{
	uint64_t rip = oracle_mark_rip(o, mark);
	struct oracle_finding *f;

	f = oracle_find(o, EXPLORE_LOCK_OWNER, oracle_lock_key(o, lock),
	                oracle_function(o, rip));
	if (!f)
		return;
	oracle_place_mark(o, f, mark);
	oracle_place_mark(o, f, lock->mark);
	oracle_reason(f, "%s releases %s in %s, which %s holds",
	              oracle_who(o, o->record->marks[mark].thread),
	              oracle_lock_name(o, lock), oracle_at(o, rip),
	              oracle_who(o, lock->holder));
}

static void two_holders(struct oracle *o, const struct oracle_lock *lock, size_t mark)
{
	uint64_t rip = oracle_mark_rip(o, mark);
	struct oracle_finding *f;

	f = oracle_find(o, EXPLORE_LOCK_OWNER, oracle_lock_key(o, lock),
	                oracle_function(o, rip) + 1);
	if (!f)
		return;
	oracle_place_mark(o, f, mark);
	oracle_place_mark(o, f, lock->mark);
	oracle_reason(f, "%s has acquired %s in %s, which %s still holds",
	              oracle_who(o, o->record->marks[mark].thread),
	              oracle_lock_name(o, lock), oracle_at(o, rip),
	              oracle_who(o, lock->holder));
}

static struct oracle_finding *kept(struct oracle *o, const struct oracle_lock *lock,
                                   const char *when)
{
	struct oracle_finding *f =
		oracle_find(o, EXPLORE_LOCK_KEPT, oracle_lock_key(o, lock), 0);

	if (!f)
		return NULL;
	oracle_reason(f, "%s still holds %s, acquired in %s, %s",
	              oracle_who(o, lock->holder), oracle_lock_name(o, lock),
	              oracle_at(o, oracle_mark_rip(o, lock->mark)), when);
	return f;
}

static struct oracle_slot *order_slot(struct oracle *o, uint64_t first, uint64_t second)
{
	uint64_t hash = oracle_mix(0, first << 32 | second);

	return &o->orders[hash >> 32 & (ORACLE_ORDERS - 1)];
}

/* Both orders in one run, each by another thread. */
static void note_order(struct oracle *o, const struct oracle_lock *first,
                       const struct oracle_lock *second, size_t mark)
{
	uint64_t a = (uint64_t)(first - o->locks), b = (uint64_t)(second - o->locks);
	struct oracle_slot *slot = order_slot(o, a, b);
	const struct oracle_slot *back = order_slot(o, b, a);
	uint64_t ka, kb;
	struct oracle_finding *f;

	if (slot->run != o->run || slot->key != (a << 32 | b))
		*slot = (struct oracle_slot){a << 32 | b, o->run, (uint32_t)mark};
	if (back->run != o->run || back->key != (b << 32 | a) ||
	    o->record->marks[back->value].thread == o->record->marks[mark].thread)
		return;
	ka = oracle_lock_key(o, first);
	kb = oracle_lock_key(o, second);
	f = oracle_find(o, EXPLORE_LOCK_ORDER, ka < kb ? ka : kb, ka < kb ? kb : ka);
	if (!f)
		return;
	oracle_place_mark(o, f, mark);
	oracle_place_mark(o, f, back->value);
	oracle_reason(f,
	              "%s acquires %s in %s with %s held, %s the other way round in %s",
	              oracle_who(o, o->record->marks[mark].thread),
	              oracle_lock_name(o, second), oracle_at(o, oracle_mark_rip(o, mark)),
	              oracle_lock_name(o, first),
	              oracle_who(o, o->record->marks[back->value].thread),
	              oracle_at(o, oracle_mark_rip(o, back->value)));
}

/* --- marks --- */

static void acquire(struct oracle *o, struct oracle_lock *lock, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	struct oracle_thread *t = &o->threads[m->thread];

	o->leaver = ORACLE_NOBODY;
	if (lock->holder != ORACLE_NOBODY) {
		if (lock->sleeps)
			two_holders(o, lock, mark);
		else if (lock->across)
			kept_asleep(o, lock);
		if (lock->holder == m->thread)
			return;
		let_go(o, lock);
	}
	for (size_t i = 0; i < t->nheld; i++)
		note_order(o, &o->locks[t->held[i]], lock, mark);
	acquire_order(o, lock, m->thread);
	lock->mark = (uint32_t)mark;
	lock->acquired = true;
	lock->allocator =
		!lock->sleeps && kernel_in_allocator(o->kernel, oracle_mark_rip(o, mark));
	hold(o, lock, m->thread);
}

static void release(struct oracle *o, struct oracle_lock *lock, size_t mark)
{
	uint16_t thread = o->record->marks[mark].thread;
	bool handed = lock->across && lock->holder == o->leaver;

	if (!handed)
		o->leaver = ORACLE_NOBODY;
	if (lock->holder == ORACLE_NOBODY) {
		if (lock->acquired)
			wrong_release(o, lock, mark);
	} else if (lock->holder != thread && !handed) {
		wrong_release(o, lock, mark);
	} else if (lock->across && lock->holder == thread) {
		kept_asleep(o, lock);
	}
	release_order(o, lock, thread);
	if (lock->holder != ORACLE_NOBODY)
		let_go(o, lock);
	lock->mark = (uint32_t)mark;
}

/* Told at the entry of a function that has yet to switch interrupts off. */
static bool is_early(const struct oracle *o, const struct record_mark *m)
{
	const struct record *r = o->record;

	return m->kind == RECORD_ACQUIRE && m->b == RECORD_SPINLOCK &&
	       m->access < r->naccesses &&
	       !(r->accesses[m->access].flags & MACHINE_ACCESS_ATOMIC);
}

static void apply(struct oracle *o, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	struct oracle_lock *lock = lock_at(o, m->a, m->b == RECORD_SLEEPLOCK);

	if (!lock)
		return;
	o->entered = true;
	if (m->kind == RECORD_ACQUIRE)
		acquire(o, lock, mark);
	else
		release(o, lock, mark);
}

void oracle_lock_enter(struct oracle *o)
{
	const struct oracle_thread *t = &o->threads[o->current];

	o->attentive = t->in_irq || t->early != ORACLE_NEVER;
}

/* What was told early has now happened. */
static void settle(struct oracle *o)
{
	struct oracle_thread *t = &o->threads[o->current];
	uint32_t mark = t->early;

	t->early = ORACLE_NEVER;
	oracle_lock_enter(o);
	if (mark != ORACLE_NEVER)
		apply(o, mark);
}

/* An interrupt is over when the stretch without interrupts that it began is. */
void oracle_lock_access(struct oracle *o, const struct machine_access *a)
{
	struct oracle_thread *t = &o->threads[o->current];

	bool atomic = a->flags & MACHINE_ACCESS_ATOMIC;

	if (!atomic || a->icount != t->section)
		t->in_irq = false;
	if (atomic && !t->in_irq)
		settle(o);
	oracle_lock_enter(o);
}

void oracle_lock_mark(struct oracle *o, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];
	struct oracle_thread *t = &o->threads[o->current];

	if (m->thread != o->current)
		return;
	if (!is_early(o, m)) {
		if (!t->in_irq)
			settle(o);
		apply(o, mark);
		return;
	}
	settle(o);
	t->in_irq = false;
	t->early = (uint32_t)mark;
	oracle_lock_enter(o);
}

void oracle_lock_interrupt(struct oracle *o, const struct record_mark *mark)
{
	const struct record *r = o->record;
	struct oracle_thread *t = &o->threads[o->current];

	if (mark->thread != o->current)
		return;
	t->in_irq = mark->kind == RECORD_IRQ && mark->access < r->naccesses;
	/* It may go on where the last interrupt has just ended, as one stretch. */
	if (t->in_irq)
		t->section = r->accesses[mark->access].icount;
	oracle_lock_enter(o);
}

/* Who is left keeps the scheduler's lock for the other to release. */
void oracle_lock_switch(struct oracle *o, size_t mark)
{
	uint16_t thread = o->record->marks[mark].thread;
	struct oracle_thread *t = &o->threads[thread];

	if (!t->in_irq && thread == o->current)
		settle(o);
	o->leaver = ORACLE_NOBODY;
	o->entered = false;
	for (size_t i = 0; i < t->nheld; i++) {
		struct oracle_lock *lock = &o->locks[t->held[i]];

		if (lock->sleeps)
			continue;
		lock->across = true;
		o->leaver = thread;
		release_order(o, lock, thread);
	}
}

void oracle_lock_user(struct oracle *o, size_t access)
{
	struct oracle_thread *t = &o->threads[o->current];

	while (t->nheld > 0) {
		struct oracle_lock *lock = &o->locks[t->held[0]];
		struct oracle_finding *f = kept(o, lock, "back in user mode");

		if (f) {
			oracle_place_access(o, f, access, o->current);
			oracle_place_mark(o, f, lock->mark);
		}
		let_go(o, lock);
	}
}

void oracle_lock_end(struct oracle *o)
{
	for (size_t i = 0; i < o->nlocks; i++) {
		struct oracle_lock *lock = &o->locks[i];
		struct oracle_finding *f;

		if (lock->holder == ORACLE_NOBODY ||
		    (lock->holder == o->leaver && lock->across && !o->entered))
			continue;
		if (o->record->threads[lock->holder].exited) {
			f = kept(o, lock, "after its exit");
			if (f)
				oracle_place_mark(o, f, lock->mark);
		} else if (lock->across && lock->holder != o->current) {
			kept_asleep(o, lock);
		}
	}
}
