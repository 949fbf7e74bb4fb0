/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop.
 *
 * 1. Time.  A CPU's count advances in cpu_run() and nowhere else.  Guest time is the
 *    count of CPU 0 plus `skipped`, which advances in skip_to() and nowhere else: only
 *    when every CPU is halted, and just to the next deadline.
 *
 * 2. Deadlines.  Before each stretch the loop lets every device do what is due at the
 *    present time, then bounds the stretch by the next deadline.  A deadline is met at
 *    the first block boundary at or after it: a few instructions late, as on any
 *    processor, but late by the same in every run, since where blocks end depends on the
 *    code and on the run before alone.  What a schedule lists, and checkpoints, are met
 *    to the instruction.
 *
 * 3. Interrupts.  A device only ever requests: the vector is noted in the LAPIC.  It is
 *    delivered in one place, deliver(), where the CPU can take it.  Without a schedule
 *    that is as soon as possible; with one, only where the schedule says (machine.h),
 *    except that a halted CPU takes what is pending.
 *
 * 4. The outside world enters in take_input() and nowhere else.  Each byte is given the
 *    guest time at which it came, which the observer records; a replay's source gives
 *    the same bytes at the same times.
 *
 * 5. The one ugly exception: what the guest does to a device is dated with the count at
 *    the start of the basic block that does it (cpu_io_icount()), since the engine does
 *    not tell the instruction.  That is exact enough for a timer, and the same in every
 *    run, wherever a run was stopped.
 */
#include "machine/internal.h"

#include <stdio.h>

/*
 * The loop looks up so often even where nothing is due, to see whether it was
 * interrupted: a fraction of a second.
 */
#define LOOK_UP (1ull << 26)

enum step { STEP_ON, STEP_RETURN };

struct round {
	struct machine *m;
	uint64_t until;
	enum machine_stop stop; /* the answer, with STEP_RETURN */
	bool window;            /* an interrupt waits for the CPU to take it */
	uint64_t limit;
};

static enum step finish(struct round *r, enum machine_stop stop)
{
	r->stop = stop;
	return STEP_RETURN;
}

static uint64_t input_due(const struct machine *m)
{
	if (!m->input || uart_room(&m->uart) == 0)
		return DEADLINE_NEVER;
	return m->input->due(m->input->ctx, machine_time(m));
}

static bool receive(struct machine *m)
{
	uint64_t now = machine_time(m);
	int byte = m->input->take(m->input->ctx, now);
	uint8_t value = (uint8_t)byte;

	if (byte < 0)
		return false;
	uart_receive(&m->uart, value);
	bus_update_uart(m);
	if (m->observer->input)
		m->observer->input(m->observer->ctx, now, &value, 1);
	return true;
}

static void take_input(struct machine *m)
{
	while (input_due(m) <= machine_time(m)) {
		if (!receive(m))
			break;
	}
}

static void run_devices(struct machine *m)
{
	for (int i = 0; i < m->config.cpus; i++)
		lapic_advance(&m->cpus[i].lapic, machine_time(m));
	take_input(m);
}

static uint64_t next_deadline(const struct machine *m)
{
	uint64_t next = input_due(m);

	for (int i = 0; i < m->config.cpus; i++) {
		uint64_t deadline = lapic_deadline(&m->cpus[i].lapic);

		next = deadline < next ? deadline : next;
	}
	return next;
}

static enum step deliver(struct round *r, struct machine_cpu *c, int vector, bool idle)
{
	struct machine *m = r->m;

	if (m->observer->interrupt)
		m->observer->interrupt(m->observer->ctx, 0, vector, idle);
	lapic_take(&c->lapic, (uint8_t)vector);
	c->halted = false;
	if (cpu_interrupt(c->cpu, vector) == 0)
		return STEP_ON;
	snprintf(m->fault, sizeof(m->fault), "%s", cpu_fault(c->cpu));
	return finish(r, MACHINE_FAULT);
}

/* Every CPU is halted and nothing is pending: on to the next deadline. */
static enum step skip_to(struct round *r, uint64_t deadline)
{
	struct machine *m = r->m;

	if (deadline == DEADLINE_NEVER) {
		if (!m->input || !m->input->wait || uart_room(&m->uart) == 0 ||
		    !m->input->wait(m->input->ctx))
			return finish(r, MACHINE_DEADLOCK);
		receive(m);
		return STEP_ON;
	}
	if (deadline > machine_time(m))
		m->skipped += deadline - machine_time(m);
	return STEP_ON;
}

static enum step halted(struct round *r, struct machine_cpu *c)
{
	int vector = lapic_pending(&c->lapic);

	if (!cpu_interruptible(c->cpu))
		return finish(r, MACHINE_DEADLOCK);
	if (vector >= 0)
		return deliver(r, c, vector, true);
	return skip_to(r, next_deadline(r->m));
}

static enum step refuse(struct round *r, uint64_t icount, int vector)
{
	const struct machine_schedule *s = r->m->schedule;

	if (s->refused)
		s->refused(s->ctx, 0, icount, vector);
	return finish(r, MACHINE_REQUEST);
}

/* The schedule's turn: true in *delivered where an interrupt has entered. */
static enum step ask_schedule(struct round *r, struct machine_cpu *c, bool *delivered)
{
	const struct machine_schedule *s = r->m->schedule;
	uint64_t icount = cpu_icount(c->cpu);
	int timer = lapic_timer_vector(&c->lapic);
	int vector;

