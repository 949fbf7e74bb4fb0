/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back.  RAM is kept page by page as it is overwritten (cpu/watch.h); processors
 * and devices are copied, which is why no device has a pointer in it.
 */
#include "machine/internal.h"

#include <stdlib.h>

#include "cpu/watch.h"

/* More than a search keeps along one path. */
#define SNAPSHOTS_MAX 4096u

struct machine_snapshot {
	size_t journal; /* where RAM's part begins */
	size_t logged;
	struct {
		struct cpu_snapshot cpu;
		bool halted;
		struct lapic lapic;
	} cpus[MACHINE_CPUS_MAX];
	uint64_t skipped;
	struct ioapic ioapic;
	struct uart uart;
	struct i8259 pics[2];
	uint32_t exit_code;
	bool powered_off;
	uint64_t next_checkpoint;
};

int machine_watch(struct machine *m, struct machine_access *log, size_t max)
{
	int err = watch_create(&m->watch, m->ram, m->config.memory, log, max);

	for (int i = 0; i < m->config.cpus && err == 0; i++)
		err = cpu_watch(m->cpus[i].cpu, m->watch);
	if (err == 0) {
		m->snapshots = calloc(SNAPSHOTS_MAX, sizeof(*m->snapshots));
		err = m->snapshots ? 0 : error_set(ERR_MEMORY, "out of memory");
	}
	return err;
}

void snapshots_destroy(struct machine *m)
{
	for (size_t i = 0; i < m->nsnapshots; i++)
		for (int cpu = 0; cpu < m->config.cpus; cpu++)
			cpu_snapshot_destroy(&m->snapshots[i].cpus[cpu].cpu);
	free(m->snapshots);
	watch_destroy(m->watch);
}

size_t machine_logged(const struct machine *m)
{
	return m->watch->n;
}

void machine_forget_log(struct machine *m)
{
	m->watch->n = 0;
}

size_t machine_pushed(const struct machine *m)
{
	return m->pushed;
}

static int make(struct machine *m)
{
	struct machine_snapshot *s = &m->snapshots[m->nsnapshots];

	if (m->nsnapshots == SNAPSHOTS_MAX)
		return error_set(ERR_MEMORY, "more than %u snapshots", SNAPSHOTS_MAX);
	for (int i = 0; i < m->config.cpus; i++) {
		int err = cpu_snapshot_create(m->cpus[i].cpu, &s->cpus[i].cpu);

		if (err)
			return err;
	}
	m->nsnapshots++;
	return 0;
}

int machine_push(struct machine *m)
{
	int err = m->pushed == m->nsnapshots ? make(m) : 0;
	struct machine_snapshot *s = &m->snapshots[m->pushed];

	if (err)
		return err;
	if (m->watch->failed)
		return error_set(ERR_MEMORY, "no memory for the pages of a snapshot");
	for (int i = 0; i < m->config.cpus; i++) {
		cpu_snapshot_take(m->cpus[i].cpu, &s->cpus[i].cpu);
		s->cpus[i].halted = m->cpus[i].halted;
		s->cpus[i].lapic = m->cpus[i].lapic;
	}
	s->logged = m->watch->n;
	s->skipped = m->skipped;
	s->ioapic = m->ioapic;
	s->uart = m->uart;
	s->pics[0] = m->pics[0];
	s->pics[1] = m->pics[1];
	s->exit_code = m->exit_code;
	s->powered_off = m->powered_off;
	s->next_checkpoint = m->next_checkpoint;
	s->journal = watch_push(m->watch);
	m->pushed++;
	return 0;
}

void machine_rewind(struct machine *m, size_t n)
{
	const struct machine_snapshot *s = &m->snapshots[n];

	BUG_ON(n >= m->pushed);
	watch_rewind(m->watch, s->journal, (uint32_t)n + 1);
	for (int i = 0; i < m->config.cpus; i++) {
		cpu_snapshot_restore(m->cpus[i].cpu, &s->cpus[i].cpu);
		m->cpus[i].halted = s->cpus[i].halted;
		m->cpus[i].lapic = s->cpus[i].lapic;
	}
	m->watch->n = s->logged;
	m->skipped = s->skipped;
	m->ioapic = s->ioapic;
	m->uart = s->uart;
	m->pics[0] = s->pics[0];
	m->pics[1] = s->pics[1];
	m->exit_code = s->exit_code;
	m->powered_off = s->powered_off;
	m->next_checkpoint = s->next_checkpoint;
	m->stop_requested = false;
	m->pause_at = UINT64_MAX;
	m->fault[0] = '\0';
	m->pushed = n + 1;
}
