/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

enum tracer_state tracer_thread_state(struct tracer *t, int cpu,
                                      const struct thread *thread)
{
	static const enum tracer_state states[PROFILE_STATES] = {
		[PROFILE_RUNNING] = TRACER_RUNNING,
		[PROFILE_READY] = TRACER_READY,
		[PROFILE_BLOCKED] = TRACER_BLOCKED,
		[PROFILE_EXITED] = TRACER_EXITED,
	};
	struct expr_context context = {.machine = t->machine,
	                               .cpu = cpu,
	                               .object = thread->address};
	uint64_t value;

	if (!expr_eval(&t->kernel->thread_state, &context, &value))
		return TRACER_UNKNOWN;
	for (size_t i = 0; i < t->kernel->nstates; i++)
		if (t->kernel->states[i].value == value)
			return states[t->kernel->states[i].state];
	return TRACER_UNKNOWN;
}

static void describe(struct tracer *t, int cpu, const struct thread *thread,
                     struct tracer_thread *out)
{
	const struct process *p = tracer_thread_process(thread);

	*out = (struct tracer_thread){
		.address = thread->address,
		.serial = thread->serial,
		.id = thread->id,
		.pid = p ? p->pid : 0,
		.proc = p ? p->path : TRACE_KERNEL_PROC,
		.state = tracer_thread_state(t, cpu, thread),
		.in_wait = thread->wait.active,
		.exiting = p && p->exited,
	};
}

bool tracer_current(struct tracer *t, int cpu, struct tracer_thread *thread)
{
	const struct thread *current = tracer_thread(t, cpu);

	if (current)
		describe(t, cpu, current, thread);
	return current != NULL;
}

size_t tracer_threads(struct tracer *t, int cpu, struct tracer_thread *threads,
                      size_t max)
{
	size_t n = 0;

	for (const struct thread *thread = t->first_thread; thread;
	     thread = thread->newer)
		if (n++ < max)
			describe(t, cpu, thread, &threads[n - 1]);
	return n;
}

uint64_t tracer_threads_seen(const struct tracer *t)
{
	return t->thread_serial;
}

bool tracer_thread_at(struct tracer *t, int cpu, uint64_t address,
                      struct tracer_thread *thread)
{
	const struct thread *found = tracer_thread_find(t, address);

	if (found)
		describe(t, cpu, found, thread);
	return found != NULL;
}

size_t tracer_processes(struct tracer *t, struct tracer_process *processes, size_t max)
{
	size_t n = 0;

	for (const struct process *p = t->first_process; p; p = p->newer) {
		if (p->reaped && !p->bound)
			continue;
		if (n++ >= max)
			continue;
		processes[n - 1] = (struct tracer_process){
			.proc = p->path,
			.parent = p->parent ? p->parent->path : NULL,
			.pid = p->pid,
			.exited = p->exited,
			.reaped = p->reaped,
			.status = p->status,
		};
	}
	return n;
}