	if (s->next(s->ctx, 0, icount) > icount)
		return STEP_ON;
	if (!cpu_interruptible(c->cpu)) {
		if (s->exact)
			return refuse(r, icount, -1);
		r->window = true;
		return STEP_ON;
	}
	vector = s->ask(s->ctx, 0, icount);
	if (vector == SCHEDULE_STOP)
		return finish(r, MACHINE_REQUEST);
	if (vector == SCHEDULE_TIMER)
		vector = timer;
	if (vector < 0)
		return STEP_ON;
	if (!lapic_accepts(&c->lapic, (uint8_t)vector) ||
	    (vector != timer && !lapic_requested(&c->lapic, (uint8_t)vector)))
		return s->exact ? refuse(r, icount, vector) : STEP_ON;
	*delivered = true;
	return deliver(r, c, vector, false);
}

/* Interrupts of a running CPU. */
static enum step interrupts(struct round *r, struct machine_cpu *c, bool *delivered)
{
	int vector;

	r->window = false;
	if (r->m->schedule)
		return ask_schedule(r, c, delivered);
	vector = lapic_pending(&c->lapic);
	if (vector < 0)
		return STEP_ON;
	if (!cpu_interruptible(c->cpu)) {
		r->window = true;
		return STEP_ON;
	}
	*delivered = true;
	return deliver(r, c, vector, false);
}

static void lower(uint64_t *limit, uint64_t to)
{
	if (to < *limit)
		*limit = to;
}

/* The count at which the run loop is needed again, to the instruction. */
static uint64_t exact_limit(const struct round *r, uint64_t icount)
{
	const struct machine *m = r->m;
	uint64_t limit = r->until;

	if (m->observer->checkpoint)
		lower(&limit, m->next_checkpoint);
	if (m->schedule && !r->window) {
		uint64_t next = m->schedule->next(m->schedule->ctx, 0, icount);

		/* Asked at this count already: at the next one again. */
		lower(&limit, next > icount ? next : icount + 1);
	}
	return limit;
}

/* The count at which it is needed at the next block boundary. */
static uint64_t due_limit(const struct machine *m, uint64_t icount)
{
	uint64_t deadline = next_deadline(m);
	uint64_t due = icount + LOOK_UP;

	lower(&due, m->pause_at);
	if (deadline != DEADLINE_NEVER)
		lower(&due, deadline > m->skipped ? deadline - m->skipped : 0);
	return due;
}

static void checkpoint(struct machine *m)
{
	uint64_t interval = m->observer->checkpoint_interval;

	while (m->observer->checkpoint && interval > 0 &&
	       cpu_icount(m->cpus[0].cpu) >= m->next_checkpoint) {
		m->next_checkpoint += interval;
		m->observer->checkpoint(m->observer->ctx);
	}
}

static enum step run_stretch(struct round *r, struct machine_cpu *c)
{
	struct machine *m = r->m;
	uint64_t icount = cpu_icount(c->cpu);
	enum cpu_exit exit =
		cpu_run(c->cpu, exact_limit(r, icount), due_limit(m, icount), r->window);

	if (m->fault[0] != '\0')
		return finish(r, MACHINE_FAULT);
	if (m->powered_off)
		return finish(r, MACHINE_POWEROFF);
	switch (exit) {
	case CPU_HALTED:
		c->halted = true;
		return STEP_ON;
	case CPU_FAULT:
		snprintf(m->fault, sizeof(m->fault), "%s", cpu_fault(c->cpu));
		return finish(r, MACHINE_FAULT);
	default:
		return STEP_ON;
	}
}

static enum step advance(struct round *r)
{
	struct machine *m = r->m;
	struct machine_cpu *c = &m->cpus[0];
	bool delivered = false;

	checkpoint(m);
	if (m->stop_requested || (m->interrupted && *m->interrupted)) {
		m->stop_requested = false;
		return finish(r, MACHINE_REQUEST);
	}
	if (cpu_icount(c->cpu) >= r->until)
		return finish(r, MACHINE_LIMIT);
	if (cpu_icount(c->cpu) >= m->pause_at) {
		m->pause_at = UINT64_MAX;
		return finish(r, MACHINE_LIMIT);
	}
	run_devices(m);
	if (c->halted)
		return halted(r, c);
	if (interrupts(r, c, &delivered) == STEP_RETURN)
		return STEP_RETURN;
	return delivered ? STEP_ON : run_stretch(r, c);
}

enum machine_stop machine_run(struct machine *m, uint64_t until)
{
	struct round r = {.m = m, .until = until};

	if (m->powered_off)
		return MACHINE_POWEROFF;
	while (advance(&r) == STEP_ON)
		;
	return r.stop;
}

void machine_stop_request(struct machine *m)
{
	m->stop_requested = true;
	cpu_stop(m->cpus[0].cpu);
}

void machine_pause_at(struct machine *m, uint64_t icount)
{
	m->pause_at = icount;
}

void machine_set_interrupted(struct machine *m, const volatile sig_atomic_t *flag)
{
	m->interrupted = flag;
}

void machine_reschedule(struct machine *m)
{
	cpu_stop(m->cpus[0].cpu);
}
