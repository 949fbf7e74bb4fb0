/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/oracle_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/profile.h"

/* Without a machine, as in tests: what a guest has unless told otherwise. */
#define RAM_DEFAULT SESSION_MEMORY_DEFAULT

/* --- findings --- */

/* Where there is no more room a violation has a warning's. */
static struct oracle_finding *room(struct oracle *o, bool warning)
{
	if (o->n < o->max)
		return &o->findings[o->n++];
	for (size_t i = o->n; i-- > 0 && !warning;)
		if (o->findings[i].warning)
			return &o->findings[i];
	return NULL;
}

struct oracle_finding *oracle_find(struct oracle *o, enum explore_check check, uint64_t a,
                                   uint64_t b)
{
	uint64_t key = oracle_mix(oracle_mix(oracle_mix(0, (uint64_t)check + 1), a), b);
	bool warning = check == EXPLORE_LOCK_ORDER || check == EXPLORE_RACE;
	struct oracle_finding *f;

	for (size_t i = 0; i < o->n; i++)
		if (o->findings[i].key == key)
			return NULL;
	f = room(o, warning);
	if (f)
		*f = (struct oracle_finding){
			.check = check,
			.warning = warning,
			.key = key,
		};
	return f;
}

void oracle_reason(struct oracle_finding *f, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(f->reason, sizeof(f->reason), fmt, args);
	va_end(args);
}

static void add_place(struct oracle_finding *f, uint64_t icount, uint64_t rip,
                      uint16_t thread)
{
	if (f->nplaces == 2)
		return;
	f->icount[f->nplaces] = icount;
	f->rip[f->nplaces] = rip;
	f->thread[f->nplaces++] = thread;
}

void oracle_place_access(struct oracle *o, struct oracle_finding *f, size_t access,
                         uint16_t thread)
{
	const struct machine_access *a = &o->record->accesses[access];

	add_place(f, a->icount, a->rip, thread);
}

void oracle_place_mark(struct oracle *o, struct oracle_finding *f, size_t mark)
{
	const struct record_mark *m = &o->record->marks[mark];

	add_place(f, m->icount, oracle_mark_rip(o, mark), m->thread);
}

/* --- life --- */

/* The source file of the switch: where a thread that sleeps always stands. */
static void find_scheduler(struct oracle *o)
{
	const struct profile *p = kernel_profile(o->kernel);
	uint64_t address, size;

	for (size_t i = 0; i < p->nprobes && o->nscheduler == 0; i++)
		if (p->probes[i].event == PROFILE_SWITCH &&
		    symbols_lookup(o->symbols, p->probes[i].function, &address, &size))
			o->nscheduler =
				symbols_unit(o->symbols, address, o->scheduler, 32);
}

int oracle_create(struct oracle **out, const struct kernel *kernel,
                  const struct explore_config *config)
{
	struct oracle *o = calloc(1, sizeof(*o));
	uint64_t va, size;

	*out = o;
	if (!o)
		return error_set(ERR_MEMORY, "out of memory for the oracles");
	o->kernel = kernel;
	o->symbols = kernel_symbols(kernel);
	o->config = config;
	if (kernel_percpu(kernel, &va, &size) &&
	    symbols_physical(o->symbols, va, &o->percpu))
		o->percpu_size = size;
	find_scheduler(o);
	return 0;
}

void oracle_free(struct oracle *o)
{
	if (!o)
		return;
	oracle_memory_free(o);
	free(o->old_blocks);
	free(o->granules);
	free(o->pages);
	free(o->good);
	free(o);
}

/* --- a run --- */

/* The host commits of these only what the guest touches. */
static int make_shadow(struct oracle *o)
{
	if (o->granules)
		return 0;
	o->ram = o->machine ? machine_ram_size(o->machine) : RAM_DEFAULT;
	o->granules = calloc(o->ram / ORACLE_GRANULE, sizeof(*o->granules));
	o->pages = calloc(o->ram / ORACLE_PAGE, sizeof(*o->pages));
	if (!o->granules || !o->pages)
		return error_set(ERR_MEMORY, "out of memory for the oracles' shadow");
	return oracle_memory_start(o);
}

