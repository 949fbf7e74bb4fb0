/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traces built by hand, an event a call, for the tests that judge them.  Processes are
 * named by fork path; pids come along from the forks.
 */
#ifndef FORKSCOPE_TESTS_BUILD_TRACE_H
#define FORKSCOPE_TESTS_BUILD_TRACE_H

#include <stdio.h>
#include <string.h>

#include "trace/trace.h"

#define BUILD_EVENTS 512

struct build {
	struct trace trace;
	struct trace_event events[BUILD_EVENTS];
	struct {
		const char *path;
		int pid;
	} pids[BUILD_EVENTS];
	int npids;
	uint64_t icount;
};

static inline void build_start(struct build *b)
{
	static const char *const argv[] = {"forktest", "-v"};

	memset(b, 0, sizeof(*b));
	b->trace.events = b->events;
	b->trace.header = (struct trace_header){
		.version = TRACE_VERSION,
		.cpus = 1,
		.memory = 64 << 20,
		.checkpoint = 1000000,
		.kernel = "kernel.elf",
		.initrd = "initrd.tar",
		.append = "timeslice=100000 -- forktest -v",
		.argc = 2,
		.argv = argv,
		.schedule = "periodic",
		.timeslice = 100000,
	};
	memset(b->trace.header.kernel_sha256, 'a', TRACE_SHA256_SIZE - 1);
	memset(b->trace.header.initrd_sha256, 'b', TRACE_SHA256_SIZE - 1);
	b->pids[b->npids].path = "1";
	b->pids[b->npids++].pid = 1;
}

static inline int build_pid(const struct build *b, const char *proc)
{
	for (int i = b->npids; i-- > 0;)
		if (strcmp(b->pids[i].path, proc) == 0)
			return b->pids[i].pid;
	return 0;
}

/* The next event, its fields still to be filled in. */
static inline struct trace_event *build_event(struct build *b, const char *proc,
                                              enum trace_event_kind kind)
{
	struct trace_event *e = &b->events[b->trace.nevents];

	BUG_ON(b->trace.nevents == BUILD_EVENTS);
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->seq = b->trace.nevents++;
	e->icount = b->icount += 100;
	e->proc = proc;
	e->pid = build_pid(b, proc);
	return e;
}

static inline void build_fork(struct build *b, const char *proc, const char *child,
                              int pid)
{
	struct trace_event *e = build_event(b, proc, TRACE_FORK);

	e->fork.child = pid;
	e->fork.child_proc = child;
	b->pids[b->npids].path = child;
	b->pids[b->npids++].pid = pid;
}

static inline void build_exec(struct build *b, const char *proc, const char *path)
{
	static const char *const argv[] = {"program", "one", NULL};
	struct trace_event *e = build_event(b, proc, TRACE_EXEC);

	e->exec.path = path;
	e->exec.argc = 2;
	e->exec.argv = argv;
}

static inline void build_exit(struct build *b, const char *proc, int code)
{
	build_event(b, proc, TRACE_EXIT)->exit.status.value = code;
}

static inline void build_enter(struct build *b, const char *proc, int target, int options)
{
	struct trace_event *e = build_event(b, proc, TRACE_WAIT_ENTER);

	e->wait_enter.target = target;
	e->wait_enter.options = options;
}

static inline void build_block(struct build *b, const char *proc)
{
	build_event(b, proc, TRACE_WAIT_BLOCK);
}

static inline void build_return(struct build *b, const char *proc, const char *child,
                                int code)
{
	struct trace_event *e = build_event(b, proc, TRACE_WAIT_RETURN);

	e->wait_return.child = child ? build_pid(b, child) : 0;
	e->wait_return.child_proc = child;
	e->wait_return.status.value = code;
}

static inline void build_return_error(struct build *b, const char *proc, int error)
{
	struct trace_event *e = build_event(b, proc, TRACE_WAIT_RETURN);

	e->wait_return.child = -1;
	e->wait_return.error = error;
}

static inline void build_reap(struct build *b, const char *proc, const char *child)
{
	build_event(b, proc, TRACE_REAP)->reap.child_proc = child;
}

static inline void build_orphan(struct build *b, const char *proc, const char *child)
{
	build_event(b, proc, TRACE_ORPHAN)->orphan.child_proc = child;
}

