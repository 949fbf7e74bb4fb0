/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

#include <stdlib.h>

/*
 * Returns of probed functions.
 *
 * At the entry the return address lies at RSP.  It gets a probe, and the entry is noted
 * under the stack pointer that the return will leave (entry RSP + 8): that tells apart
 * recursive calls and other threads, whose stacks lie elsewhere.  A function that never
 * returns leaves its note behind until its stack is used again for the same call.
 */

/* A site's value: whether functions return to it, and 1 + its place in `by_address`. */
#define SITE_RETURN 0x80000000u
#define SITE_INDEX 0x0fffffffu

/* Does this tracer want the probe at all? */
static bool wanted(const struct tracer *t, const struct kernel_probe *probe)
{
	if (probe->event == PROFILE_ALLOC || probe->event == PROFILE_FREE)
		return t->options.heap;
	return !profile_is_note(probe->event) || t->note;
}

/* Keeps the order of the profile among the probes of one function. */
static void sort_probes(struct tracer *t)
{
	const struct kernel_probe *probes = t->kernel->probes;

	for (size_t i = 1; i < t->nprobes; i++) {
		uint32_t probe = t->by_address[i];
		size_t to = i;

		for (; to > 0; to--) {
			if (probes[t->by_address[to - 1]].address <=
			    probes[probe].address)
				break;
			t->by_address[to] = t->by_address[to - 1];
		}
		t->by_address[to] = probe;
	}
}

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "no memory for the tracer's probes");
}

static int set_sites(struct tracer *t)
{
	for (size_t i = 0; i < t->nprobes; i++) {
		uint64_t address = t->kernel->probes[t->by_address[i]].address;
		uint32_t site = map_get(&t->sites, address);

		if (site == MAP_NONE)
			site = 0;
		if (site & SITE_INDEX)
			continue;
		if (!map_put(&t->sites, address, site | ((uint32_t)i + 1)))
			return no_memory();
		int err = machine_probe(t->machine, address);
		if (err)
			return err;
	}
	return 0;
}

int tracer_sites_create(struct tracer *t)
{
	const struct kernel *k = t->kernel;

	t->by_address = calloc(k->nprobes + 1, sizeof(*t->by_address));
	t->returning = calloc(k->nprobes + 1, sizeof(*t->returning));
	t->return_sites = calloc(RETURN_SITES_MAX, sizeof(*t->return_sites));
	t->pending = calloc(PENDING_MAX, sizeof(*t->pending));
	if (!t->by_address || !t->returning || !t->return_sites || !t->pending)
		return no_memory();
	t->pending_free = MAP_NONE;
	return tracer_sites_extend(t);
}

int tracer_sites_extend(struct tracer *t)
{
	const struct kernel *k = t->kernel;

	for (size_t i = 0; i < t->sites.room; i++)
		if (t->sites.slots[i].value != MAP_NONE)
			t->sites.slots[i].value &= ~SITE_INDEX;
	t->nprobes = t->nreturning = 0;
	for (size_t i = 0; i < k->nprobes; i++) {
		if (!wanted(t, &k->probes[i]))
			continue;
		t->by_address[t->nprobes++] = (uint32_t)i;
		if (k->probes[i].returns)
			t->returning[t->nreturning++] = (uint32_t)i;
	}
	sort_probes(t);
	return set_sites(t);
}

void tracer_sites_destroy(struct tracer *t)
{
	for (size_t i = 0; i < t->sites.room; i++)
		if (t->sites.slots[i].value != MAP_NONE)
			machine_unprobe(t->machine, t->sites.slots[i].key);
	map_clear(&t->sites);
	map_clear(&t->pending_map);
	free(t->by_address);
	free(t->returning);
	free(t->return_sites);
	free(t->pending);
}

static void drop_oldest_site(struct tracer *t)
{
	uint64_t address = t->return_sites[t->return_first];
	uint32_t site = map_get(&t->sites, address);

	t->return_first = (t->return_first + 1) % RETURN_SITES_MAX;
	t->nreturn_sites--;
	if (site & SITE_INDEX) {
		map_put(&t->sites, address, site & SITE_INDEX);
		return;
	}
	map_remove(&t->sites, address);
	machine_unprobe(t->machine, address);
}

/* Makes sure that we see `address` being returned to. */
static bool watch_return(struct tracer *t, uint64_t address)
{
	uint32_t site = map_get(&t->sites, address);
	uint64_t offset;

	if (site != MAP_NONE && site & SITE_RETURN)
		return true;
	if (!symbols_function(t->kernel->symbols, address, &offset))
		return false;
	if (t->nreturn_sites == RETURN_SITES_MAX)
		drop_oldest_site(t);
	if (site == MAP_NONE && machine_probe(t->machine, address) != 0)
		return false;
	if (!map_put(&t->sites, address, (site == MAP_NONE ? 0 : site) | SITE_RETURN))
		return false;
	t->return_sites[(t->return_first + t->nreturn_sites++) % RETURN_SITES_MAX] =
		address;
	return true;
}

/*
 * Kernel stacks lie in canonical addresses, so the probe's number finds room at the
 * top.
 */
static uint64_t pending_key(uint64_t rsp, uint32_t probe)
{
	return rsp ^ (uint64_t)probe << 48;
}

