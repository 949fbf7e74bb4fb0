/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tracer_tables_create(struct tracer *t)
{
	t->processes = calloc(PROCESSES_MAX, sizeof(*t->processes));
	t->threads = calloc(THREADS_MAX, sizeof(*t->threads));
	t->paths = strings_create();
	if (!t->processes || !t->threads || !t->paths)
		return error_set(ERR_MEMORY, "no memory for the tracer's tables");
	for (size_t i = 0; i < t->kernel->nprobes; i++)
		if (t->kernel->probes[i].event == PROFILE_RELEASE)
			t->watched |= 1u << t->kernel->probes[i].what;
	return 0;
}

void tracer_tables_destroy(struct tracer *t)
{
	strings_free(t->paths);
	free(t->processes);
	free(t->threads);
	map_clear(&t->process_map);
	map_clear(&t->object_map);
	map_clear(&t->thread_map);
}

/* --- threads --- */

struct process *tracer_thread_process(const struct thread *thread)
{
	struct process *p = thread ? thread->process : NULL;

	return p && p->serial == thread->process_serial ? p : NULL;
}

void tracer_thread_assign(struct thread *thread, struct process *process)
{
	thread->process = process;
	thread->process_serial = process ? process->serial : 0;
}

struct thread *tracer_thread_find(struct tracer *t, uint64_t address)
{
	uint32_t i = map_get(&t->thread_map, address);

	return i == MAP_NONE ? NULL : &t->threads[i];
}

void tracer_thread_refresh(struct tracer *t, int cpu, struct thread *thread)
{
	const struct kernel *k = t->kernel;
	struct expr_context context = {.machine = t->machine,
	                               .cpu = cpu,
	                               .object = thread->address};
	uint64_t id = 0, process = 0;

	if (expr_eval(&k->thread_id, &context, &id))
		thread->id = (int)id;
	if (k->thread_is_process)
		process = thread->address;
	else if (!expr_eval(&k->thread_process, &context, &process))
		process = 0;
	tracer_thread_assign(thread, tracer_process_find(t, process));
}

struct thread *tracer_thread_get(struct tracer *t, int cpu, uint64_t address)
{
	struct thread *thread = tracer_thread_find(t, address);

	if (thread)
		return thread;
	thread = t->free_thread;
	if (!thread && t->threads_used < THREADS_MAX)
		thread = &t->threads[t->threads_used];
	if (!thread ||
	    !map_put(&t->thread_map, address, (uint32_t)(thread - t->threads))) {
		t->lost++;
		return NULL;
	}
	if (thread == t->free_thread)
		t->free_thread = thread->next_free;
	else
		t->threads_used++;
	*thread = (struct thread){.used = true,
	                          .serial = ++t->thread_serial,
	                          .address = address,
	                          .older = t->last_thread};
	*(t->last_thread ? &t->last_thread->newer : &t->first_thread) = thread;
	t->last_thread = thread;
	tracer_thread_refresh(t, cpu, thread);
	return thread;
}

void tracer_thread_forget(struct tracer *t, struct thread *thread)
{
	for (int cpu = 0; cpu < MACHINE_CPUS_MAX; cpu++)
		if (t->current[cpu].thread == thread)
			t->current[cpu].thread = NULL;
	map_remove(&t->thread_map, thread->address);
	*(thread->older ? &thread->older->newer : &t->first_thread) = thread->newer;
	*(thread->newer ? &thread->newer->older : &t->last_thread) = thread->older;
	*thread = (struct thread){.next_free = t->free_thread};
	t->free_thread = thread;
}

/*
 * Read from the guest only until the kernel has a current thread; from then on it changes
 * at the switches that we see.
 */
struct thread *tracer_thread(struct tracer *t, int cpu)
{
	struct expr_context context = {.machine = t->machine, .cpu = cpu};
	uint64_t address;

	if (t->current[cpu].known)
		return t->current[cpu].thread;
	if (!expr_eval(&t->kernel->current_thread, &context, &address) || address == 0)
		return NULL;
	t->current[cpu].known = true;
	t->current[cpu].thread = tracer_thread_get(t, cpu, address);
	return t->current[cpu].thread;
}

struct process *tracer_process(struct tracer *t, int cpu)
{
	return tracer_thread_process(tracer_thread(t, cpu));
}

/* --- processes --- */

struct process *tracer_process_find(struct tracer *t, uint64_t address)
{
	uint32_t i = address ? map_get(&t->process_map, address) : MAP_NONE;

	return i == MAP_NONE ? NULL : &t->processes[i];
}

/*
 * FNV-1a, the same on every host, cut to the nine digits that a path's number may have.
 */
static uint32_t hash(const char *text)
{
	uint64_t h = 14695981039346656037u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211u;
	return (uint32_t)(h % 1000000000);
}

const char *tracer_fork_path(struct tracer *t, struct process *parent)
{
	uint32_t n = parent ? ++parent->forks : ++t->kernel_forks;
	char path[PATH_LENGTH_MAX + sizeof(".4294967295")];
	int length;

	if (!parent)
		length = snprintf(path, sizeof(path), "%" PRIu32, n);
	else if (strlen(parent->path) + sizeof(".4294967295") > PATH_LENGTH_MAX)
		length = snprintf(path, sizeof(path), "%" PRIu32 ".%" PRIu32,
		                  hash(parent->path), n);
	else
		length = snprintf(path, sizeof(path), "%s.%" PRIu32, parent->path, n);
	return strings_intern(t->paths, path, (size_t)length);
}