static inline void build_reparent(struct build *b, const char *proc, const char *child,
                                  const char *to)
{
	struct trace_event *e = build_event(b, proc, TRACE_REPARENT);

	e->reparent.child_proc = child;
	e->reparent.to_proc = to;
}

static inline void build_release(struct build *b, const char *proc, const char *child,
                                 const char *what)
{
	struct trace_event *e = build_event(b, proc, TRACE_RELEASE);

	e->release.child_proc = child;
	e->release.what = what;
}

/* From the process it happens in, which then is `from`. */
static inline void build_switch(struct build *b, const char *from, const char *to,
                                const char *why)
{
	struct trace_event *e = build_event(b, from, TRACE_SWITCH);

	e->switch_.from = from;
	e->switch_.to = to;
	e->switch_.from_thread = build_pid(b, from) + 10;
	e->switch_.to_thread = build_pid(b, to) + 10;
	e->switch_.why = why;
}

static inline void build_end(struct build *b, enum trace_outcome outcome, int status)
{
	b->trace.complete = true;
	b->trace.end.outcome = outcome;
	b->trace.end.status = status;
	b->trace.end.icount = b->icount + 1000;
	memset(b->trace.end.digest, 'd', TRACE_DIGEST_SIZE - 1);
	memset(b->trace.end.console_digest, 'c', TRACE_DIGEST_SIZE - 1);
}

/* --- steps that always come together --- */

/* The child is preferred to its parent. */
static inline void build_fork_to(struct build *b, const char *parent, const char *child,
                                 int pid)
{
	build_fork(b, parent, child, pid);
	build_switch(b, parent, child, "preempt");
}

/* The child exits, frees what it can itself, and leaves the CPU to `next`. */
static inline void build_die(struct build *b, const char *proc, int code,
                             const char *next)
{
	build_exit(b, proc, code);
	build_release(b, proc, proc, "memory");
	build_release(b, proc, proc, "files");
	build_switch(b, proc, next, "exit");
}

/* The wait of `proc` takes the dead child and returns it. */
static inline void build_take(struct build *b, const char *proc, const char *child,
                              int code)
{
	build_release(b, proc, child, "thread");
	build_reap(b, proc, child);
	build_return(b, proc, child, code);
}

/* The parent sleeps in wait before the child exits. */
static inline void build_waits_before(struct build *b, const char *parent,
                                      const char *child, int pid, int code)
{
	build_fork(b, parent, child, pid);
	build_enter(b, parent, pid, 0);
	build_block(b, parent);
	build_switch(b, parent, child, "block");
	build_die(b, child, code, parent);
	build_take(b, parent, child, code);
}

/* The child has exited before the parent waits. */
static inline void build_waits_after(struct build *b, const char *parent,
                                     const char *child, int pid, int code)
{
	build_fork_to(b, parent, child, pid);
	build_die(b, child, code, parent);
	build_enter(b, parent, pid, 0);
	build_take(b, parent, child, code);
}

/*
 * init forks 1.1, which forks 1.1.1 and exits while that lives; init reaps both.
 */
static inline void build_orphan_run(struct build *b)
{
	build_fork(b, "1", "1.1", 2);
	build_enter(b, "1", -1, 0);
	build_block(b, "1");
	build_switch(b, "1", "1.1", "block");
	build_fork(b, "1.1", "1.1.1", 3);
	build_exit(b, "1.1", 0);
	build_orphan(b, "1.1", "1.1.1");
	build_reparent(b, "1.1", "1.1.1", "1");
	build_release(b, "1.1", "1.1", "memory");
	build_release(b, "1.1", "1.1", "files");
	build_switch(b, "1.1", "1", "exit");
	build_take(b, "1", "1.1", 0);
	build_enter(b, "1", -1, 0);
	build_block(b, "1");
	build_switch(b, "1", "1.1.1", "block");
	build_die(b, "1.1.1", 5, "1");
	build_take(b, "1", "1.1.1", 5);
	build_end(b, TRACE_POWEROFF, 0);
}