static void drop_pending(struct tracer *t, struct pending *p)
{
	map_remove(&t->pending_map, pending_key(p->rsp, p->probe));
	p->next_free = t->pending_free;
	t->pending_free = (uint32_t)(p - t->pending);
}

/* So many calls that never return: none of a sane kernel is lost by starting afresh. */
static void drop_all_pending(struct tracer *t)
{
	t->lost += t->pending_map.used;
	map_clear(&t->pending_map);
	t->pending_used = 0;
	t->pending_free = MAP_NONE;
}

/* The note of a call, a new one or that of a call on this stack that never returned. */
static struct pending *take_pending(struct tracer *t, uint64_t rsp, uint32_t probe)
{
	uint64_t key = pending_key(rsp, probe);
	uint32_t i = map_get(&t->pending_map, key);
	bool fresh;

	if (i != MAP_NONE)
		return &t->pending[i];
	if (t->pending_free == MAP_NONE && t->pending_used == PENDING_MAX)
		drop_all_pending(t);
	fresh = t->pending_free == MAP_NONE;
	i = fresh ? t->pending_used : t->pending_free;
	if (!map_put(&t->pending_map, key, i)) {
		t->lost++;
		return NULL;
	}
	if (fresh)
		t->pending_used++;
	else
		t->pending_free = t->pending[i].next_free;
	return &t->pending[i];
}

static void evaluate(struct tracer *t, int cpu, const struct kernel_probe *probe,
                     bool results, const struct machine_registers *registers,
                     struct probe_values *values)
{
	struct thread *thread = tracer_thread(t, cpu);
	struct process *process = tracer_thread_process(thread);
	struct expr_context context = {
		.machine = t->machine,
		.cpu = cpu,
		.registers = registers,
		.thread = thread ? thread->address : 0,
		.process = process ? process->address : 0,
	};

	for (int i = 0; i < PROFILE_EXPRS; i++)
		if (probe->has[i] && probe->exprs[i].result == results &&
		    expr_eval(&probe->exprs[i], &context, &values->value[i]))
			values->valid |= 1u << i;
}

/* A return that nobody asks for costs only its entry. */
static bool wants_return(struct tracer *t, int cpu, const struct kernel_probe *probe)
{
	struct thread *thread;

	if (probe->event != PROFILE_SYSCALL_RETURN || t->options.syscalls)
		return true;
	thread = tracer_thread(t, cpu);
	return thread && thread->wait.active;
}

static void await_return(struct tracer *t, int cpu, uint32_t index,
                         const struct machine_registers *registers)
{
	const struct kernel_probe *probe = &t->kernel->probes[index];
	uint64_t rsp = registers->gpr[GPR_RSP], address;
	struct probe_values values = {0};
	struct pending *p;

	if (!wants_return(t, cpu, probe) ||
	    !machine_read(t->machine, cpu, rsp, &address, sizeof(address)) ||
	    !watch_return(t, address))
		return;
	evaluate(t, cpu, probe, false, registers, &values);
	p = take_pending(t, rsp + 8, index);
	if (!p)
		return;
	p->rsp = rsp + 8;
	p->probe = index;
	p->valid = values.valid;
	for (int i = 0; i < PROFILE_EXPRS; i++)
		p->values[i] = values.value[i];
}

static void entered(struct tracer *t, int cpu, uint32_t index,
                    const struct machine_registers *registers)
{
	const struct kernel_probe *probe = &t->kernel->probes[index];
	struct probe_values values = {0};

	if (probe->returns) {
		await_return(t, cpu, index, registers);
		return;
	}
	evaluate(t, cpu, probe, false, registers, &values);
	tracer_probe_event(t, cpu, probe, &values, registers);
}

static void returned(struct tracer *t, int cpu, const struct machine_registers *registers)
{
	uint64_t rsp = registers->gpr[GPR_RSP];

	for (size_t i = 0; i < t->nreturning; i++) {
		uint32_t index = t->returning[i];
		uint32_t found = map_get(&t->pending_map, pending_key(rsp, index));
		struct probe_values values = {0};
		struct pending *p;

		if (found == MAP_NONE)
			continue;
		p = &t->pending[found];
		if (p->rsp != rsp || p->probe != index)
			continue;
		values.valid = p->valid;
		for (int j = 0; j < PROFILE_EXPRS; j++)
			values.value[j] = p->values[j];
		drop_pending(t, p);
		evaluate(t, cpu, &t->kernel->probes[index], true, registers, &values);
		tracer_probe_event(t, cpu, &t->kernel->probes[index], &values, registers);
	}
}

void tracer_probe_hit(struct tracer *t, int cpu, uint64_t address)
{
	const struct kernel_probe *probes = t->kernel->probes;
	uint32_t site = map_get(&t->sites, address);
	struct machine_registers registers;

	if (site == MAP_NONE)
		return;
	machine_registers(t->machine, cpu, &registers);
	if (site & SITE_RETURN)
		returned(t, cpu, &registers);
	if (!(site & SITE_INDEX))
		return;
	for (size_t i = (site & SITE_INDEX) - 1; i < t->nprobes; i++) {
		if (probes[t->by_address[i]].address != address)
			break;
		entered(t, cpu, t->by_address[i], &registers);
	}
}
