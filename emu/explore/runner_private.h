/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner's insides: runner.c runs, runner_result.c says what came of it. */
#ifndef FORKSCOPE_EXPLORE_RUNNER_PRIVATE_H
#define FORKSCOPE_EXPLORE_RUNNER_PRIVATE_H

#include "explore/policy.h"
#include "explore/recorder.h"
#include "explore/runner.h"
#include "explore/steps.h"

/* Along one path; 768 of them at growing distances cover millions of instructions. */
#define RUNNER_SNAPSHOTS_MAX 768u
/* Sleepers passed over in one run, and interrupts of one. */
#define RUNNER_PASSED_MAX 1024u
#define RUNNER_INTERRUPTS_MAX 65536u
/* Words of memory that sleepers would touch, as a filter: a power of two. */
#define RUNNER_FILTER 4096u

struct runner_snapshot {
	uint64_t icount;
	struct tracer_snapshot *tracer;
	struct recorder_place place;
	uint32_t created[RECORD_THREADS_MAX];
	size_t nexecuted, ninterrupts;
	bool ticked;
	struct policy policy;
	size_t counted;
	uint64_t last_step;
};

/* The code of a function. */
struct runner_range {
	uint64_t start, end;
};

struct runner {
	const struct session_config *session_config;
	struct session_config config;
	struct session *session;
	struct machine *machine;
	struct tracer *tracer;
	const struct machine_observer *traced; /* the tracer's callbacks */
	struct machine_observer observer;
	struct machine_schedule schedule;
	struct recorder recorder;
	struct machine_access *log;
	struct runner_range *within, *without;
	size_t nwithin, nwithout;
	uint64_t *commuting; /* addresses of spinlocks */
	size_t ncommuting;
	uint64_t progress_bound;
	uint64_t slice;
	bool started;
	bool surveying; /* interrupts come whether they are of use or not */
	uint16_t first_thread;
	/* The lowest is the start; the next, once it is there, where there is a choice.
	 */
	struct runner_snapshot snapshots[RUNNER_SNAPSHOTS_MAX];
	uint64_t choice_at; /* the count of that, UINT64_MAX: there is none */
	bool has_choice;    /* the snapshot is there */

	/* The path so far: switches asked for, and interrupts that came. */
	struct search_switch *executed;
	size_t nexecuted, executed_room;
	struct runner_interrupt interrupts[RUNNER_INTERRUPTS_MAX];
	size_t ninterrupts;
	bool ticked; /* an interrupt that ended a slice is being handled */

	/* The script, and where it stands at the start; NULL: none. */
	const struct script *script;
	size_t script_start, script_next;
	bool scripted; /* it decides now */

	/* The piece being carried out. */
	const struct search_item *item;
	bool searching;
	size_t next; /* switch of the piece */
	bool steering;
	uint16_t target;
	unsigned int attempts;
	bool impossible, redundant, stalled;
	uint64_t full_at;  /* the log, by a count above that */
	uint64_t sleepers; /* all of the piece's, */
	uint64_t asleep;   /* and those that still are */
	size_t scanned;    /* of the log, for what wakes them, */
	size_t scanned_marks;
	uint8_t held[RECORD_THREADS_MAX]; /* see steps_pass_lock() */
	uint64_t woken[RECORD_THREADS_MAX];
	uint64_t filter[RUNNER_FILTER / 64];
	struct search_switch passed[RUNNER_PASSED_MAX];
	size_t npassed;

	/* Where chance decides. */
	struct policy policy;
	size_t counted;     /* of the log, for visible steps */
	uint64_t last_step; /* the count of the last of them */
	/* The counts of change points, as far as they are known; else UINT64_MAX. */
	uint64_t change_at[POLICY_CHANGES_MAX + 1];
	bool look_for_ready; /* somebody may have been woken */
	/* Of the run without chance, as far as it is known: the counts of its steps. */
	uint64_t *step_at;
	size_t nstep_at, step_at_room;
	bool departed; /* this run is another one */

	struct steps steps;
	struct order order;
	struct runner_storage *storage; /* of the result */
};

/* runner_script.c */

/* The count of the next entry of the script, where that decides. */
bool runner_script_due(const struct runner *r, uint64_t *at);
/* What a schedule's ask() says of it. */
int runner_script_ask(struct runner *r, uint64_t icount);

/* runner_schedule.c */

void runner_set_schedule(struct runner *r);
/* Callbacks of the recorder. */
void runner_on_switch(void *ctx, uint16_t from, uint16_t to, enum record_why why);
void runner_on_release(void *ctx);

/* runner_snapshots.c */

/* ERR_MEMORY, as with the others. */
int runner_push(struct runner *r);
int runner_rewind(struct runner *r, size_t n);
/* To the last snapshot on the piece's path. */
int runner_go_back(struct runner *r, const struct search_item *item);
/* Puts what chance has decided so far into a snapshot that is there already. */
void runner_save_chance(struct runner *r, struct runner_snapshot *s);
/* Instructions to the next one. */
uint64_t runner_snapshot_distance(const struct runner *r);

/* runner_chance.c */

/* Threads that can run, but for idle ones. */
uint64_t runner_ready(struct runner *r);
/*
 * Counts the steps logged since the last call.  True where a change point is among them:
 * the run must go back to the last snapshot, and then knows where it is.
 */
bool runner_count_steps(struct runner *r);
/* Fills in the change points that lie where a run without chance has been. */
void runner_foresee_changes(struct runner *r);
/* Whether the thread that runs should make way now, and for whom. */
bool runner_make_way(struct runner *r, uint64_t icount, uint16_t *to);

/* runner_where.c */

/* ERR_USAGE for a function that is not in the kernel. */
int runner_where_set(struct runner *r, const struct symbols *symbols,
                     const struct explore_config *config);
/* Whether a thread may be preempted before what it does there. */
bool runner_where_allows(const struct runner *r, uint64_t rip);

/* runner_result.c */

/* Which words the piece's sleepers would touch. */
void runner_note_sleepers(struct runner *r);
/* What `from` has touched since the last look wakes those it conflicts with. */
void runner_wake_sleepers(struct runner *r, uint16_t from);
int runner_fill_result(struct runner *r, struct record *record,
                       struct search_result *result);
void runner_free_result(struct runner *r);

#endif
