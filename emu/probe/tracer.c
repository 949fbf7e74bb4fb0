/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE 4096
#define VECTOR_PAGE_FAULT 14
#define TEXT_SIZE 160

void tracer_emit(struct tracer *t, int cpu, const struct process *process,
                 struct trace_event *event)
{
	event->seq = t->seq++;
	event->icount = machine_icount(t->machine, cpu);
	event->cpu = cpu;
	event->pid = process ? process->pid : 0;
	event->proc = process ? process->path : TRACE_KERNEL_PROC;
	for (int i = 0; i < t->nsinks; i++)
		t->sinks[i].emit(t->sinks[i].ctx, event);
}

/* Page by page: a string may end just before one that is not there. */
bool tracer_string(struct tracer *t, int cpu, uint64_t va, char *text, size_t size)
{
	size_t n = 0;

	while (n + 1 < size) {
		size_t chunk = PAGE_SIZE - (va + n) % PAGE_SIZE;

		if (chunk > size - 1 - n)
			chunk = size - 1 - n;
		/* Most strings are short, and reading has its price. */
		if (chunk > 64)
			chunk = 64;
		if (!machine_read(t->machine, cpu, va + n, text + n, chunk))
			return false;
		if (memchr(text + n, '\0', chunk))
			return true;
		n += chunk;
	}
	text[n] = '\0';
	return true;
}

/* --- callbacks of the machine --- */

/* The thread comes from user mode: no interrupt of before is still being handled. */
static void left_user_mode(struct thread *thread)
{
	thread->user_interrupt = false;
	thread->frame = 0;
}

static void enter_wait(struct tracer *t, int cpu, struct thread *thread,
                       const uint64_t args[6])
{
	struct trace_event event = {.kind = TRACE_WAIT_ENTER};

	thread->wait.active = true;
	thread->wait.reaped = NULL;
	thread->wait.target = (int)args[0];
	thread->wait.status = args[1];
	thread->wait.options = (int)args[2];
	event.wait_enter.target = thread->wait.target;
	event.wait_enter.options = thread->wait.options;
	tracer_emit(t, cpu, tracer_thread_process(thread), &event);
}

static void on_syscall(void *ctx, int cpu)
{
	struct tracer *t = ctx;
	struct thread *thread = tracer_thread(t, cpu);
	struct trace_event event = {.kind = TRACE_SYSCALL};
	struct machine_registers registers;
	const uint64_t *gpr = registers.gpr;

	if (!thread)
		return;
	left_user_mode(thread);
	thread->wait.active = false;
	machine_registers(t->machine, cpu, &registers);
	/* rdi rsi rdx r10 r8 r9 */
	uint64_t args[6] = {gpr[GPR_RDI], gpr[GPR_RSI], gpr[GPR_RDX],
	                    gpr[10],      gpr[8],       gpr[9]};
	if (t->options.syscalls) {
		thread->call.active = true;
		thread->call.number = gpr[GPR_RAX];
		memcpy(thread->call.args, args, sizeof(args));
		event.syscall.name = kernel_call_name(t->kernel, gpr[GPR_RAX]);
		event.syscall.number = gpr[GPR_RAX];
		memcpy(event.syscall.args, args, sizeof(args));
		tracer_emit(t, cpu, tracer_thread_process(thread), &event);
	}
	if (gpr[GPR_RAX] == t->kernel->waitpid)
		enter_wait(t, cpu, thread, args);
}

static void on_probe(void *ctx, int cpu, uint64_t address)
{
	tracer_probe_hit(ctx, cpu, address);
}

