/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a run ended: panic, fault, no progress, status and console. */
#include "explore/oracle_private.h"

#include <ctype.h>
#include <string.h>

enum { VECTOR_PAGE_FAULT = 14, PAGE_FAULT_USER = 4 };

/* A program that jumps into the kernel faults there too, with this bit in the code. */
static bool in_kernel(const struct trace_event *e)
{
	return e->fault.rip >> 63 && !(e->fault.vector == VECTOR_PAGE_FAULT &&
	                               e->fault.error & PAGE_FAULT_USER);
}

/* Names and words of a message; numbers differ from run to run. */
static uint64_t message_key(const char *text)
{
	uint64_t key = 0;

	for (size_t i = 0; text[i]; i++)
		if (isalpha((unsigned char)text[i]) &&
		    (i == 0 || !isdigit((unsigned char)text[i - 1])) &&
		    !isxdigit((unsigned char)text[i]))
			key = oracle_mix(key, (unsigned char)text[i]);
	return key;
}

static uint16_t running(const struct oracle *o)
{
	return o->current < o->record->nthreads ? o->current : 0;
}

static void place_end(struct oracle *o, struct oracle_finding *f)
{
	if (o->record->naccesses > 0)
		oracle_place_access(o, f, o->record->naccesses - 1, running(o));
}

/* The mark of an event, or SIZE_MAX. */
static size_t mark_of(const struct oracle *o, size_t event)
{
	for (size_t i = o->record->nmarks; i-- > 0;)
		if (o->record->marks[i].kind == RECORD_EVENT &&
		    o->record->marks[i].a == event)
			return i;
	return SIZE_MAX;
}

static void place_event(struct oracle *o, struct oracle_finding *f, size_t event)
{
	size_t mark = mark_of(o, event);

	if (mark == SIZE_MAX)
		place_end(o, f);
	else
		oracle_place_mark(o, f, mark);
}

/*
 * A kernel may fault where it copies from or to a program, and give an error back.  What
 * it does not survive, or makes somebody pay for, was not meant.
 */
static bool fatal(const struct record *r, size_t fault)
{
	const struct trace_event *e = &r->events[fault];

	if (r->outcome == TRACE_FAULTED)
		return true;
	for (size_t i = fault + 1; i < r->nevents; i++) {
		const struct trace_event *next = &r->events[i];

		if (next->kind == TRACE_PANIC)
			return true;
		if (next->kind == TRACE_SWITCH || next->kind == TRACE_FAULT)
			return false;
		if (strcmp(next->proc, e->proc) == 0)
			return next->kind == TRACE_KILL;
	}
	return r->outcome == TRACE_PANICKED;
}

/* The last fault of the kernel that it did not get over; SIZE_MAX for none. */
static size_t find_fault(const struct record *r)
{
	for (size_t i = r->nevents; i-- > 0;)
		if (r->events[i].kind == TRACE_FAULT && r->events[i].icount >= r->start &&
		    in_kernel(&r->events[i]))
			return fatal(r, i) ? i : SIZE_MAX;
	return SIZE_MAX;
}

static void tell_fault(struct oracle *o, size_t event)
{
	const struct trace_event *e = &o->record->events[event];
	struct oracle_finding *f = oracle_find(o, EXPLORE_KERNEL_FAULT, e->fault.rip, 0);

	if (!f)
		return;
	f->icount[0] = e->icount;
	f->rip[0] = e->fault.rip;
	f->thread[0] = running(o);
	f->nplaces = 1;
	oracle_reason(f, "exception %d in kernel mode in %s, address 0x%llx, of %s",
	              e->fault.vector, oracle_at(o, e->fault.rip),
	              (unsigned long long)e->fault.address, e->proc);
}

static size_t find_panic(const struct record *r)
{
	for (size_t i = r->nevents; i-- > 0;)
		if (r->events[i].kind == TRACE_PANIC && r->events[i].icount >= r->start)
			return i;
	return SIZE_MAX;
}

static void tell_panic(struct oracle *o, size_t event)
{
	const char *text =
		event == SIZE_MAX ? "no message" : o->record->events[event].panic.text;
	struct oracle_finding *f = oracle_find(o, EXPLORE_PANIC, message_key(text), 0);

	if (!f)
		return;
	if (event == SIZE_MAX)
		place_end(o, f);
	else
		place_event(o, f, event);
	oracle_reason(f, "the kernel panics in %s: %.160s", oracle_who(o, running(o)),
	              text);
}

static void tell_livelock(struct oracle *o)
{
	const struct record *r = o->record;
	struct oracle_finding *f = oracle_find(o, EXPLORE_LIVELOCK, 0, 0);
	uint64_t rip = r->naccesses > 0 ? r->accesses[r->naccesses - 1].rip : 0;

	if (!f)
		return;
	place_end(o, f);
	oracle_reason(f, "%s runs on and on without progress, last seen in %s",
	              oracle_who(o, running(o)), oracle_at(o, rip));
}

static void tell_status(struct oracle *o)
{
	struct oracle_finding *f =
		oracle_find(o, EXPLORE_STATUS, (uint64_t)o->record->status, 0);

	if (f)
		oracle_reason(f, "the program ended with status %d, not %d",
		              o->record->status, o->config->expect_status);
}

static void tell_console(struct oracle *o)
{
	const struct record *r = o->record;
	struct oracle_finding *f = oracle_find(o, EXPLORE_CONSOLE, 0, 0);
	size_t at = 0, line = 1;

	if (!f)
		return;
	while (at < r->console_size && at < o->config->expect_console_size &&
	       r->console[at] == o->config->expect_console[at])
		line += r->console[at++] == '\n';
	oracle_reason(f, "the console is not as expected, from byte %zu on, in line %zu",
	              at, line);
}

void oracle_end(struct oracle *o)
{
	const struct record *r = o->record;
	const struct explore_config *config = o->config;
	size_t fault = find_fault(r), panic = find_panic(r);

	if (fault != SIZE_MAX)
		tell_fault(o, fault);
	if (panic != SIZE_MAX || (r->outcome == TRACE_PANICKED && fault == SIZE_MAX))
		tell_panic(o, panic);
	if (r->outcome == TRACE_FAULTED && fault == SIZE_MAX) {
		struct oracle_finding *f = oracle_find(o, EXPLORE_KERNEL_FAULT, 0, 0);

		if (f) {
			place_end(o, f);
			oracle_reason(f, "the processor gave up: a triple fault or the "
			                 "like");
		}
	}
	if (r->stalled)
		tell_livelock(o);
	if (r->outcome != TRACE_POWEROFF)
		return;
	if (config->expect_status >= 0 && r->status != config->expect_status)
		tell_status(o);
	if (config->expect_console &&
	    (r->console_size != config->expect_console_size ||
	     memcmp(r->console, config->expect_console, r->console_size) != 0))
		tell_console(o);
}
