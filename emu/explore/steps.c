/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/steps.h"

#include <stdlib.h>
#include <string.h>

#include "boot/elf.h"
#include "probe/kernel.h"

/* Memory is looked at in words of eight bytes. */
#define WORD 8u
/* Ports come after RAM. */
#define PORT_WORDS (0x10000u / WORD)
#define THREAD_SIZE_MAX 8192u
#define RIPS 4096u
#define NOT_YET UINT64_MAX
/* Of a stack pointer: what is so near lies on the same kernel stack, or on none. */
#define STACK_REACH 8192u

/* What became of a word from one allocation of its memory to the next. */
struct life {
	uint8_t thread; /* who touched it first */
	bool shared;    /* somebody else did too */
	bool written;
};

/* The life that a word leads at the present place of the record. */
struct word {
	uint32_t epoch; /* not the present record's: none */
	uint32_t life;
};

/* Which bytes of a word are the scheduler's, and whose state lies there. */
struct schedule_word {
	uint8_t bytes;
	uint8_t state_of; /* thread + 1, 0: nobody's */
};

/* An access that may matter. */
struct candidate {
	uint32_t access;
	uint32_t stretch;
	uint32_t life, last_life; /* of its first and its last word */
	uint8_t thread;
	uint8_t wakes; /* thread + 1, 0: it is an access */
	bool prologue; /* since its thread came onto the CPU no interrupt could come */
};

struct rip_class {
	uint64_t rip;
	bool lock;
};

struct steps_storage {
	const struct kernel *kernel;
	struct machine *machine;
	uint64_t image_start, image_end;
	size_t thread_size;
	uint8_t offsets[THREAD_SIZE_MAX]; /* of a thread structure: the scheduler's bytes
	                                   */
	struct schedule_word *schedule;
	struct word *words;
	uint8_t *shared; /* a bit for each word that was in a survey */
	size_t nwords;
	uint32_t epoch;
	struct life *lives;
	size_t nlives, lives_room;
	struct rip_class rips[RIPS];
	uint64_t masked; /* threads whose structures are in `schedule`, and where */
	uint64_t masked_pa[RECORD_THREADS_MAX], masked_state[RECORD_THREADS_MAX];

	struct candidate *candidates;
	size_t ncandidates, candidates_room;
	struct order_access *accesses;
	size_t naccesses, accesses_room;
	size_t steps_room, infos_room, stretches_room;

	/* While a record is walked. */
	uint16_t current, left; /* who runs, and who ran before */
	bool choosing;          /* on the way to `chosen`, for a switch asked for at */
	uint16_t chosen;
	uint64_t chosen_at;
	uint64_t in_irq, blocked, fresh;
	uint64_t region[RECORD_THREADS_MAX]; /* where the atomic part began */
};

static bool grow(void *data, size_t *room, size_t used, size_t size)
{
	size_t bigger = *room ? 2 * *room : 1024;
	void *old, *moved;

	if (used < *room)
		return true;
	memcpy(&old, data, sizeof(old));
	moved = realloc(old, bigger * size);
	if (!moved)
		return false;
	memcpy(data, &moved, sizeof(moved));
	*room = bigger;
	return true;
}

/* --- the scheduler's data --- */

static void mask_bytes(struct steps_storage *s, uint64_t pa, size_t n)
{
	for (uint64_t at = pa; at < pa + n && at / WORD < s->nwords; at++)
		s->schedule[at / WORD].bytes |= (uint8_t)(1u << at % WORD);
}

static void mask_thread(struct steps_storage *s, const struct record *r, size_t thread)
{
	const struct record_thread *t = &r->threads[thread];

	if (t->pa == UINT64_MAX || t->state == UINT64_MAX)
		return;
	for (size_t i = 0; i < s->thread_size; i++)
		if (s->offsets[i])
			mask_bytes(s, t->pa + i, 1);
	s->schedule[t->state / WORD].state_of = (uint8_t)(thread + 1);
	s->masked |= 1ull << thread;
	s->masked_pa[thread] = t->pa;
	s->masked_state[thread] = t->state;
}

/* Its memory may become something else.  What lies in the image stays what it is. */
static void unmask_thread(struct steps_storage *s, size_t thread)
{
	uint64_t pa = s->masked_pa[thread];

	if (!(s->masked >> thread & 1))
		return;
	s->masked &= ~(1ull << thread);
	s->schedule[s->masked_state[thread] / WORD].state_of = 0;
	for (size_t i = 0; i < s->thread_size; i++)
		if (s->offsets[i] && (pa < s->image_start || pa >= s->image_end))
			s->schedule[(pa + i) / WORD].bytes &=
				(uint8_t)~(1u << (pa + i) % WORD);
}

