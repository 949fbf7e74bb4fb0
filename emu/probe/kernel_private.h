/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kernel.c compiled, as the tracer uses it. */
#ifndef FORKSCOPE_PROBE_KERNEL_PRIVATE_H
#define FORKSCOPE_PROBE_KERNEL_PRIVATE_H

#include "probe/expr.h"
#include "probe/kernel.h"
#include "probe/profile.h"
#include "probe/symbols.h"
#include "probe/types.h"

/* Kinds of things that a process holds and a profile may name. */
#define KERNEL_RESOURCES 8
/* System calls whose names are found without a search. */
#define KERNEL_CALLS 256

struct kernel_probe {
	enum profile_event event;
	uint64_t address;
	bool returns;
	int what; /* of PROFILE_RELEASE: index of the resource; of locks: is it one that
	           * sleeps */
	bool has[PROFILE_EXPRS];
	struct expr exprs[PROFILE_EXPRS];
};

struct kernel_resource {
	const char *what;
	bool is_process; /* the object is the process structure itself */
	struct expr expr;
};

struct kernel_state {
	uint64_t value;
	enum profile_state state;
};

/* Addresses from `start` up to `end`. */
struct kernel_range {
	uint64_t start, end;
};

/* Without overlaps, in order. */
struct kernel_ranges {
	struct kernel_range *ranges;
	size_t n;
};

struct kernel {
	struct symbols *symbols;
	struct types *types;
	struct profile *profile;
	uint64_t thread_type, process_type;
	struct expr current_thread;
	struct expr thread_id, thread_state, thread_process;
	bool thread_is_process;
	struct expr process_pid;
	struct kernel_state *states;
	size_t nstates;
	struct kernel_resource resources[KERNEL_RESOURCES];
	int nresources;
	struct kernel_probe *probes;
	size_t nprobes;
	const char *calls[KERNEL_CALLS];
	uint64_t waitpid; /* its number, UINT64_MAX where the profile names none */
	struct kernel_range percpu;
	struct kernel_ranges allocator, locks;
};

/* The name of a system call, or NULL. */
const char *kernel_call_name(const struct kernel *k, uint64_t number);

/* kernel_places.c: fills in `percpu`, `allocator` and `locks`.  ERR_MEMORY. */
int kernel_places_find(struct kernel *k);
void kernel_places_free(struct kernel *k);

#endif
