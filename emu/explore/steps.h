/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a record to the steps that a search is about: accesses to memory that more than
 * one thread touches, without what belongs to the schedule itself.
 *
 * The schedule's own is found, not declared: what the kernel touches between a timer
 * interrupt and its return, outside the stack, is the scheduler's data; so is what each
 * CPU has of its own.  A spinlock on one CPU is interrupts off: its word orders nothing
 * that the steps do not order already.
 */
#ifndef FORKSCOPE_EXPLORE_STEPS_H
#define FORKSCOPE_EXPLORE_STEPS_H

#include "explore/order.h"
#include "explore/record.h"
#include "sched/images.h"

/* Where the thread of a step came onto the CPU. */
struct steps_stretch {
	uint64_t at;
	uint32_t access; /* its first, by index into the record */
	uint16_t thread;
	enum record_why why; /* of the switch that led to it */
	bool visible;        /* it has a step */
	bool preempting;     /* it began by the preemption of a thread that could go on */
};

struct steps_info {
	uint32_t access; /* the first that is shared, by index into the record */
	uint32_t stretch;
	unsigned int preemptions; /* before the step, its own stretch's included */
};

struct steps {
	struct order_step *steps;
	struct steps_info *infos;
	size_t nsteps;
	struct steps_stretch *stretches;
	size_t nstretches;
	struct steps_storage *storage;
};

/* ERR_MEMORY, ERR_FILE. */
int steps_create(struct steps *s, const struct images *images, struct machine *m);
void steps_destroy(struct steps *s);

/*
 * Spinlocks, by their virtual addresses, under which what is done conflicts with nothing
 * that is done under them; borrowed.
 */
void steps_commute(struct steps *s, const uint64_t *locks, size_t n);

/* Learns the scheduler's data from a run with timer interrupts. */
void steps_survey(struct steps *s, const struct record *record);

/*
 * The count at which a second thread could run for the first time, before the step that
 * lets it; UINT64_MAX: never.  Before it there is nothing to choose.
 */
uint64_t steps_begin(struct steps *s, struct record *record);

/* Steps from there on, and the record's pages; both until the next call.  ERR_MEMORY. */
int steps_build(struct steps *s, struct record *record);

/*
 * Whether an access is to memory that was shared in the runs surveyed.  For counting: a
 * run may share what they did not.
 */
bool steps_was_shared(const struct steps *s, const struct machine_access *access);

/*
 * What a step touches that another thread's access could conflict with, shared in this
 * run or not; with what its thread did before, where it is the first since that came onto
 * the CPU.  Returns how many.
 */
size_t steps_accesses(struct steps *s, const struct record *record, size_t step,
                      struct order_access *accesses, size_t max);

/*
 * Keeps count of the locks whose sections commute that each thread holds; all zeros at
 * the start of a record.  A thread that leaves the CPU of its own accord holds none: what
 * a spinlock covers across a switch is the scheduler's.
 */
void steps_pass_lock(const struct steps *s, const struct record_mark *m,
                     uint8_t held[static RECORD_THREADS_MAX]);

/* Whether the code at `rip` is a lock's, which is no step of anybody. */
bool steps_is_lock(const struct steps *s, uint64_t rip);

#endif
