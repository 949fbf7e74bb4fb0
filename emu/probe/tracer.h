/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer: turns what an unmodified guest kernel does into trace events.
 *
 * It watches a machine from outside.  Where things lie in the kernel is in `struct
 * kernel` (the image's symbols and types, and the kernel profile beside it), compiled
 * once and shared by any number of tracers.  A tracer keeps host-side tables of processes
 * and threads; everything it reads from the guest may be garbage and is treated so: the
 * worst a hostile guest can do is to make its own trace wrong.
 *
 *	kernel_open(&kernel, "kernel.elf");
 *	tracer_create(&tracer, machine, kernel, &options);
 *	tracer_add_sink(tracer, write_event, writer);
 *	machine_set_observer(machine, tracer_observer(tracer));
 *	machine_run(machine, limit);
 *	tracer_finish(tracer);
 *
 * Whoever wants callbacks of the machine for itself copies the observer, puts functions
 * of its own in, and calls the tracer's from them.
 */
#ifndef FORKSCOPE_PROBE_TRACER_H
#define FORKSCOPE_PROBE_TRACER_H

#include "machine/machine.h"
#include "probe/kernel.h"
#include "trace/event.h"

struct tracer;

struct tracer_options {
	bool syscalls; /* emit "syscall" events */
	bool heap;     /* emit "alloc" and "free" */
};

/* Sinks of one tracer, at most. */
#define TRACER_SINKS 8

/*
 * Sets the probes of `kernel`'s profile in `m`.  Both are borrowed and must outlive the
 * tracer.  ERR_MEMORY, or what machine_probe() says.
 */
int tracer_create(struct tracer **t, struct machine *m, const struct kernel *kernel,
                  const struct tracer_options *options);
/* Takes the probes out again and frees; t may be NULL. */
void tracer_destroy(struct tracer *t);

/*
 * Each event goes to every sink, in the order of adding, inside machine_run().  Sequence
 * numbers start at 0; counts never decrease on one CPU.  The tables below already show
 * the state after the event, except that a process which exits, is reaped or released is
 * still there.  The strings of an event live for the call.
 */
int tracer_add_sink(struct tracer *t, void (*emit)(void *ctx, const struct trace_event *),
                    void *ctx);

/* What a search hears besides: of no event in a trace. */
enum tracer_note {
	TRACER_ACQUIRE, /* lock at virtual address `a`; `b` is 1 for one that sleeps */
	TRACER_RELEASE, /* the same */
	/*
	 * `b` bytes of page frames at `a`, given out or taken back: a physical address,
	 * or a virtual one in the upper half, as the kernel has it.
	 */
	TRACER_PAGES,
	TRACER_PAGES_FREE,
};

/*
 * Sets the probes of locks and pages too, which until then are not there, and from now on
 * calls `note` at each.  Between two runs, once.  ERR_MEMORY, or what machine_probe()
 * says.
 */
int tracer_on_note(struct tracer *t,
                   void (*note)(void *ctx, int cpu, enum tracer_note what, uint64_t a,
                                uint64_t b),
                   void *ctx);

/* Callbacks for machine_set_observer(); checkpoint is NULL.  Lives as long as `t`. */
const struct machine_observer *tracer_observer(struct tracer *t);

/* Emits what is held back (console text without a newline).  Once, after the last run. */
void tracer_finish(struct tracer *t);

/* Events emitted so far: the next event's sequence number. */
uint64_t tracer_events(const struct tracer *t);
/*
 * What was dropped because a table had reached its bound: processes of which no more is
 * told than their fork, and function returns not seen.  0 with any sane guest.
 */
uint64_t tracer_lost(const struct tracer *t);

/* --- what runs, for schedules and reports; all read the guest as it is now --- */

enum tracer_state {
	TRACER_UNKNOWN, /* the state cannot be read, or is none that the profile names */
	TRACER_RUNNING, /* on a CPU */
	TRACER_READY,
	TRACER_BLOCKED,
	TRACER_EXITED,
};

struct tracer_thread {
	uint64_t address; /* of the guest's thread structure: its identity for life */
	uint64_t serial;  /* from 1, in the order of becoming known; never used again */
	int id;           /* the kernel's own number of it */
	int pid;          /* 0 for the kernel's threads */
	const char *proc; /* its fork path; valid until the next machine_run() */
	enum tracer_state state;
	bool in_wait; /* inside waitpid */
	bool exiting; /* its process has begun to exit */
};

/* The thread that runs on `cpu`; false before the kernel has threads. */
bool tracer_current(struct tracer *t, int cpu, struct tracer_thread *thread);

/*
 * The threads known: those started and not yet freed or switched away from for good, in
 * the order of their start.  Fills at most `max` and returns how many there are.
 */
size_t tracer_threads(struct tracer *t, int cpu, struct tracer_thread *threads,
                      size_t max);

/* The serial of the thread that became known last; 0: none is yet. */
uint64_t tracer_threads_seen(const struct tracer *t);

/* The thread at guest address `address`; false where none is known. */
bool tracer_thread_at(struct tracer *t, int cpu, uint64_t address,
                      struct tracer_thread *thread);

struct tracer_process {
	const char *proc;   /* valid until the next machine_run() */
	const char *parent; /* fork path of the present parent, NULL where it is gone */
	int pid;
	bool exited;
	bool reaped; /* gone from the kernel's table, though not all it held is freed */
	struct trace_status status; /* where exited */
};

/* The processes known, in order of fork.  As tracer_threads(). */
size_t tracer_processes(struct tracer *t, struct tracer_process *processes, size_t max);

/* --- going back with a machine that does --- */

struct tracer_snapshot;

/* ERR_MEMORY. */
int tracer_snapshot_create(struct tracer_snapshot **s);
void tracer_snapshot_destroy(struct tracer_snapshot *s); /* NULL is fine */
/* What the tracer knows now; over and over into the same.  ERR_MEMORY. */
int tracer_snapshot_take(struct tracer_snapshot *s, const struct tracer *t);
/* Back to that.  Of the same tracer.  ERR_MEMORY. */
int tracer_snapshot_restore(const struct tracer_snapshot *s, struct tracer *t);

#endif