static void on_exception(void *ctx, int cpu, int vector, uint64_t error, uint64_t address)
{
	struct tracer *t = ctx;
	struct thread *thread = tracer_thread(t, cpu);
	struct trace_event event = {.kind = TRACE_FAULT};
	struct machine_registers registers;
	char symbol[TEXT_SIZE], insn[TEXT_SIZE];

	machine_registers(t->machine, cpu, &registers);
	if (thread && registers.cpl == 3)
		left_user_mode(thread);
	event.fault.vector = vector;
	event.fault.error = error;
	event.fault.address = vector == VECTOR_PAGE_FAULT ? address : 0;
	event.fault.rip = registers.rip;
	if (registers.cpl == 0 &&
	    symbols_describe(t->kernel->symbols, registers.rip, symbol, sizeof(symbol)))
		event.fault.symbol = symbol;
	if (machine_disassemble(t->machine, cpu, registers.rip, insn, sizeof(insn)) > 0)
		event.fault.insn = insn;
	tracer_emit(t, cpu, tracer_thread_process(thread), &event);
}

/* Notes where the processor will push its frame: on the stack in use, aligned to 16. */
static void note_interrupt(struct tracer *t, int cpu, struct thread *thread)
{
	struct machine_registers registers;

	machine_registers(t->machine, cpu, &registers);
	if (registers.cpl == 3) {
		left_user_mode(thread);
		thread->user_interrupt = true;
		return;
	}
	thread->frame = (registers.gpr[GPR_RSP] & ~UINT64_C(15)) - 5 * sizeof(uint64_t);
	thread->frame_rip = registers.rip;
	thread->frame_rsp = registers.gpr[GPR_RSP];
}

static void on_interrupt(void *ctx, int cpu, int vector, bool idle)
{
	struct tracer *t = ctx;
	struct thread *thread = tracer_thread(t, cpu);
	struct trace_event event = {.kind = TRACE_IRQ};

	if (thread)
		note_interrupt(t, cpu, thread);
	event.irq.vector = vector;
	event.irq.idle = idle;
	tracer_emit(t, cpu, tracer_thread_process(thread), &event);
}

static void on_console(void *ctx, int cpu, uint8_t byte)
{
	tracer_console_byte(ctx, cpu, byte);
}

static void on_input(void *ctx, uint64_t time, const uint8_t *bytes, size_t n)
{
	tracer_console_input(ctx, time, bytes, n);
}

/* --- life --- */

int tracer_create(struct tracer **out, struct machine *m, const struct kernel *kernel,
                  const struct tracer_options *options)
{
	struct tracer *t = calloc(1, sizeof(*t));
	int err;

	*out = NULL;
	if (!t)
		return error_set(ERR_MEMORY, "no memory for the tracer");
	t->machine = m;
	t->kernel = kernel;
	t->options = *options;
	t->observer = (struct machine_observer){
		.syscall = on_syscall,
		.probe = on_probe,
		.exception = on_exception,
		.interrupt = on_interrupt,
		.console = on_console,
		.input = on_input,
		.ctx = t,
	};
	err = tracer_tables_create(t);
	if (!err)
		err = tracer_sites_create(t);
	if (err) {
		tracer_destroy(t);
		return err;
	}
	*out = t;
	return 0;
}

void tracer_destroy(struct tracer *t)
{
	if (!t)
		return;
	tracer_sites_destroy(t);
	tracer_tables_destroy(t);
	free(t);
}

int tracer_add_sink(struct tracer *t, void (*emit)(void *ctx, const struct trace_event *),
                    void *ctx)
{
	if (t->nsinks == TRACER_SINKS)
		return error_set(ERR_FAILED, "a tracer has %d sinks at most",
		                 TRACER_SINKS);
	t->sinks[t->nsinks].emit = emit;
	t->sinks[t->nsinks++].ctx = ctx;
	return 0;
}

const struct machine_observer *tracer_observer(struct tracer *t)
{
	return &t->observer;
}

void tracer_finish(struct tracer *t)
{
	tracer_console_flush(t);
}

uint64_t tracer_events(const struct tracer *t)
{
	return t->seq;
}

uint64_t tracer_lost(const struct tracer *t)
{
	return t->lost;
}