static void begin(struct oracle *o)
{
	const struct record *r = o->record;

	o->run++;
	BUG_ON(o->run == 0 || r->nthreads > RECORD_THREADS_MAX);
	o->n = o->nlocks = o->nblocks = o->ngiven = 0;
	o->locks_lost = o->settling = o->all_reaped = false;
	o->current = r->first_thread;
	o->leaver = ORACLE_NOBODY;
	o->attentive = false;
	for (size_t i = 0; i < r->nthreads; i++) {
		struct oracle_thread *t = &o->threads[i];

		t->nheld = t->nallocator = 0;
		t->born = 0;
		t->early = ORACLE_NEVER;
		t->in_irq = false;
		t->last_switch = ORACLE_NEVER;
		for (size_t j = 0; j < r->nthreads; j++)
			o->heirs[i][j] = ORACLE_UNASKED;
		memset(t->clocks, 0, r->nthreads * sizeof(t->clocks[0]));
		t->clocks[i] = 1;
		if (r->threads[i].state < o->ram)
			oracle_page(o, r->threads[i].state)->states = true;
	}
}

/*
 * What follows the mark of a switch is done for the old thread up to where its stack is
 * left and then for the new one, all with interrupts off: whose it is cannot be told, and
 * need not be.
 */
static void take_switch(struct oracle *o, size_t at)
{
	const struct record *r = o->record;
	const struct record_mark *mark = &r->marks[at];

	oracle_lock_switch(o, at);
	if (mark->thread < r->nthreads)
		o->threads[mark->thread].last_switch = (uint32_t)at;
	o->current = (uint16_t)mark->a;
	oracle_lock_enter(o);
	o->settling = mark->access < r->naccesses;
	if (o->settling)
		o->section = r->accesses[mark->access].icount;
	o->threads[o->current].section = o->section;
}

static void take_mark(struct oracle *o, size_t at)
{
	const struct record_mark *mark = &o->record->marks[at];

	switch (mark->kind) {
	case RECORD_SWITCH:
		if (mark->a < o->record->nthreads)
			take_switch(o, at);
		break;
	case RECORD_START:
		if (mark->a >= o->record->nthreads)
			break;
		oracle_order(o, mark->thread, (uint16_t)mark->a);
		o->threads[mark->a].born = mark->access;
		break;
	case RECORD_ALLOC:
	case RECORD_FREE:
	case RECORD_PAGES:
	case RECORD_PAGES_FREE:
		oracle_memory_mark(o, at);
		break;
	case RECORD_ACQUIRE:
	case RECORD_RELEASE:
		oracle_lock_mark(o, at);
		break;
	case RECORD_IRQ:
		oracle_lock_interrupt(o, mark);
		break;
	case RECORD_EVENT:
	case RECORD_CHOICE:
		break;
	}
}

static void walk(struct oracle *o)
{
	const struct record *r = o->record;
	size_t at = 0;

	for (size_t i = 0; i < r->nmarks; i++) {
		size_t until = r->marks[i].access;

		BUG_ON(until < at || until > r->naccesses);
		oracle_accesses(o, at, until);
		at = until;
		take_mark(o, i);
	}
	oracle_accesses(o, at, r->naccesses);
}

int oracle_run(struct oracle *o, const struct record *record, struct machine *m,
               struct oracle_finding *findings, size_t max, size_t *n)
{
	int err;

	*n = 0;
	o->record = record;
	o->machine = m;
	o->findings = findings;
	o->max = max;
	err = make_shadow(o);
	if (err)
		return err;
	begin(o);
	walk(o);
	oracle_lock_end(o);
	oracle_end(o);
	err = oracle_contract(o);
	if (!err)
		oracle_memory_end(o);
	*n = o->n;
	return err;
}