static void link_child(struct process *p, struct process *parent)
{
	p->parent = parent;
	p->newer_sibling = NULL;
	p->older_sibling = parent ? parent->last_child : NULL;
	if (!parent)
		return;
	*(parent->last_child ? &parent->last_child->newer_sibling
	                     : &parent->first_child) = p;
	parent->last_child = p;
}

static void unlink_child(struct process *p)
{
	struct process *parent = p->parent;

	if (!parent)
		return;
	*(p->older_sibling ? &p->older_sibling->newer_sibling : &parent->first_child) =
		p->newer_sibling;
	*(p->newer_sibling ? &p->newer_sibling->older_sibling : &parent->last_child) =
		p->older_sibling;
	p->parent = NULL;
}

struct process *tracer_process_add(struct tracer *t, struct process *parent,
                                   const char *path, uint64_t address, int pid)
{
	struct process *p = t->free_process;

	if (!p && t->processes_used < PROCESSES_MAX)
		p = &t->processes[t->processes_used];
	if (!p || !map_put(&t->process_map, address, (uint32_t)(p - t->processes))) {
		t->lost++;
		return NULL;
	}
	if (p == t->free_process)
		t->free_process = p->next_reaped;
	else
		t->processes_used++;
	*p = (struct process){.used = true,
	                      .serial = ++t->serial,
	                      .address = address,
	                      .mapped = true,
	                      .path = path,
	                      .pid = pid,
	                      .older = t->last_process};
	*(t->last_process ? &t->last_process->newer : &t->first_process) = p;
	t->last_process = p;
	link_child(p, parent);
	return p;
}

/*
 * One key for an object and what it is: the top bits of kernel addresses are all alike.
 */
static uint64_t object_key(int what, uint64_t object)
{
	return object ^ (uint64_t)what << 56;
}

static void unbind(struct tracer *t, struct process *p, int what)
{
	uint64_t key = object_key(what, p->objects[what]);

	if (!(p->bound >> what & 1))
		return;
	p->bound &= ~(1u << what);
	if (map_get(&t->object_map, key) == (uint32_t)(p - t->processes))
		map_remove(&t->object_map, key);
}

static void bind(struct tracer *t, struct process *p, int what, uint64_t object)
{
	unbind(t, p, what);
	if (object == 0)
		return;
	if (!map_put(&t->object_map, object_key(what, object),
	             (uint32_t)(p - t->processes))) {
		t->lost++;
		return;
	}
	p->objects[what] = object;
	p->bound |= 1u << what;
}

void tracer_process_bind(struct tracer *t, int cpu, struct process *p)
{
	struct expr_context context = {.machine = t->machine,
	                               .cpu = cpu,
	                               .object = p->address};

	for (int i = 0; i < t->kernel->nresources; i++) {
		const struct kernel_resource *resource = &t->kernel->resources[i];
		uint64_t object = p->address;

		if (!(t->watched >> i & 1))
			continue;
		if (resource->is_process || expr_eval(&resource->expr, &context, &object))
			bind(t, p, i, object);
	}
}

struct process *tracer_object_release(struct tracer *t, int what, uint64_t object)
{
	uint32_t i = map_get(&t->object_map, object_key(what, object));
	struct process *p;

	if (i == MAP_NONE)
		return NULL;
	p = &t->processes[i];
	if (!(p->bound >> what & 1) || p->objects[what] != object)
		return NULL;
	unbind(t, p, what);
	return p;
}

/* Its slot becomes free; nobody knows it any more. */
static void forget(struct tracer *t, struct process *p)
{
	if (t->console.writer == p)
		tracer_console_flush(t);
	for (int i = 0; i < t->kernel->nresources; i++)
		unbind(t, p, i);
	while (p->first_child)
		unlink_child(p->first_child);
	unlink_child(p);
	*(p->older ? &p->older->newer : &t->first_process) = p->newer;
	*(p->newer ? &p->newer->older : &t->last_process) = p->older;
	*p = (struct process){.next_reaped = t->free_process};
	t->free_process = p;
}

void tracer_process_reap(struct tracer *t, struct process *p)
{
	struct process *oldest = t->first_reaped;

	if (tracer_process_find(t, p->address) == p)
		map_remove(&t->process_map, p->address);
	p->mapped = false;
	p->reaped = true;
	*(t->last_reaped ? &t->last_reaped->next_reaped : &t->first_reaped) = p;
	t->last_reaped = p;
	if (++t->nreaped <= REAPED_MAX)
		return;
	t->first_reaped = oldest->next_reaped;
	t->nreaped--;
	forget(t, oldest);
}

void tracer_process_adopt(struct process *p, struct process *parent)
{
	unlink_child(p);
	link_child(p, parent);
}

/*
 * A pid may be used again once its process is reaped, so of several the newest counts;
 * but one that was told already only where no other is left: a kernel that returns a
 * child twice is to be seen doing so.
 */
struct process *tracer_child(const struct process *parent, int pid)
{
	struct process *told = NULL;

	for (struct process *p = parent->last_child; p; p = p->older_sibling) {
		if (p->pid != pid)
			continue;
		if (!p->returned)
			return p;
		if (!told)
			told = p;
	}
	return told;
}
