/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/runner.h"

#include <stdlib.h>
#include <string.h>

#include "explore/recorder.h"
#include "explore/runner_private.h"

/*
 * Instructions between two snapshots: going back costs half of that on average, and a
 * snapshot about as much as running a thousand.
 */
#define SNAPSHOT_EVERY 2000u
/* With more than these on one path they come at twice the distance. */
#define SNAPSHOTS_DENSE 256u
/* A system call takes far less; a program that computes is not to be cut up. */
#define SLICE 1000000u
/* Bound on instructions without progress, where the user gives none. */
#define PROGRESS_BOUND 20000000u
/* Until the program begins, at most. */
#define BOOT_MAX 2000000000u
/* 24 bytes each; a run with more is cut. */
#define LOG_MAX (6u << 20)

/* --- the schedule --- */

static bool others_can_run(struct runner *r)
{
	for (uint16_t t = 0; t < r->recorder.at.nthreads; t++)
		if (t != r->recorder.at.current && !(r->recorder.idle >> t & 1) &&
		    recorder_can_run(&r->recorder, t))
			return true;
	return false;
}

static bool free_to_choose(const struct runner *r)
{
	return r->searching && r->next == r->item->nswitches;
}

static uint64_t next(void *ctx, int cpu, uint64_t icount)
{
	struct runner *r = ctx;
	uint64_t at;

	(void)cpu;
	if (runner_script_due(r, &at))
		return at > icount ? at : icount;
	if (r->steering || r->look_for_ready)
		return icount;
	at = r->recorder.at.switched + r->slice;
	if (r->change_at[r->policy.next] < at)
		at = r->change_at[r->policy.next];
	if (r->searching && r->next < r->item->nswitches &&
	    r->item->switches[r->next].at < at)
		at = r->item->switches[r->next].at;
	return at > icount ? at : icount;
}

static bool carry_out(struct runner *r, struct search_switch s)
{
	if (r->nexecuted == r->executed_room) {
		size_t room = r->executed_room ? 2 * r->executed_room : 64;
		void *moved = realloc(r->executed, room * sizeof(*r->executed));

		if (!moved)
			return false;
		r->executed = moved;
		r->executed_room = room;
	}
	r->executed[r->nexecuted++] = s;
	recorder_choice(&r->recorder, s.at, s.thread);
	r->steering = true;
	r->target = s.thread;
	r->attempts = 0;
	return true;
}

/* The next switch of the piece is due. */
static void begin_switch(struct runner *r)
{
	if (!carry_out(r, r->item->switches[r->next++]))
		r->recorder.failed = true;
	if (free_to_choose(r)) {
		r->asleep = r->sleepers;
		r->scanned = machine_logged(r->machine);
	}
}

static int ask(void *ctx, int cpu, uint64_t icount)
{
	struct runner *r = ctx;
	struct search_switch s = {.at = icount};
	uint64_t at;

	(void)cpu;
	if (runner_script_due(r, &at))
		return runner_script_ask(r, icount);
	if (!r->steering && r->searching && r->next < r->item->nswitches &&
	    icount >= r->item->switches[r->next].at)
		begin_switch(r);
	if (!r->steering && r->policy.on && runner_make_way(r, icount, &s.thread) &&
	    !carry_out(r, s))
		r->recorder.failed = true;
	if (r->steering && r->recorder.at.current == r->target)
		r->steering = false;
	if (r->steering) {
		/* A round-robin kernel needs one for each thread before the target. */
		if (r->attempts++ > 2 * RECORD_THREADS_MAX ||
		    !recorder_can_run(&r->recorder, r->target)) {
			r->impossible = true;
			return SCHEDULE_STOP;
		}
		return SCHEDULE_TIMER;
	}
	if (icount < r->recorder.at.switched + r->slice)
		return SCHEDULE_NONE;
	/*
	 * A slice is over: whoever waits in a loop for another lets it run.  The next one
	 * begins when the interrupt has returned, which is when we are asked again.
	 */
	r->recorder.at.switched = icount;
	r->ticked = !r->ticked && (r->surveying || others_can_run(r));
	return r->ticked ? SCHEDULE_TIMER : SCHEDULE_NONE;
}

