/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the machine share; nothing outside emu/machine includes it. */
#ifndef FORKSCOPE_MACHINE_INTERNAL_H
#define FORKSCOPE_MACHINE_INTERNAL_H

#include <signal.h>

#include "cpu/cpu.h"
#include "dev/i8259.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/port.h"
#include "dev/uart16550.h"
#include "machine/machine.h"

struct machine_cpu {
	struct cpu *cpu;
	bool halted;
	struct lapic lapic;
};

struct machine {
	struct machine_config config;
	uint8_t *ram;
	struct cpu_bus bus;
	struct machine_cpu cpus[MACHINE_CPUS_MAX];
	uint64_t skipped; /* guest nanoseconds that passed while all CPUs were halted */

	struct ioapic ioapic;
	struct uart uart;
	struct i8259 pics[2];
	uint32_t exit_code;

	const struct machine_observer *observer; /* never NULL: see no_observer */
	const struct machine_schedule *schedule;
	const struct machine_input *input;

	bool powered_off;
	bool stop_requested;
	const volatile sig_atomic_t *interrupted; /* NULL: nobody interrupts */
	uint64_t next_checkpoint;
	uint64_t pause_at; /* UINT64_MAX: no pause is asked for */
	char fault[200];

	struct watch *watch; /* NULL: the machine cannot go back */
	struct machine_snapshot
		*snapshots; /* the stack; those above `pushed` are spare */
	size_t pushed, nsnapshots;
};

/* snapshot.c */
void snapshots_destroy(struct machine *m);

/* bus.c */
void bus_init(struct machine *m);
/* Device memory of `cpu`.  ERR_ENGINE. */
int bus_map(struct cpu *cpu);
/* Puts the serial port's interrupt line where it belongs. */
void bus_update_uart(struct machine *m);

#endif
