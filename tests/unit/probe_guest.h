/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that a test plays by hand: its memory, its calls, and the events that a tracer
 * makes of them.  One test program includes it once.
 */
#ifndef PROBE_GUEST_H
#define PROBE_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_machine.h"
#include "fixtures/probe_kernel.h"
#include "probe/symbols.h"
#include "probe/tracer.h"
#include "trace/format.h"

#define THREADS 8
#define STACK_WORDS 64
#define OS161_EXIT(code) ((uint64_t)(code) << 2)
#define OS161_SIGNAL(number) ((uint64_t)(number) << 2 | 1)

static struct kernel *kernel;
static struct tracer *tracer;
static const struct machine_observer *observer;
static struct text events;  /* what came since the last expect(), a line each */
static uint64_t last_seq;   /* of the events so far, plus one */
static uint64_t last_count; /* counts never decrease */

/* The guest's memory. */
static struct cpu cpus_memory[CPUS];
static struct thread threads[THREADS];
static struct proc procs[THREADS];
static uint64_t stacks[THREADS][STACK_WORDS];
static char objects[THREADS][4];
static char text_memory[8192] __attribute__((aligned(4096)));
static int32_t user_status;

static inline uint64_t symbol(const char *name)
{
	uint64_t address = 0, size;

	if (!symbols_lookup(kernel_symbols(kernel), name, &address, &size))
		fail_msg("no symbol %s", name);
	return address;
}

/*
 * Keeps the event's line from its process on, with ' for ", which reads better in C; what
 * stands before is checked here.
 */
static inline void keep_event(void *ctx, const struct trace_event *event)
{
	struct text line = {0};

	(void)ctx;
	assert_int_equal(event->seq, last_seq++);
	assert_true(event->icount >= last_count);
	last_count = event->icount;
	trace_format_event(&line, event);
	text_string(&events, strstr(line.data, "\"proc\":") + strlen("\"proc\":"));
	for (char *c = strchr(events.data, '"'); c; c = strchr(c, '"'))
		*c = '\'';
	text_free(&line);
}

static inline void expect(const char *lines)
{
	char *got = events.data ? events.data : "";

	if (strcmp(got, lines) != 0)
		fail_msg("got:\n%swant:\n%s", got, lines);
	text_clear(&events);
}

static inline void start_tracer(bool syscalls, bool heap)
{
	struct tracer_options options = {.syscalls = syscalls, .heap = heap};

	tracer_destroy(tracer);
	assert_int_equal(tracer_create(&tracer, NULL, kernel, &options), 0);
	assert_int_equal(tracer_add_sink(tracer, keep_event, NULL), 0);
	observer = tracer_observer(tracer);
	last_seq = last_count = 0;
	text_clear(&events);
}

static inline int open_kernel(void **state)
{
	(void)state;
	return kernel_open(&kernel, TEST_PROBE_FIXTURE);
}

static inline int close_kernel(void **state)
{
	(void)state;
	kernel_close(kernel);
	return 0;
}

static inline int set_up(void **state)
{
	(void)state;
	fake_reset();
	memset(cpus_memory, 0, sizeof(cpus_memory));
	memset(threads, 0, sizeof(threads));
	memset(procs, 0, sizeof(procs));
	fake_map(symbol("cpus"), cpus_memory, sizeof(cpus_memory));
	FAKE_MAP(threads);
	FAKE_MAP(procs);
	FAKE_MAP(stacks);
	FAKE_MAP(text_memory);
	FAKE_MAP(user_status);
	/* Thread 0 is the kernel's own and runs. */
	for (int i = 0; i < THREADS; i++) {
		threads[i].id = i;
		threads[i].proc = i ? &procs[i] : NULL;
		procs[i].pid = (u16)i;
		procs[i].as = &objects[i][0];
		procs[i].files = &objects[i][1];
		procs[i].thread = &threads[i];
	}
	threads[0].state = THREAD_RUNNING;
	cpus_memory[0].current = &threads[0];
	start_tracer(false, false);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	tracer_destroy(tracer);
	tracer = NULL;
	/* What was probed is not any more. */
	assert_int_equal(fake.nprobes, 0);
	text_free(&events);
	return 0;
}

/* Whom the tracer takes to run. */
static inline const char *traced(void)
{
	struct tracer_thread thread;

	return tracer_current(tracer, 0, &thread) ? thread.proc : TRACE_KERNEL_PROC;
}

/* --- the guest acts --- */

static inline int current(void)
{
	return (int)(cpus_memory[0].current - threads);
}

static inline void call_at(uint64_t *rsp, const char *function, uint64_t a, uint64_t b,
                           uint64_t c)
{
	uint64_t address = symbol(function);

	fake.icount += 100;
	fake.registers.cpl = 0;
	fake.registers.rip = address;
	fake.registers.gpr[GPR_RSP] = (uint64_t)rsp;
	fake.registers.gpr[GPR_RDI] = a;
	fake.registers.gpr[GPR_RSI] = b;
	fake.registers.gpr[GPR_RDX] = c;
	if (fake_probed(address))
		observer->probe(observer->ctx, 0, address);
}

/* Somewhere on the current thread's kernel stack. */
static inline uint64_t *stack(void)
{
	return &stacks[current()][STACK_WORDS / 2];
}

static inline void call(const char *function, const void *a, const void *b)
{
	call_at(stack(), function, (uint64_t)a, (uint64_t)b, 0);
}

/* The function that was entered with the return address at `rsp` returns. */
static inline void return_from(uint64_t *rsp, uint64_t result)
{
	fake.icount += 10;
	fake.registers.rip = *rsp;
	fake.registers.gpr[GPR_RSP] = (uint64_t)(rsp + 1);
	fake.registers.gpr[GPR_RAX] = result;
	if (fake_probed(*rsp))
		observer->probe(observer->ctx, 0, *rsp);
}

static inline void fork_child(int child)
{
	call("thread_start", &threads[child], NULL);
	threads[child].state = THREAD_READY;
}

static inline void switch_to(int to, enum thread_state leaves)
{
	threads[current()].state = leaves;
	threads[to].state = THREAD_RUNNING;
	call("context_switch", &threads[current()], &threads[to]);
	cpus_memory[0].current = &threads[to];
}

static inline void user_mode(void)
{
	fake.icount += 50;
	fake.registers.cpl = 3;
	fake.registers.rip = 0x400000;
	fake.registers.gpr[GPR_RSP] = 0x7fffffff0000;
}

/* A system call up to the entry of its dispatcher. */
static inline void enter_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
	user_mode();
	fake.registers.gpr[GPR_RAX] = number;
	fake.registers.gpr[GPR_RDI] = a;
	fake.registers.gpr[GPR_RSI] = b;
	fake.registers.gpr[GPR_RDX] = c;
	fake.registers.gpr[10] = 0x10;
	fake.registers.gpr[8] = 0x8;
	fake.registers.gpr[9] = 0x9;
	observer->syscall(observer->ctx, 0);
	*stack() = symbol("kmain") + 4;
	call("syscall_dispatch", NULL, NULL);
}

static inline void leave_call(int64_t result)
{
	return_from(stack(), (uint64_t)result);
}

static inline void exit_with(uint64_t status)
{
	call_at(stack(), "proc_exit", status, 0, 0);
}

static inline void say(const char *text)
{
	for (; *text; text++) {
		fake.icount++;
		observer->console(observer->ctx, 0, (uint8_t)*text);
	}
}

/* Process 1 is forked by the kernel and runs. */
static inline void boot(void)
{
	fork_child(1);
	switch_to(1, THREAD_READY);
	text_clear(&events);
}

#endif