/* Somebody else than the kernel's choice, which is asleep; false: there is nobody. */
static bool pass_over(struct runner *r, uint64_t icount)
{
	struct search_switch s = {.at = icount};

	for (uint16_t t = 0; t < r->recorder.at.nthreads; t++) {
		if (((r->asleep | r->recorder.idle) >> t & 1) ||
		    !recorder_can_run(&r->recorder, t))
			continue;
		s.thread = t;
		if (r->npassed == RUNNER_PASSED_MAX || !carry_out(r, s))
			r->recorder.failed = true;
		else
			r->passed[r->npassed++] = s;
		return true;
	}
	return false;
}

static void on_switch(void *ctx, uint16_t from, uint16_t to, enum record_why why)
{
	struct runner *r = ctx;

	(void)why;
	if (r->asleep)
		runner_wake_sleepers(r, from);
	if (r->steering)
		r->steering = to != r->target;
	else if (free_to_choose(r) && (r->asleep >> to & 1) &&
	         !pass_over(r, machine_icount(r->machine, 0))) {
		r->redundant = true;
		machine_stop_request(r->machine);
	}
	r->look_for_ready = r->policy.on && r->policy.priorities && !r->steering;
	machine_reschedule(r->machine);
}

static void on_release(void *ctx)
{
	struct runner *r = ctx;

	if (!r->policy.on || !r->policy.priorities || r->steering)
		return;
	r->look_for_ready = true;
	machine_reschedule(r->machine);
}

/* --- the machine's callbacks, the tracer's first --- */

static void on_syscall(void *ctx, int cpu)
{
	struct runner *r = ctx;

	r->traced->syscall(r->traced->ctx, cpu);
}

static void on_probe(void *ctx, int cpu, uint64_t address)
{
	struct runner *r = ctx;

	r->traced->probe(r->traced->ctx, cpu, address);
	recorder_look_for_threads(&r->recorder);
}

static void on_exception(void *ctx, int cpu, int vector, uint64_t error, uint64_t address)
{
	struct runner *r = ctx;

	r->traced->exception(r->traced->ctx, cpu, vector, error, address);
}

static void on_interrupt(void *ctx, int cpu, int vector, bool idle)
{
	struct runner *r = ctx;

	if (!idle && r->ninterrupts < RUNNER_INTERRUPTS_MAX)
		r->interrupts[r->ninterrupts++] =
			(struct runner_interrupt){machine_icount(r->machine, cpu),
		                                  vector};
	recorder_interrupt(&r->recorder, vector, idle);
	r->traced->interrupt(r->traced->ctx, cpu, vector, idle);
}

static void on_console(void *ctx, int cpu, uint8_t byte)
{
	struct runner *r = ctx;

	recorder_console(&r->recorder, byte);
	r->traced->console(r->traced->ctx, cpu, byte);
}

/* --- snapshots --- */

static void save_chance(struct runner *r, struct runner_snapshot *s)
{
	s->policy = r->policy;
	s->counted = r->counted;
	s->last_step = r->last_step;
}

static int push(struct runner *r)
{
	size_t n = machine_pushed(r->machine);
	struct runner_snapshot *s = &r->snapshots[n];
	int err = 0;

	if (!s->tracer)
		err = tracer_snapshot_create(&s->tracer);
	if (err == 0)
		err = tracer_snapshot_take(s->tracer, r->tracer);
	if (err == 0)
		err = machine_push(r->machine);
	s->icount = machine_icount(r->machine, 0);
	s->place = r->recorder.at;
	memcpy(s->created, r->recorder.created, sizeof(s->created));
	s->nexecuted = r->nexecuted;
	s->ninterrupts = r->ninterrupts;
	s->ticked = r->ticked;
	save_chance(r, s);
	return err;
}

