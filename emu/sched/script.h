/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripted schedules: a running CPU takes the interrupts that are listed, each at its
 * exact count, and no other.  What a halted CPU takes is the machine's rule and is not
 * listed (machine.h).
 */
#ifndef FORKSCOPE_SCHED_SCRIPT_H
#define FORKSCOPE_SCHED_SCRIPT_H

#include <stddef.h>

#include "machine/machine.h"
#include "trace/trace.h"

struct script_entry {
	int cpu;
	uint64_t icount;
	int vector;
};

/* Entries in the order of their counts.  Starts as all zeros. */
struct script {
	struct script_entry *entries;
	size_t n;
	size_t capacity;
};

int script_add(struct script *s, int cpu, uint64_t icount, int vector);
void script_free(struct script *s);
/* Adds the interrupts that CPUs took while running in `trace`. */
int script_from_trace(struct script *s, const struct trace *trace);

/* Plays a script on a machine. */
struct script_player {
	struct machine_schedule schedule; /* for machine_set_schedule() */
	const struct script *script;
	size_t next;
	bool refused; /* entry `next` could not be delivered */
};

/* `player` must not move while the machine uses it; `script` is borrowed. */
void script_play(struct script_player *player, const struct script *script);

#endif
