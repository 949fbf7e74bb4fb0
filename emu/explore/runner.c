/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/runner.h"

#include <stdlib.h>
#include <string.h>

#include "explore/recorder.h"
#include "explore/runner_private.h"

/* A system call takes far less; a program that computes is not to be cut up. */
#define SLICE 1000000u
/* Bound on instructions without progress, where the user gives none. */
#define PROGRESS_BOUND 20000000u
/* Until the program begins, at most. */
#define BOOT_MAX 2000000000u
/* 24 bytes each; a run with more is cut. */
#define LOG_MAX (6u << 20)

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

/* --- running --- */

/* The log is full, and with whoever gets on it would go on without end. */
static bool goes_on_unseen(struct runner *r)
{
	if (machine_logged(r->machine) < LOG_MAX)
		r->full_at = UINT64_MAX;
	else if (r->full_at == UINT64_MAX)
		r->full_at = machine_icount(r->machine, 0);
	return r->recorder.at.progress > r->full_at;
}

/* Runs to the end of the interleaving. */
static int run_out(struct runner *r, enum machine_stop *stop)
{
	for (;;) {
		uint64_t before = machine_icount(r->machine, 0);

		machine_pause_at(r->machine, before + runner_snapshot_distance(r));
		*stop = machine_run(r->machine, UINT64_MAX);
		if (*stop != MACHINE_LIMIT || r->recorder.failed)
			return 0;
		r->stalled = machine_icount(r->machine, 0) - r->recorder.at.progress >
		             r->progress_bound;
		if (r->stalled || goes_on_unseen(r))
			return 0;
		if (runner_count_steps(r)) {
			int err = runner_rewind(r, machine_pushed(r->machine) - 1);

			if (err)
				return err;
			continue;
		}
		if (!r->steering && machine_pushed(r->machine) < RUNNER_SNAPSHOTS_MAX) {
			int err = runner_push(r);

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
		.cut = !r->stalled && (machine_logged(r->machine) == LOG_MAX ||
	                               r->recorder.at.nconsole == RECORDER_CONSOLE_MAX),
	};
	if (stop == MACHINE_POWEROFF)
		record->status = (int)(machine_exit_code(r->machine) & 0xff);
	recorder_fill(&r->recorder, record);
}

static void prepare(struct runner *r, const struct search_item *item)
{
	uint64_t steps = r->policy.steps;

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
	r->policy.steps = steps;
	runner_foresee_changes(r);
	r->look_for_ready = false;
	r->counted = machine_logged(r->machine);
	runner_save_chance(r, &r->snapshots[machine_pushed(r->machine) - 1]);
	machine_set_schedule(r->machine, &r->schedule);
}

int runner_run(struct runner *r, const struct search_item *item, struct record *record,
               struct search_result *result)
{
	enum machine_stop stop;
	int err = runner_go_back(r, item);

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
		int err = runner_rewind(r, 0);

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
	return runner_rewind(r, 0);
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
	runner_set_schedule(r);
	r->recorder.switched = runner_on_switch;
	r->recorder.released = runner_on_release;
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
	err = runner_push(r);
	if (err == 0)
		err = steps_create(&r->steps, images, r->machine);
	if (err)
		return err;
	steps_commute(&r->steps, r->commuting, r->ncommuting);
	return survey(r);
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
	err = r->log ? runner_where_set(r, kernel_symbols(images->probe), config)
	             : error_set(ERR_MEMORY, "out of memory");
	if (err == 0)
		err = open_guest(r, images);
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
	free(r->step_at);
	free(r->within);
	free(r->without);
	free(r->commuting);
	free(r->log);
	free(r);
}