static int rewind_to(struct runner *r, size_t n)
{
	const struct runner_snapshot *s = &r->snapshots[n];

	r->instructions += machine_icount(r->machine, 0) - r->counted_from;
	machine_rewind(r->machine, n);
	r->counted_from = s->icount;
	r->recorder.at = s->place;
	memcpy(r->recorder.created, s->created, sizeof(s->created));
	r->nexecuted = s->nexecuted;
	r->ninterrupts = s->ninterrupts;
	r->ticked = s->ticked;
	r->policy = s->policy;
	r->counted = s->counted;
	r->last_step = s->last_step;
	return tracer_snapshot_restore(s->tracer, r->tracer);
}

static bool same_switch(const struct search_switch *a, const struct search_switch *b)
{
	return a->at == b->at && a->thread == b->thread;
}

/* Whether the piece's path leads through the snapshot. */
static bool on_path(const struct runner *r, const struct runner_snapshot *s,
                    const struct search_item *item)
{
	if (s->nexecuted >= item->nswitches ||
	    s->icount > item->switches[s->nexecuted].at)
		return false;
	for (size_t i = 0; i < s->nexecuted; i++)
		if (!same_switch(&r->executed[i], &item->switches[i]))
			return false;
	return true;
}

/*
 * Goes to where there is a choice for the first time, and forgets how: no interleaving
 * differs before.
 */
static int reach_choice(struct runner *r)
{
	int err = rewind_to(r, 0);

	if (err)
		return err;
	machine_set_schedule(r->machine, &r->schedule);
	r->searching = false;
	if (machine_run(r->machine, r->choice_at) != MACHINE_LIMIT)
		return error_set(ERR_FAILED, "a run is not the same again");
	machine_forget_log(r->machine);
	recorder_forget_accesses(&r->recorder);
	r->has_choice = true;
	return push(r);
}

/* The first piece of a search is told whole. */
static int go_back(struct runner *r, const struct search_item *item)
{
	size_t n;

	if ((item->nswitches == 0 && item->seed == 0) || r->choice_at == UINT64_MAX) {
		r->has_choice = false;
		return rewind_to(r, 0);
	}
	if (!r->has_choice)
		return reach_choice(r);
	n = machine_pushed(r->machine) - 1;
	while (n > 1 && !on_path(r, &r->snapshots[n], item))
		n--;
	return rewind_to(r, n);
}

/* --- running --- */

static uint64_t snapshot_distance(const struct runner *r)
{
	size_t n = machine_pushed(r->machine);

	return (uint64_t)SNAPSHOT_EVERY << n / SNAPSHOTS_DENSE;
}

/* Runs to the end of the interleaving. */
static int run_out(struct runner *r, enum machine_stop *stop)
{
	for (;;) {
		uint64_t before = machine_icount(r->machine, 0);

		machine_pause_at(r->machine, before + snapshot_distance(r));
		*stop = machine_run(r->machine, UINT64_MAX);
		if (*stop != MACHINE_LIMIT || r->recorder.failed)
			return 0;
		r->stalled = machine_icount(r->machine, 0) - r->recorder.at.progress >
		             r->progress_bound;
		if (r->stalled)
			return 0;
		if (runner_count_steps(r)) {
			int err = rewind_to(r, machine_pushed(r->machine) - 1);

			if (err)
				return err;
			continue;
		}
		if (!r->steering && machine_pushed(r->machine) < RUNNER_SNAPSHOTS_MAX) {
			int err = push(r);

			if (err)
				return err;
		}
	}
}

static enum trace_outcome outcome_of(const struct runner *r, enum machine_stop stop)
{
	switch (stop) {
	case MACHINE_POWEROFF:
		return r->recorder.at.panicked ? TRACE_PANICKED : TRACE_POWEROFF;
	case MACHINE_DEADLOCK:
		return r->recorder.at.panicked ? TRACE_PANICKED : TRACE_DEADLOCK;
	case MACHINE_FAULT:
		return TRACE_FAULTED;
	default:
		return TRACE_LIMIT;
	}
}

