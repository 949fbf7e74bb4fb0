/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the record of a run while it goes on, and takes it back when the run goes back
 */
#ifndef FORKSCOPE_EXPLORE_RECORDER_H
#define FORKSCOPE_EXPLORE_RECORDER_H

#include "explore/record.h"
#include "trace/strings.h"

/* A console larger than this ends the run: a program that prints for ever. */
#define RECORDER_CONSOLE_MAX (1u << 20)

/* What grows along a run, as far as it is in use; cut to go back. */
struct recorder_place {
	size_t nmarks, nevents, nthreads, nconsole;
	uint16_t current;
	bool panicked;
	uint64_t in_irq;   /* threads inside an interrupt */
	uint64_t exited;   /* threads that are no more */
	uint64_t progress; /* the count of the last event that is any */
	uint64_t switched; /* the count of the last switch */
};

struct recorder {
	struct machine *machine;
	struct tracer *tracer;
	const struct kernel *kernel;
	struct strings *strings; /* of events; kept for good */

	struct recorder_place at;
	struct record_mark *marks;
	struct trace_event *events;
	struct record_thread threads[RECORD_THREADS_MAX];
	uint64_t serials[RECORD_THREADS_MAX]; /* the tracer's */
	uint32_t created[RECORD_THREADS_MAX]; /* how many it has created */
	char *console;
	size_t marks_room, events_room;
	uint64_t first_serial;  /* threads with a lower one are not recorded */
	uint64_t first_blocked; /* threads that could not run at the start */
	uint64_t first_ready;   /* and those that could, but for who ran and the idle */
	uint64_t idle;          /* threads that run only where nothing else can */
	bool failed;            /* out of memory or of room: the run means nothing */

	/* Called after each switch has been recorded, inside machine_run(). */
	void (*switched)(void *ctx, uint16_t from, uint16_t to, enum record_why why);
	/* Likewise, when a lock is released: whoever was woken under it can run soon. */
	void (*released)(void *ctx);
	void *ctx;
};

/* Hears the tracer from now on.  ERR_MEMORY. */
int recorder_create(struct recorder *r, struct machine *m, struct tracer *tracer,
                    const struct kernel *kernel);
void recorder_destroy(struct recorder *r);

/*
 * The record begins here: the threads there are become known.  ERR_USAGE where they are
 * too many, or none runs.
 */
int recorder_begin(struct recorder *r);

/* To be called after the tracer's own callbacks: they may have made threads known. */
void recorder_look_for_threads(struct recorder *r);
void recorder_interrupt(struct recorder *r, int vector, bool idle);
void recorder_choice(struct recorder *r, uint64_t at, uint16_t thread);
void recorder_console(struct recorder *r, uint8_t byte);
void recorder_note(void *ctx, int cpu, enum tracer_note what, uint64_t a, uint64_t b);

/* Whether it is ready or running, by what the guest says of it now. */
bool recorder_can_run(struct recorder *r, uint16_t thread);

/* The accesses so far have been forgotten. */
void recorder_forget_accesses(struct recorder *r);

/* Fills in what the recorder knows; accesses and the end are the caller's. */
void recorder_fill(struct recorder *r, struct record *record);

#endif
