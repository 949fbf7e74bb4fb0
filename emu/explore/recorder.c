/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/recorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void mark(struct recorder *r, enum record_kind kind, uint16_t thread, uint64_t a,
                 uint64_t b)
{
	if (!array_grow(&r->marks, &r->marks_room, r->at.nmarks + 1, sizeof(*r->marks))) {
		r->failed = true;
		return;
	}
	r->marks[r->at.nmarks++] = (struct record_mark){
		.kind = kind,
		.thread = thread,
		.access = (uint32_t)machine_logged(r->machine),
		.icount = machine_icount(r->machine, 0),
		.a = a,
		.b = b,
	};
}

/* --- threads --- */

static uint64_t hash_name(uint64_t creator, uint64_t nth)
{
	uint64_t h = (creator ^ nth * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

	h = (h ^ h >> 31) * 0x94d049bb133111ebu;
	return h ^ h >> 29;
}

static uint64_t state_address(struct recorder *r, uint64_t thread)
{
	uint64_t va, pa;

	if (!kernel_thread_state_address(r->kernel, r->machine, 0, thread, &va) ||
	    !machine_translate(r->machine, 0, va, &pa))
		return UINT64_MAX;
	return pa;
}

static const char *keep(struct recorder *r, const char *text)
{
	const char *kept;

	if (!text)
		return NULL;
	kept = strings_intern(r->strings, text, strlen(text));
	if (!kept)
		r->failed = true;
	return kept ? kept : "";
}

static uint16_t add_thread(struct recorder *r, const struct tracer_thread *t,
                           uint64_t name)
{
	uint16_t n = (uint16_t)r->at.nthreads;
	uint64_t pa;

	if (n == RECORD_THREADS_MAX) {
		r->failed = true;
		machine_stop_request(r->machine);
		return 0;
	}
	r->at.nthreads++;
	if (!machine_translate(r->machine, 0, t->address, &pa))
		pa = UINT64_MAX;
	r->serials[n] = t->serial;
	r->created[n] = 0;
	r->threads[n] = (struct record_thread){
		.address = t->address,
		.pa = pa,
		.state = state_address(r, t->address),
		.stack = UINT64_MAX,
		.id = t->id,
		.pid = t->pid,
		.proc = keep(r, t->proc),
		.name = name,
	};
	return n;
}

/* The index of the thread that runs; new where it was not seen before. */
static uint16_t current_thread(struct recorder *r)
{
	struct tracer_thread t;

	if (!tracer_current(r->tracer, 0, &t))
		return 0;
	for (size_t i = r->at.nthreads; i-- > 0;)
		if (r->serials[i] == t.serial)
			return (uint16_t)i;
	return add_thread(r, &t, hash_name(0, t.serial));
}

void recorder_look_for_threads(struct recorder *r)
{
	uint64_t newest = r->at.nthreads ? r->serials[r->at.nthreads - 1] : 0;
	struct tracer_thread threads[RECORD_THREADS_MAX];
	size_t n;

	if (tracer_threads_seen(r->tracer) <= newest || r->first_serial == 0)
		return;
	n = tracer_threads(r->tracer, 0, threads, RECORD_THREADS_MAX);
	for (size_t i = 0; i < n && i < RECORD_THREADS_MAX; i++) {
		uint16_t creator = r->at.current, t;

		if (threads[i].serial <= newest)
			continue;
		t = add_thread(r, &threads[i],
		               hash_name(r->threads[creator].name,
		                         ++r->created[creator]));
		mark(r, RECORD_START, creator, t, recorder_can_run(r, t));
	}
}

int recorder_begin(struct recorder *r)
{
	struct tracer_thread threads[RECORD_THREADS_MAX];
	size_t n = tracer_threads(r->tracer, 0, threads, RECORD_THREADS_MAX);
	struct tracer_thread current;

	if (n > RECORD_THREADS_MAX / 2)
		return error_set(ERR_USAGE, "%zu threads at the start are too many", n);
	if (!tracer_current(r->tracer, 0, &current))
		return error_set(ERR_USAGE,
		                 "the kernel has no thread that runs where the program "
		                 "begins; its profile says where that is to be found");
	r->at = (struct recorder_place){
		.nconsole = r->at.nconsole,
		.nevents = r->at.nevents,
	};
	for (size_t i = 0; i < n; i++) {
		uint16_t t = add_thread(r, &threads[i], hash_name(0, i + 1));

		if (threads[i].state == TRACER_READY && threads[i].pid == 0)
			r->idle |= 1ull << t;
		else if (threads[i].state == TRACER_READY)
			r->first_ready |= 1ull << t;
		if (threads[i].state == TRACER_BLOCKED)
			r->first_blocked |= 1ull << t;
	}
	r->first_serial = n ? r->serials[n - 1] + 1 : 1;
	r->at.current = current_thread(r);
	r->at.switched = r->at.progress = machine_icount(r->machine, 0);
	return r->failed ? error_set(ERR_MEMORY, "out of memory") : 0;
}

bool recorder_can_run(struct recorder *r, uint16_t thread)
{
	struct tracer_thread t;

	if ((r->at.exited >> thread & 1) ||
	    !tracer_thread_at(r->tracer, 0, r->threads[thread].address, &t) ||
	    t.serial != r->serials[thread])
		return false;
	return t.state == TRACER_READY || t.state == TRACER_RUNNING;
}

/* --- what it hears --- */

static enum record_why why_of(const char *why)
{
	switch (why[0]) {
	case 'b':
		return RECORD_BLOCK;
	case 'y':
		return RECORD_YIELD;
	case 'p':
		return RECORD_PREEMPT;
	default:
		return RECORD_EXIT;
	}
}

/* The CPU still stands on the stack of the thread that leaves. */
static void note_stack(struct recorder *r, uint16_t thread)
{
	struct machine_registers registers;

	machine_registers(r->machine, 0, &registers);
	if (!machine_translate(r->machine, 0, registers.gpr[GPR_RSP],
	                       &r->threads[thread].stack))
		r->threads[thread].stack = UINT64_MAX;
}

static void record_switch(struct recorder *r, const struct trace_event *e)
{
	enum record_why why = why_of(e->switch_.why);
	uint16_t from = r->at.current;
	uint16_t to = current_thread(r);

	note_stack(r, from);
	mark(r, RECORD_SWITCH, from, to, why);
	r->at.current = to;
	r->at.switched = e->icount;
	if (why == RECORD_EXIT)
		r->at.exited |= 1ull << from;
	if (r->switched)
		r->switched(r->ctx, from, to, why);
}

static void record_memory(struct recorder *r, const struct trace_event *e)
{
	bool alloc = e->kind == TRACE_ALLOC;
	uint64_t pa;

	if (machine_translate(r->machine, 0, e->alloc.address, &pa))
		mark(r, alloc ? RECORD_ALLOC : RECORD_FREE, r->at.current, pa,
		     alloc ? e->alloc.size : 0);
}

/* What a program did that it could not go on doing for ever. */
static bool is_progress(enum trace_event_kind kind)
{
	switch (kind) {
	case TRACE_SWITCH:
	case TRACE_IRQ:
	case TRACE_SYSCALL:
	case TRACE_ALLOC:
	case TRACE_FREE:
	case TRACE_WAIT_ENTER:
	case TRACE_WAIT_RETURN:
		return false;
	default:
		return true;
	}
}

/* Where an event of each kind has strings besides its process; 0: no more. */
#define STRINGS_MAX 3
#define AT(field) offsetof(struct trace_event, field)
static const size_t string_fields[TRACE_EVENT_KINDS][STRINGS_MAX] = {
	[TRACE_FORK] = {AT(fork.child_proc)},
	[TRACE_EXEC] = {AT(exec.path)},
	[TRACE_WAIT_RETURN] = {AT(wait_return.child_proc)},
	[TRACE_REAP] = {AT(reap.child_proc)},
	[TRACE_ORPHAN] = {AT(orphan.child_proc)},
	[TRACE_REPARENT] = {AT(reparent.child_proc), AT(reparent.to_proc)},
	[TRACE_RELEASE] = {AT(release.child_proc), AT(release.what)},
	[TRACE_SWITCH] = {AT(switch_.from), AT(switch_.to), AT(switch_.why)},
	[TRACE_FAULT] = {AT(fault.symbol), AT(fault.insn)},
	[TRACE_KILL] = {AT(kill.reason)},
	[TRACE_SYSCALL] = {AT(syscall.name)},
	[TRACE_ALLOC] = {AT(alloc.label)},
	[TRACE_FREE] = {AT(alloc.label)},
	[TRACE_PANIC] = {AT(panic.text)},
};
#undef AT

/* Strings of an event live for the call: those that somebody reads later are kept. */
static void keep_strings(struct recorder *r, struct trace_event *e)
{
	e->proc = keep(r, e->proc);
	for (int i = 0; i < STRINGS_MAX && string_fields[e->kind][i] != 0; i++) {
		void *field = (char *)e + string_fields[e->kind][i];
		const char *text;

		memcpy(&text, field, sizeof(text));
		text = keep(r, text);
		memcpy(field, &text, sizeof(text));
	}
	if (e->kind == TRACE_EXEC) {
		e->exec.argc = 0;
		e->exec.argv = NULL;
	} else if (e->kind == TRACE_CONSOLE) {
		/* The bytes are in the console's own record. */
		e->console.text = "";
		e->console.length = 0;
	} else if (e->kind == TRACE_INPUT) {
		e->input.text = "";
		e->input.length = 0;
	}
}

static void on_event(void *ctx, const struct trace_event *event)
{
	struct recorder *r = ctx;
	bool started = r->first_serial != 0;
	struct trace_event *e;

	if (started)
		recorder_look_for_threads(r);
	if (!array_grow(&r->events, &r->events_room, r->at.nevents + 1,
	                sizeof(*r->events))) {
		r->failed = true;
		return;
	}
	e = &r->events[r->at.nevents++];
	*e = *event;
	keep_strings(r, e);
	if (!started)
		return;
	mark(r, RECORD_EVENT, r->at.current, r->at.nevents - 1, 0);
	if (is_progress(e->kind))
		r->at.progress = e->icount;
	if (e->kind == TRACE_SWITCH)
		record_switch(r, event);
	else if (e->kind == TRACE_ALLOC || e->kind == TRACE_FREE)
		record_memory(r, e);
	r->at.panicked |= e->kind == TRACE_PANIC;
}

void recorder_interrupt(struct recorder *r, int vector, bool idle)
{
	if (r->first_serial == 0)
		return;
	if (idle)
		r->idle |= 1ull << r->at.current;
	mark(r, RECORD_IRQ, r->at.current, (uint64_t)vector, idle);
}

void recorder_choice(struct recorder *r, uint64_t at, uint16_t thread)
{
	mark(r, RECORD_CHOICE, r->at.current, at, thread);
}

void recorder_console(struct recorder *r, uint8_t byte)
{
	if (r->at.nconsole < RECORDER_CONSOLE_MAX)
		r->console[r->at.nconsole++] = (char)byte;
	else
		machine_stop_request(r->machine);
}

void recorder_note(void *ctx, int cpu, enum tracer_note what, uint64_t a, uint64_t b)
{
	struct recorder *r = ctx;
	uint64_t pa = a;

	(void)cpu;
	if (r->first_serial == 0)
		return;
	switch (what) {
	case TRACER_ACQUIRE:
		mark(r, RECORD_ACQUIRE, r->at.current, a,
		     b ? RECORD_SLEEPLOCK : RECORD_SPINLOCK);
		break;
	case TRACER_RELEASE:
		mark(r, RECORD_RELEASE, r->at.current, a,
		     b ? RECORD_SLEEPLOCK : RECORD_SPINLOCK);
		if (r->released)
			r->released(r->ctx);
		break;
	case TRACER_PAGES:
	case TRACER_PAGES_FREE:
		if (a >> 63 && !machine_translate(r->machine, 0, a, &pa))
			return;
		mark(r, what == TRACER_PAGES ? RECORD_PAGES : RECORD_PAGES_FREE,
		     r->at.current, pa, b);
		break;
	}
}

/* --- life --- */

int recorder_create(struct recorder *r, struct machine *m, struct tracer *tracer,
                    const struct kernel *kernel)
{
	int err;

	*r = (struct recorder){.machine = m, .tracer = tracer, .kernel = kernel};
	r->strings = strings_create();
	r->console = malloc(RECORDER_CONSOLE_MAX);
	if (!r->strings || !r->console)
		return error_set(ERR_MEMORY, "out of memory");
	err = tracer_add_sink(tracer, on_event, r);
	return err ? err : tracer_on_note(tracer, recorder_note, r);
}

void recorder_destroy(struct recorder *r)
{
	strings_free(r->strings);
	free(r->marks);
	free(r->events);
	free(r->console);
}

void recorder_forget_accesses(struct recorder *r)
{
	for (size_t i = 0; i < r->at.nmarks; i++)
		r->marks[i].access = 0;
}

void recorder_fill(struct recorder *r, struct record *record)
{
	for (size_t i = 0; i < r->at.nthreads; i++) {
		struct record_thread *t = &r->threads[i];

		t->idle = r->idle >> i & 1;
		t->exited = r->at.exited >> i & 1;
		t->blocked = !t->exited && !recorder_can_run(r, (uint16_t)i);
	}
	record->first_blocked = r->first_blocked;
	record->first_ready = r->first_ready;
	record->marks = r->marks;
	record->nmarks = r->at.nmarks;
	record->events = r->events;
	record->nevents = r->at.nevents;
	record->threads = r->threads;
	record->nthreads = r->at.nthreads;
	record->console = r->console;
	record->console_size = r->at.nconsole;
}