static void fill_record(struct runner *r, enum machine_stop stop, struct record *record)
{
	*record = (struct record){
		.accesses = r->log,
		.naccesses = machine_logged(r->machine),
		.first_thread = r->first_thread,
		.start = r->snapshots[0].icount,
		.end = machine_icount(r->machine, 0),
		.outcome = outcome_of(r, stop),
		.stalled = r->stalled,
	};
	if (stop == MACHINE_POWEROFF)
		record->status = (int)(machine_exit_code(r->machine) & 0xff);
	recorder_fill(&r->recorder, record);
}

static void prepare(struct runner *r, const struct search_item *item)
{
	r->item = item;
	r->searching = true;
	r->steering = r->impossible = r->redundant = r->stalled = false;
	r->next = r->nexecuted;
	r->npassed = 0;
	r->asleep = r->sleepers = 0;
	r->scanned = machine_logged(r->machine);
	for (size_t i = 0; i < item->nsleepers; i++) {
		r->sleepers |= 1ull << item->sleepers[i].thread;
		r->woken[i] = UINT64_MAX;
	}
	runner_note_sleepers(r);
	policy_begin(&r->policy, item);
	for (size_t i = 0; i <= POLICY_CHANGES_MAX; i++)
		r->change_at[i] = UINT64_MAX;
	r->look_for_ready = false;
	r->counted = machine_logged(r->machine);
	r->last_step = 0;
	save_chance(r, &r->snapshots[machine_pushed(r->machine) - 1]);
	machine_set_schedule(r->machine, &r->schedule);
}

int runner_run(struct runner *r, const struct search_item *item, struct record *record,
               struct search_result *result)
{
	enum machine_stop stop;
	int err = go_back(r, item);

	if (err)
		return err;
	prepare(r, item);
	err = run_out(r, &stop);
	if (err == 0 && r->recorder.failed)
		err = error_set(ERR_MEMORY,
		                "an interleaving is too large to be recorded (more than "
		                "%d threads, or memory is short)",
		                RECORD_THREADS_MAX);
	if (err)
		return err;
	tracer_finish(r->tracer);
	if (r->asleep)
		runner_wake_sleepers(r, r->recorder.at.current);
	fill_record(r, stop, record);
	if (stop == MACHINE_REQUEST && !r->redundant && session_was_interrupted())
		r->impossible = true;
	result->outcome = r->impossible  ? SEARCH_IMPOSSIBLE
	                  : r->redundant ? SEARCH_REDUNDANT
	                                 : SEARCH_RAN;
	return runner_fill_result(r, record, result);
}

const struct search_switch *runner_switches(const struct runner *r, size_t *n)
{
	*n = r->nexecuted;
	return r->executed;
}

size_t runner_interrupts(const struct runner *r, struct runner_interrupt *interrupts,
                         size_t max)
{
	for (size_t i = 0; i < r->ninterrupts && i < max; i++)
		interrupts[i] = r->interrupts[i];
	return r->ninterrupts;
}

struct machine *runner_machine(struct runner *r)
{
	return r->machine;
}

uint64_t runner_instructions(const struct runner *r)
{
	return r->instructions + machine_icount(r->machine, 0) - r->counted_from;
}

uint64_t runner_start(const struct runner *r)
{
	return r->snapshots[0].icount;
}

/* --- the way to the start --- */

/* The program's image is in place: the search begins here. */
static void on_event(void *ctx, const struct trace_event *event)
{
	struct runner *r = ctx;

	if (event->kind != TRACE_EXEC || r->started || strchr(event->proc, '.') == NULL)
		return;
	r->started = true;
	machine_stop_request(r->machine);
}

static int reach_start(struct runner *r)
{
	enum machine_stop stop;

	/* As it boots, the guest's own timer drives it, or the script. */
	r->scripted = r->script != NULL;
	if (r->scripted)
		machine_set_schedule(r->machine, &r->schedule);
	stop = machine_run(r->machine, BOOT_MAX);
	r->scripted = false;
	r->script_start = r->script_next;
	if (r->started && stop == MACHINE_REQUEST)
		return recorder_begin(&r->recorder);
	if (session_was_interrupted())
		return error_set(ERR_LIMIT, "interrupted");
	return error_set(ERR_USAGE,
	                 "%s was never executed, so there is nothing to search; "
	                 "`forkscope run` shows why",
	                 r->session_config->argv[0]);
}