static unsigned int bytes_of(const struct machine_access *a)
{
	return ((1u << a->size) - 1) << a->pa % WORD;
}

static bool is_schedule(const struct steps_storage *s, const struct machine_access *a)
{
	unsigned int bytes = bytes_of(a), first = bytes & 0xff;
	const struct schedule_word *w = &s->schedule[a->pa / WORD];

	return (first & ~(unsigned int)w->bytes) == 0 &&
	       (bytes >> 8 == 0 || (bytes >> 8 & ~(unsigned int)w[1].bytes) == 0);
}

static bool in_lock(struct steps_storage *s, uint64_t rip)
{
	struct rip_class *c = &s->rips[(rip ^ rip >> 12) % RIPS];

	if (c->rip != rip) {
		c->rip = rip;
		c->lock = kernel_in_lock(s->kernel, rip);
	}
	return c->lock;
}

/* --- walking a record --- */

static void start_walk(struct steps_storage *s, const struct record *r)
{
	s->current = s->left = r->first_thread;
	s->in_irq = s->fresh = 0;
	s->choosing = false;
	s->blocked = r->first_blocked;
	for (size_t i = 0; i < r->nthreads; i++)
		s->region[i] = NOT_YET;
}

static void pass_mark(struct steps_storage *s, const struct record_mark *m)
{
	switch (m->kind) {
	case RECORD_IRQ:
		s->in_irq |= 1ull << m->thread;
		s->region[m->thread] = m->icount;
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
static bool by_interrupt(struct steps_storage *s, const struct machine_access *a)
{
	uint64_t bit = 1ull << s->current;

	if (!(s->in_irq & bit))
		return false;
	if (same_region(s, a))
		return true;
	s->in_irq &= ~bit;
	return false;
}

static bool in_prologue(struct steps_storage *s, const struct machine_access *a)
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
static bool on_stack_left(const struct steps_storage *s, const struct record *r,
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
		mask_bytes(s, a->pa, a->size);
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

	start_walk(s, r);
	for (size_t i = 0; i < r->naccesses; i++) {
		for (; m < r->nmarks && r->marks[m].access <= i; m++)
			pass_mark(s, &r->marks[m]);
		if (by_interrupt(s, &r->accesses[i]))
			survey_access(s, r, &r->accesses[i]);
	}
}

static struct candidate *add_candidate(struct steps *steps, uint32_t access,
                                       uint16_t thread)
{
	struct steps_storage *s = steps->storage;
	struct candidate *c;

	if (!grow(&s->candidates, &s->candidates_room, s->ncandidates,
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
	if (!grow(&steps->stretches, &steps->storage->stretches_room, steps->nstretches,
	          sizeof(*steps->stretches)))
		return false;
	steps->stretches[steps->nstretches++] = (struct steps_stretch){
		.at = at,
		.access = access,
		.thread = thread,
		.why = why,
	};
	return true;
}

static uint64_t word_of(const struct steps_storage *s, const struct machine_access *a)
{
	if (a->flags & MACHINE_ACCESS_PORT)
		return s->nwords + a->pa / WORD;
	return a->pa / WORD;
}

static bool touch(struct steps_storage *s, uint64_t at, uint16_t thread, bool write,
                  uint32_t *index)
{
	struct word *w = &s->words[at];
	struct life *life;

	if (w->epoch != s->epoch) {
		if (!grow(&s->lives, &s->lives_room, s->nlives, sizeof(*s->lives)))
			return false;
		*w = (struct word){s->epoch, (uint32_t)s->nlives};
		s->lives[s->nlives++] = (struct life){.thread = (uint8_t)thread};
	}
	*index = w->life;
	life = &s->lives[w->life];
	life->shared |= life->thread != thread;
	life->written |= write;
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

/* What a device does with a read is its business: each access to a port is a write. */
static bool writes(const struct machine_access *a)
{
	return (a->flags & (MACHINE_ACCESS_WRITE | MACHINE_ACCESS_PORT)) != 0;
}

static bool is_shared(const struct life *life)
{
	return life->shared && life->written;
}

static bool is_conflict(const struct steps_storage *s, const struct candidate *c)
{
	return is_shared(&s->lives[c->life]) || is_shared(&s->lives[c->last_life]);
}

static bool look_at_schedule(struct steps *steps, const struct machine_access *a,
                             uint32_t i, bool prologue)
{
	struct steps_storage *s = steps->storage;
	unsigned int sleeper = s->schedule[a->pa / WORD].state_of;
	struct candidate *c;

	if (!writes(a) || sleeper == 0 || sleeper == s->current + 1u ||
	    !(s->blocked >> (sleeper - 1) & 1))
		return true;
	s->blocked &= ~(1ull << (sleeper - 1));
	c = add_candidate(steps, i, s->current);
	if (!c)
		return false;
	c->wakes = (uint8_t)sleeper;
	c->prologue = prologue;
	return true;
}

static bool look_at(struct steps *steps, const struct record *r, uint32_t i)
{
	struct steps_storage *s = steps->storage;
	const struct machine_access *a = &r->accesses[i];
	uint64_t first = word_of(s, a), last = first;
	struct candidate *c;
	bool prologue;

	if (by_interrupt(s, a))
		return true;
	prologue = in_prologue(s, a);
	if (prologue && on_stack_left(s, r, a))
		return true;
	if (!(a->flags & MACHINE_ACCESS_PORT) && is_schedule(s, a))
		return look_at_schedule(steps, a, i, prologue);
	if (r->threads[s->current].idle || in_lock(s, a->rip))
		return true;
	if (a->pa % WORD + a->size > WORD)
		last++;
	c = add_candidate(steps, i, s->current);
	if (!c)
		return false;
	c->prologue = prologue;
	return touch(s, first, s->current, writes(a), &c->life) &&
	       touch(s, last, s->current, writes(a), &c->last_life);
}

static bool see_mark(struct steps *steps, const struct record *r,
                     const struct record_mark *m)
{
	struct steps_storage *s = steps->storage;
	struct candidate *c;

	pass_mark(s, m);
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
		mask_thread(s, r, m->a);
		if (m->access >= r->naccesses)
			return true;
		c = add_candidate(steps, m->access, s->current);
		if (c)
			c->wakes = (uint8_t)(m->a + 1);
		return c != NULL;
	case RECORD_ALLOC:
	case RECORD_PAGES:
	case RECORD_PAGES_FREE:
		begin_lives(s, m->a, m->b);
		return true;
	case RECORD_FREE:
		for (size_t i = 0; i < r->nthreads; i++)
			if (r->threads[i].pa == m->a)
				unmask_thread(s, i);
		return true;
	default:
		return true;
	}
}

static void new_epoch(struct steps_storage *s)
{
	if (++s->epoch != 0)
		return;
	memset(s->words, 0, (s->nwords + PORT_WORDS) * sizeof(*s->words));
	s->epoch = 1;
}

/* Threads that were there at the start; the others come with their marks. */
static void mask_first_threads(struct steps_storage *s, const struct record *r)
{
	uint64_t started = 0;

	for (size_t i = 0; i < RECORD_THREADS_MAX; i++)
		unmask_thread(s, i);
	for (size_t i = 0; i < r->nmarks; i++)
		if (r->marks[i].kind == RECORD_START)
			started |= 1ull << r->marks[i].a;
	for (size_t i = 0; i < r->nthreads; i++)
		if (!(started >> i & 1))
			mask_thread(s, r, i);
}

static bool collect(struct steps *steps, const struct record *r)
{
	struct steps_storage *s = steps->storage;
	bool room;
	size_t m = 0;

	new_epoch(s);
	start_walk(s, r);
	mask_first_threads(s, r);
	s->ncandidates = 0;
	s->nlives = 0;
	steps->nstretches = 0;
	room = add_stretch(steps, r->first_thread, r->start, 0, RECORD_BLOCK);
	for (uint32_t i = 0; i < r->naccesses && room; i++) {
		for (; m < r->nmarks && r->marks[m].access <= i && room; m++)
			room = see_mark(steps, r, &r->marks[m]);
		room = room && look_at(steps, r, i);
	}
	return room;
}

/*
 * The first of the candidates that count: where a thread is started or woken, or, where
 * another one could run from the beginning, all of them.
 */
static size_t first_candidate(const struct steps_storage *s, const struct record *r)
{
	size_t i = 0;

	for (size_t t = 0; t < r->nthreads; t++)
		if (r->first_ready >> t & 1)
			return 0;
	while (i < s->ncandidates && !s->candidates[i].wakes)
		i++;
	return i;
}

/* --- steps --- */

static uint64_t count_of(struct steps_storage *s, const struct machine_access *a)
{
	return machine_access_icount(s->machine, a);
}

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

	if (!grow(&steps->steps, &s->steps_room, steps->nsteps, sizeof(*steps->steps)) ||
	    !grow(&steps->infos, &s->infos_room, steps->nsteps, sizeof(*steps->infos)))
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
		/* An index for now: the accesses may still move. */
		.accesses = NULL,
		.naccesses = s->naccesses,
	};
	return step;
}

static bool add_access(struct steps_storage *s, struct order_step *step,
                       const struct machine_access *a)
{
	struct order_access *to;

	if (!grow(&s->accesses, &s->accesses_room, s->naccesses, sizeof(*s->accesses)))
		return false;
	to = &s->accesses[s->naccesses++];
	*to = (struct order_access){
		.pa = (uint32_t)(word_of(s, a) * WORD + a->pa % WORD),
		.size = a->size,
		.write = writes(a),
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
	for (size_t i = first_candidate(s, r); i < s->ncandidates; i++) {
		const struct candidate *c = &s->candidates[i];
		const struct machine_access *a = &r->accesses[c->access];
		uint64_t count;

		if (!c->wakes && !is_conflict(s, c))
			continue;
		count = count_of(s, a);
		if (!step || step->thread != c->thread || count != at ||
		    steps->infos[steps->nsteps - 1].stretch != c->stretch) {
			preemptions =
				pass_stretches(steps, &done, c->stretch, preemptions);
			step = add_step(steps, c, count, preemptions);
			if (!step)
				return false;
			at = count;
		}
		if (c->wakes)
			step->wakes |= 1ull << (c->wakes - 1);
		else if (!add_access(s, step, a))
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

static void note_shared(struct steps_storage *s, const struct record *r)
{
	for (size_t i = first_candidate(s, r); i < s->ncandidates; i++) {
		const struct candidate *c = &s->candidates[i];
		uint64_t word = word_of(s, &r->accesses[c->access]);

		if (!c->wakes && is_conflict(s, c))
			s->shared[word / 8] |= (uint8_t)(1u << word % 8);
	}
}

bool steps_was_shared(const struct steps *steps, const struct machine_access *a)
{
	const struct steps_storage *s = steps->storage;
	uint64_t word = word_of(s, a);

	return s->shared[word / 8] >> word % 8 & 1;
}

uint64_t steps_begin(struct steps *steps, const struct record *r)
{
	struct steps_storage *s = steps->storage;
	size_t first;

	if (!collect(steps, r))
		return UINT64_MAX;
	note_shared(s, r);
	first = first_candidate(s, r);
	if (first == s->ncandidates)
		return UINT64_MAX;
	return first == 0 ? r->start
	                  : count_of(s, &r->accesses[s->candidates[first].access]);
}

int steps_build(struct steps *steps, const struct record *r)
{
	return collect(steps, r) && make_steps(steps, r)
	               ? 0
	               : error_set(ERR_MEMORY, "no memory for an interleaving's steps");
}

static bool same_step(const struct machine_access *a, const struct machine_access *b)
{
	if ((a->flags ^ b->flags) & MACHINE_ACCESS_ATOMIC || a->icount != b->icount)
		return false;
	return (a->flags & MACHINE_ACCESS_ATOMIC) || a->offset == b->offset;
}

size_t steps_accesses(struct steps *steps, const struct record *r, size_t step,
                      struct order_access *accesses, size_t max)
{
	struct steps_storage *s = steps->storage;
	const struct steps_info *info = &steps->infos[step];
	const struct machine_access *shared = &r->accesses[info->access];
	uint32_t from = info->access, end;
	size_t n = 0;

	end = info->stretch + 1 < steps->nstretches
	              ? steps->stretches[info->stretch + 1].access
	              : (uint32_t)r->naccesses;
	while (from > steps->stretches[info->stretch].access &&
	       same_step(&r->accesses[from - 1], shared))
		from--;
	for (; from < end && same_step(&r->accesses[from], shared) && n < max; from++) {
		const struct machine_access *a = &r->accesses[from];
		struct order_access next = {
			.pa = (uint32_t)(word_of(s, a) * WORD + a->pa % WORD),
			.size = a->size,
			.write = writes(a),
		};

		if (!(a->flags & MACHINE_ACCESS_PORT) &&
		    (is_schedule(s, a) || in_lock(s, a->rip)))
			continue;
		if (n == 0 || accesses[n - 1].pa != next.pa ||
		    accesses[n - 1].size != next.size ||
		    accesses[n - 1].write != next.write)
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
		mask_bytes(s, pa, size);
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
	/* One word more: an access may reach over the end of the last one. */
	s->schedule = calloc(s->nwords + 1, sizeof(*s->schedule));
	s->words = calloc(s->nwords + PORT_WORDS + 1, sizeof(*s->words));
	s->shared = calloc(1, (s->nwords + PORT_WORDS) / 8 + 1);
	if (!s->schedule || !s->words || !s->shared)
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
	free(s->accesses);
	free(s->lives);
	free(s->schedule);
	free(s->shared);
	free(s->words);
	free(s);
	steps->storage = NULL;
}