/* The same, but 1.1.1 is a zombie when 1.1 exits. */
static inline void build_zombie_run(struct build *b)
{
	build_fork(b, "1", "1.1", 2);
	build_enter(b, "1", -1, 0);
	build_block(b, "1");
	build_switch(b, "1", "1.1", "block");
	build_fork(b, "1.1", "1.1.1", 3);
	build_switch(b, "1.1", "1.1.1", "preempt");
	build_die(b, "1.1.1", 5, "1.1");
	build_exit(b, "1.1", 0);
	build_reparent(b, "1.1", "1.1.1", "1");
	build_release(b, "1.1", "1.1", "memory");
	build_release(b, "1.1", "1.1", "files");
	build_switch(b, "1.1", "1", "exit");
	build_take(b, "1", "1.1.1", 5);
	build_enter(b, "1", -1, 0);
	build_take(b, "1", "1.1", 0);
	build_end(b, TRACE_POWEROFF, 0);
}

/* One event of every kind, with values at the edges of what the format holds. */
static inline void build_every_kind(struct build *b)
{
	struct trace_event *e;

	build_fork(b, "1", "1.1", 2);
	build_exec(b, "1.1", "/testbin/forktest");
	build_event(b, "1.1", TRACE_EXIT)->exit.status =
		(struct trace_status){.signaled = true, .value = 11};
	build_enter(b, "1", -1, 0);
	build_block(b, "1");
	build_switch(b, "1", "0", "block");
	build_release(b, "0", "1.1", "memory");
	build_take(b, "1", "1.1", 255);
	build_enter(b, "1", 2, 1);
	build_return_error(b, "1", 10);
	build_orphan(b, "1", "1.1");
	build_reparent(b, "1", "1.1", "1");
	e = build_event(b, "0", TRACE_IRQ);
	e->irq.vector = 32;
	e->irq.idle = true;
	e = build_event(b, "1", TRACE_FAULT);
	e->fault.vector = 14;
	e->fault.error = 4;
	e->fault.address = UINT64_MAX;
	e->fault.rip = 0x400000;
	e->fault.symbol = "main+0x12";
	e->fault.insn = "mov rax, qword ptr [rax]";
	e = build_event(b, "1", TRACE_FAULT);
	e->fault.error = UINT64_C(1) << 53;
	build_event(b, "1", TRACE_KILL)->kill.reason = "SIGSEGV";
	e = build_event(b, "1", TRACE_SYSCALL);
	e->syscall.name = "read";
	e->syscall.number = 50;
	for (int i = 0; i < 6; i++)
		e->syscall.args[i] = UINT64_C(0x123456789abcdef) << i;
	e = build_event(b, "1", TRACE_SYSCALL);
	e->syscall.number = UINT64_MAX;
	e->syscall.returned = true;
	e->syscall.result = -38;
	e = build_event(b, "1", TRACE_SYSCALL);
	e->syscall.number = 7;
	e->syscall.returned = true;
	e->syscall.result = INT64_MIN;
	e = build_event(b, "0", TRACE_ALLOC);
	e->alloc.address = UINT64_C(0xffffffff80000000);
	e->alloc.size = 4096;
	e->alloc.label = "proc_create \"quoted\" \\ back";
	build_event(b, "0", TRACE_FREE)->alloc.address = UINT64_C(0xffffffff80000000);
	e = build_event(b, "1", TRACE_CONSOLE);
	e->console.text = "h\xc3\xa9 \0\xff\xc3(\xee\xbe\x80\xc2\x9b\x1b\x7f\r\n";
	e->console.length = 17;
	e = build_event(b, "0", TRACE_INPUT);
	e->input.time = 12345;
	e->input.text = "ls\n";
	e->input.length = 3;
	build_event(b, "1", TRACE_PANIC)->panic.text = "panic: assertion failed";
	build_end(b, TRACE_PANICKED, 255);
}

/* Writes it as a file. */
static inline int build_write(const struct build *b, const char *path)
{
	struct trace_writer *w;
	int err = trace_writer_open(&w, path, &b->trace.header);

	for (size_t i = 0; i < b->trace.nevents && !err; i++)
		err = trace_write_event(w, &b->trace.events[i]);
	if (!err && b->trace.complete)
		err = trace_write_end(w, &b->trace.end);
	int closed = trace_writer_close(w);

	return err ? err : closed;
}

#endif
