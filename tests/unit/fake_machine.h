/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that is only what a test says: memory at the addresses of the test's own
 * variables, registers, and a count.  Defines the functions of machine.h that emu/probe
 * calls, so one test program includes it once and links no other machine.
 */
#ifndef FAKE_MACHINE_H
#define FAKE_MACHINE_H

#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

#define FAKE_REGIONS 64
#define FAKE_PROBES 8192

static struct {
	struct {
		uint64_t va;
		void *bytes;
		size_t size;
	} regions[FAKE_REGIONS];
	size_t nregions;
	struct machine_registers registers;
	uint64_t icount;
	uint64_t probes[FAKE_PROBES];
	size_t nprobes;
	size_t reads;
} fake;

static inline void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
}

/* `size` bytes of the guest at `va` are the test's at `bytes`. */
static inline void fake_map(uint64_t va, void *bytes, size_t size)
{
	if (fake.nregions == FAKE_REGIONS)
		bug_at(__FILE__, __LINE__, "too many regions");
	fake.regions[fake.nregions].va = va;
	fake.regions[fake.nregions].bytes = bytes;
	fake.regions[fake.nregions++].size = size;
}

/* A variable of the test at its own address. */
#define FAKE_MAP(variable) fake_map((uint64_t)&(variable), &(variable), sizeof(variable))

bool machine_read(struct machine *m, int cpu, uint64_t va, void *buf, size_t n)
{
	(void)m;
	(void)cpu;
	fake.reads++;
	for (size_t i = 0; i < fake.nregions; i++) {
		uint64_t offset = va - fake.regions[i].va;

		if (offset <= fake.regions[i].size &&
		    n <= fake.regions[i].size - offset) {
			memcpy(buf, (char *)fake.regions[i].bytes + offset, n);
			return true;
		}
	}
	return false;
}

void machine_registers(struct machine *m, int cpu, struct machine_registers *regs)
{
	(void)m;
	(void)cpu;
	*regs = fake.registers;
}

uint64_t machine_icount(const struct machine *m, int cpu)
{
	(void)m;
	(void)cpu;
	return fake.icount;
}

static inline bool fake_probed(uint64_t address)
{
	for (size_t i = 0; i < fake.nprobes; i++)
		if (fake.probes[i] == address)
			return true;
	return false;
}

int machine_probe(struct machine *m, uint64_t address)
{
	(void)m;
	if (fake_probed(address))
		return 0;
	if (fake.nprobes == FAKE_PROBES)
		bug_at(__FILE__, __LINE__, "too many probes");
	fake.probes[fake.nprobes++] = address;
	return 0;
}

void machine_unprobe(struct machine *m, uint64_t address)
{
	(void)m;
	for (size_t i = 0; i < fake.nprobes; i++)
		if (fake.probes[i] == address)
			fake.probes[i] = fake.probes[--fake.nprobes];
}

/* Each instruction is two bytes and says where it is; none at odd addresses. */
int machine_disassemble(struct machine *m, int cpu, uint64_t va, char *text, size_t size)
{
	(void)m;
	(void)cpu;
	if (va % 2) {
		text[0] = '\0';
		return 0;
	}
	snprintf(text, size, "insn_%llx", (unsigned long long)va);
	return 2;
}

#endif