/*
 * One run with many timer interrupts shows what the scheduler touches.  Primes, so that
 * they do not keep in step with a loop of the program.
 */
static int survey(struct runner *r)
{
	/* The last one is a run without any. */
	static const uint64_t slices[] = {61, 151, 401, 1511, SLICE};

	for (size_t i = 0; i < sizeof(slices) / sizeof(*slices); i++) {
		const struct search_item none = {0};
		enum machine_stop stop;
		struct record record;
		int err = rewind_to(r, 0);

		if (err)
			return err;
		prepare(r, &none);
		r->slice = slices[i];
		r->surveying = slices[i] < SLICE;
		err = run_out(r, &stop);
		r->surveying = false;
		r->slice = SLICE;
		if (err)
			return err;
		fill_record(r, stop, &record);
		steps_survey(&r->steps, &record);
		if (slices[i] == SLICE)
			r->choice_at = steps_begin(&r->steps, &record);
		r->recorder.failed = false;
	}
	return rewind_to(r, 0);
}

static void observe(struct runner *r)
{
	r->traced = tracer_observer(r->tracer);
	r->observer = (struct machine_observer){
		.syscall = on_syscall,
		.probe = on_probe,
		.exception = on_exception,
		.interrupt = on_interrupt,
		.console = on_console,
		.ctx = r,
	};
	machine_set_observer(r->machine, &r->observer);
	r->schedule = (struct machine_schedule){.next = next, .ask = ask, .ctx = r};
	r->recorder.switched = on_switch;
	r->recorder.released = on_release;
	r->recorder.ctx = r;
}

static int open_guest(struct runner *r, const struct images *images)
{
	int err = session_open(&r->session, images, &r->config);

	if (err)
		return err;
	r->machine = session_machine(r->session);
	r->tracer = session_tracer(r->session);
	err = machine_watch(r->machine, r->log, LOG_MAX);
	if (err == 0)
		err = recorder_create(&r->recorder, r->machine, r->tracer, images->probe);
	if (err == 0)
		err = tracer_add_sink(r->tracer, on_event, r);
	if (err == 0)
		observe(r);
	return err;
}

static int start(struct runner *r, const struct images *images)
{
	int err = reach_start(r);

	if (err)
		return err;
	r->first_thread = r->recorder.at.current;
	machine_forget_log(r->machine);
	err = push(r);
	r->counted_from = r->snapshots[0].icount;
	if (err == 0)
		err = steps_create(&r->steps, images, r->machine);
	return err ? err : survey(r);
}

int runner_create(struct runner **out, const struct images *images,
                  const struct session_config *session,
                  const struct explore_config *config)
{
	return runner_create_scripted(out, images, session, config, NULL);
}

int runner_create_scripted(struct runner **out, const struct images *images,
                           const struct session_config *session,
                           const struct explore_config *config,
                           const struct script *script)
{
	struct runner *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return error_set(ERR_MEMORY, "out of memory");
	*out = r;
	r->session_config = session;
	r->config = *session;
	r->config.heap = true;
	r->config.syscalls = false;
	r->config.checkpoint = 0;
	r->script = script;
	r->slice = SLICE;
	r->progress_bound =
		config->progress_bound ? config->progress_bound : PROGRESS_BOUND;
	r->log = malloc((size_t)LOG_MAX * sizeof(*r->log));
	err = r->log ? open_guest(r, images) : error_set(ERR_MEMORY, "out of memory");
	if (err == 0)
		err = start(r, images);
	if (err) {
		runner_destroy(r);
		*out = NULL;
	}
	return err;
}

void runner_destroy(struct runner *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < RUNNER_SNAPSHOTS_MAX; i++)
		tracer_snapshot_destroy(r->snapshots[i].tracer);
	steps_destroy(&r->steps);
	order_free(&r->order);
	recorder_destroy(&r->recorder);
	session_close(r->session);
	runner_free_result(r);
	free(r->executed);
	free(r->log);
	free(r);
}
