/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/xxh3.h"

#define LARGE_PAGE 0x200000u
#define MEMORY_MIN (8ull << 20)
#define MEMORY_MAX (2ull << 30) /* well below the devices' addresses */

static const struct machine_observer no_observer;

static int allocate_ram(struct machine *m)
{
	void *ram = mmap(NULL, m->config.memory, PROT_READ | PROT_WRITE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (ram == MAP_FAILED)
		return error_set(ERR_MEMORY, "no memory for %llu MiB of guest RAM",
		                 (unsigned long long)(m->config.memory >> 20));
	/* Fewer page faults and TLB misses of the host; a refusal changes nothing. */
	madvise(ram, m->config.memory, MADV_HUGEPAGE);
	m->ram = ram;
	return 0;
}

static int check_config(const struct machine_config *config)
{
	if (config->memory < MEMORY_MIN || config->memory > MEMORY_MAX ||
	    config->memory % LARGE_PAGE != 0)
		return error_set(
			ERR_USAGE,
			"a machine has 8 MiB to 2 GiB of RAM, in steps of 2 MiB");
	if (config->cpus < 1 || config->cpus > MACHINE_CPUS_MAX)
		return error_set(ERR_USAGE, "a machine has 1 to %d CPUs",
		                 MACHINE_CPUS_MAX);
	return 0;
}

int machine_create(struct machine **out, const struct machine_config *config)
{
	int err = check_config(config);
	struct machine *m;

	if (err)
		return err;
	m = calloc(1, sizeof(*m));
	if (!m)
		return error_set(ERR_MEMORY, "out of memory");
	m->config = *config;
	m->observer = &no_observer;
	m->pause_at = UINT64_MAX;
	bus_init(m);
	err = allocate_ram(m);
	for (int i = 0; i < config->cpus && err == 0; i++) {
		err = cpu_create(&m->cpus[i].cpu, i, m->ram, config->memory, &m->bus);
		if (err == 0)
			err = bus_map(m->cpus[i].cpu);
	}
	if (err) {
		machine_destroy(m);
		return err;
	}
	*out = m;
	return 0;
}

void machine_destroy(struct machine *m)
{
	if (!m)
		return;
	snapshots_destroy(m);
	for (int i = 0; i < m->config.cpus; i++)
		cpu_destroy(m->cpus[i].cpu);
	if (m->ram)
		munmap(m->ram, m->config.memory);
	free(m);
}

int machine_reset(struct machine *m, uint32_t entry, uint32_t ebx)
{
	ioapic_reset(&m->ioapic);
	uart_reset(&m->uart);
	i8259_reset(&m->pics[0]);
	i8259_reset(&m->pics[1]);
	for (int i = 0; i < m->config.cpus; i++) {
		lapic_reset(&m->cpus[i].lapic, (uint8_t)i);
		m->cpus[i].halted = false;
	}
	m->skipped = 0;
	m->exit_code = 0;
	m->powered_off = false;
	m->stop_requested = false;
	m->next_checkpoint = m->observer->checkpoint_interval;
	m->fault[0] = '\0';
	return cpu_reset(m->cpus[0].cpu, entry, ebx);
}

uint8_t *machine_ram(struct machine *m)
{
	return m->ram;
}

uint64_t machine_ram_size(const struct machine *m)
{
	return m->config.memory;
}

void machine_set_observer(struct machine *m, const struct machine_observer *observer)
{
	m->observer = observer ? observer : &no_observer;
	m->next_checkpoint =
		cpu_icount(m->cpus[0].cpu) + m->observer->checkpoint_interval;
}

void machine_set_schedule(struct machine *m, const struct machine_schedule *schedule)
{
	m->schedule = schedule;
}

void machine_set_input(struct machine *m, const struct machine_input *input)
{
	m->input = input;
}

int machine_probe(struct machine *m, uint64_t address)
{
	int err = 0;

	for (int i = 0; i < m->config.cpus && err == 0; i++)
		err = cpu_probe(m->cpus[i].cpu, address);
	return err;
}

void machine_unprobe(struct machine *m, uint64_t address)
{
	for (int i = 0; i < m->config.cpus; i++)
		cpu_unprobe(m->cpus[i].cpu, address);
}

uint64_t machine_icount(const struct machine *m, int cpu)
{
	return cpu_icount(m->cpus[cpu].cpu);
}

uint64_t machine_time(const struct machine *m)
{
	return cpu_icount(m->cpus[0].cpu) + m->skipped;
}

uint32_t machine_exit_code(const struct machine *m)
{
	return m->exit_code;
}

void machine_registers(struct machine *m, int cpu, struct machine_registers *regs)
{
	cpu_registers(m->cpus[cpu].cpu, regs);
}

bool machine_read(struct machine *m, int cpu, uint64_t va, void *buf, size_t n)
{
	return cpu_read(m->cpus[cpu].cpu, cpu_cr3(m->cpus[cpu].cpu), va, buf, n);
}

bool machine_translate(struct machine *m, int cpu, uint64_t va, uint64_t *pa)
{
	return cpu_translate(m->cpus[cpu].cpu, va, pa);
}

void machine_digest(struct machine *m, char digest[33])
{
	uint8_t state[CPU_STATE_SIZE];
	XXH3_state_t *hash = XXH3_createState();
	XXH128_canonical_t bytes;

	BUG_ON(!hash);
	XXH3_128bits_reset(hash);
	for (int i = 0; i < m->config.cpus; i++) {
		size_t n = cpu_state(m->cpus[i].cpu, state, sizeof(state));

		XXH3_128bits_update(hash, state, n);
	}
	XXH3_128bits_update(hash, m->ram, m->config.memory);
	XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(hash));
	XXH3_freeState(hash);
	for (size_t i = 0; i < sizeof(bytes.digest); i++)
		snprintf(digest + 2 * i, 3, "%02x", bytes.digest[i]);
}

int machine_disassemble(struct machine *m, int cpu, uint64_t va, char *text, size_t size)
{
	return cpu_disassemble(m->cpus[cpu].cpu, va, text, size);
}

const char *machine_fault(const struct machine *m)
{
	return m->fault;
}
