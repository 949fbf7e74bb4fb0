/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether expression `i` of the probe was given and could be read. */
static bool has(const struct probe_values *values, int i)
{
	return values->valid >> i & 1;
}

static const char *path_of(const struct process *p)
{
	return p ? p->path : TRACE_KERNEL_PROC;
}

static struct trace_status decode_status(const struct tracer *t, uint64_t value)
{
	int raw = (int)value;

	switch (t->kernel->profile->wait_status) {
	case PROFILE_OS161:
		return (struct trace_status){raw & 3, raw >> 2 & 0xff};
	case PROFILE_POSIX:
		if (raw & 0x7f)
			return (struct trace_status){true, raw & 0x7f};
		return (struct trace_status){false, raw >> 8 & 0xff};
	case PROFILE_RAW:
		break;
	}
	return (struct trace_status){false, raw};
}

/* --- switch --- */

/* Is the thread that leaves the CPU inside an interrupt?  See struct thread. */
static bool in_interrupt(struct tracer *t, int cpu, const struct thread *thread,
                         const struct machine_registers *registers)
{
	uint64_t frame[5];

	if (thread->user_interrupt)
		return true;
	if (thread->frame == 0 || registers->gpr[GPR_RSP] >= thread->frame)
		return false;
	/* RIP, CS, RFLAGS, RSP, SS */
	return machine_read(t->machine, cpu, thread->frame, frame, sizeof(frame)) &&
	       frame[0] == thread->frame_rip && frame[3] == thread->frame_rsp;
}

static const char *switch_reason(struct tracer *t, int cpu, const struct thread *from,
                                 const struct machine_registers *registers)
{
	switch (tracer_thread_state(t, cpu, from)) {
	case TRACER_BLOCKED:
		return "block";
	case TRACER_EXITED:
		return "exit";
	default:
		return in_interrupt(t, cpu, from, registers) ? "preempt" : "yield";
	}
}

static void handle_switch(struct tracer *t, int cpu, const struct probe_values *values,
                          const struct machine_registers *registers)
{
	struct trace_event event = {.kind = TRACE_SWITCH};
	struct thread *from, *to;
	struct process *process;

	if (!has(values, 0) || !has(values, 1) || values->value[0] == values->value[1])
		return;
	from = tracer_thread_get(t, cpu, values->value[0]);
	to = tracer_thread_get(t, cpu, values->value[1]);
	t->current[cpu].known = true;
	t->current[cpu].thread = to;
	/* A thread may have got its process after it was first seen. */
	if (to && !tracer_thread_process(to))
		tracer_thread_refresh(t, cpu, to);
	if (!from || !to)
		return;
	process = tracer_thread_process(from);
	event.switch_.from = path_of(process);
	event.switch_.to = path_of(tracer_thread_process(to));
	event.switch_.from_thread = from->id;
	event.switch_.to_thread = to->id;
	event.switch_.why = switch_reason(t, cpu, from, registers);
	if (from->wait.active && strcmp(event.switch_.why, "block") == 0) {
		struct trace_event block = {.kind = TRACE_WAIT_BLOCK};

		tracer_emit(t, cpu, process, &block);
	}
	tracer_emit(t, cpu, process, &event);
	if (strcmp(event.switch_.why, "exit") == 0)
		tracer_thread_forget(t, from);
}

/* --- the life of a process --- */

static void emit_fork(struct tracer *t, int cpu, struct process *parent, int pid,
                      const char *path)
{
	struct trace_event event = {.kind = TRACE_FORK};

	event.fork.child = pid;
	event.fork.child_proc = path;
	tracer_emit(t, cpu, parent, &event);
}

/*
 * The process whose structure lies at `address`; new unless one that lives is known
 * there. NULL where it is the kernel's, or beyond the bound: then all we ever tell is its
 * fork.
 */
static struct process *get_process(struct tracer *t, int cpu, uint64_t address,
                                   bool *fresh)
{
	struct expr_context context = {.machine = t->machine,
	                               .cpu = cpu,
	                               .object = address};
	struct process *known = tracer_process_find(t, address), *p;
	struct process *parent = tracer_process(t, cpu);
	uint64_t pid;
	const char *path;

	*fresh = false;
	if (known && !known->exited)
		return known;
	if (address == 0 || !expr_eval(&t->kernel->process_pid, &context, &pid) ||
	    (int)pid <= 0)
		return NULL;
	if (known)
		tracer_process_reap(t, known);
	path = tracer_fork_path(t, parent);
	if (!path) {
		t->lost++;
		return NULL;
	}
	p = tracer_process_add(t, parent, path, address, (int)pid);
	if (!p) {
		emit_fork(t, cpu, parent, (int)pid, path);
		return NULL;
	}
	tracer_process_bind(t, cpu, p);
	*fresh = true;
	return p;
}

/* What was known of a thread at this address is of one that is no more. */
static struct thread *new_thread(struct tracer *t, int cpu, uint64_t address)
{
	struct thread *thread = tracer_thread_find(t, address);

	if (thread)
		tracer_thread_forget(t, thread);
	return tracer_thread_get(t, cpu, address);
}

static void handle_fork(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct expr_context context = {.machine = t->machine, .cpu = cpu};
	uint64_t address = values->value[1];
	struct thread *thread = NULL;
	struct process *p;
	bool fresh;

	if (has(values, 0)) {
		context.object = address = values->value[0];
		thread = new_thread(t, cpu, address);
		if (!t->kernel->thread_is_process &&
		    !expr_eval(&t->kernel->thread_process, &context, &address))
			return;
	}
	p = get_process(t, cpu, address, &fresh);
	if (thread)
		tracer_thread_assign(thread, p);
	if (fresh)
		emit_fork(t, cpu, p->parent, p->pid, p->path);
}

/* A guest array of strings into t->args; how many. */
static int read_args(struct tracer *t, int cpu, uint64_t argv, uint64_t argc)
{
	size_t used = 0;
	int n = 0;

	while (n < ARGS_MAX && (uint64_t)n < argc && used < ARGS_TEXT_MAX) {
		char *text = t->args_text + used;
		uint64_t at;

		if (!machine_read(t->machine, cpu, argv + 8 * (uint64_t)n, &at,
		                  sizeof(at)) ||
		    at == 0 || !tracer_string(t, cpu, at, text, ARGS_TEXT_MAX - used))
			break;
		t->args[n++] = text;
		used += strlen(text) + 1;
	}
	t->args[n] = NULL;
	return n;
}

static void handle_exec(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_EXEC};
	struct process *p = tracer_process(t, cpu);
	char path[STRING_MAX];

	if (!p)
		return;
	tracer_process_bind(t, cpu, p);
	if (!has(values, 0) ||
	    !tracer_string(t, cpu, values->value[0], path, sizeof(path)))
		path[0] = '\0';
	event.exec.path = path;
	if (has(values, 2))
		event.exec.argc = read_args(t, cpu, values->value[2],
		                            has(values, 1) ? values->value[1] : ARGS_MAX);
	event.exec.argv = t->args;
	tracer_emit(t, cpu, p, &event);
}

static void handle_exit(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_EXIT};
	struct process *p = has(values, 1) ? tracer_process_find(t, values->value[1])
	                                   : tracer_process(t, cpu);
	struct thread *thread;
	char text[32];

	if (!p || p->exited || !has(values, 0))
		return;
	if (t->console.writer == p)
		tracer_console_flush(t);
	/* Killed in a wait, it is no longer in it. */
	thread = tracer_thread(t, cpu);
	if (thread && tracer_thread_process(thread) == p)
		thread->wait.active = false;
	p->exited = true;
	p->status = decode_status(t, values->value[0]);
	if (p->status.signaled) {
		struct trace_event kill = {
			.kind = TRACE_KILL,
			.kill.reason = trace_signal_name(p->status.value),
		};

		snprintf(text, sizeof(text), "signal %d", p->status.value);
		if (!kill.kill.reason)
			kill.kill.reason = text;
		tracer_emit(t, cpu, p, &kill);
	}
	event.exit.status = p->status;
	tracer_emit(t, cpu, p, &event);
	for (struct process *child = p->first_child; child;
	     child = child->newer_sibling) {
		struct trace_event orphan = {.kind = TRACE_ORPHAN};

		if (child->reaped)
			continue;
		orphan.orphan.child_proc = child->path;
		tracer_emit(t, cpu, p, &orphan);
	}
}

static void handle_reap(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_REAP};
	struct thread *thread = tracer_thread(t, cpu);
	struct process *p;

	p = has(values, 0) ? tracer_process_find(t, values->value[0]) : NULL;
	if (!p)
		return;
	event.reap.child_proc = p->path;
	tracer_emit(t, cpu, tracer_process(t, cpu), &event);
	if (thread && thread->wait.active) {
		thread->wait.reaped = p;
		thread->wait.reaped_serial = p->serial;
	}
	tracer_process_reap(t, p);
}

static void handle_reparent(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_REPARENT};
	struct process *p, *to;

	p = has(values, 0) ? tracer_process_find(t, values->value[0]) : NULL;
	to = has(values, 1) ? tracer_process_find(t, values->value[1]) : NULL;
	if (!p || p == to || p->parent == to)
		return;
	tracer_process_adopt(p, to);
	event.reparent.child_proc = p->path;
	event.reparent.to_proc = path_of(to);
	tracer_emit(t, cpu, tracer_process(t, cpu), &event);
}

static void handle_release(struct tracer *t, int cpu, const struct kernel_probe *probe,
                           const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_RELEASE};
	struct process *p;
	struct thread *thread;

	if (!has(values, 0))
		return;
	p = tracer_object_release(t, probe->what, values->value[0]);
	event.release.what = t->kernel->resources[probe->what].what;
	if (p) {
		event.release.child_proc = p->path;
		tracer_emit(t, cpu, tracer_process(t, cpu), &event);
	}
	if (strcmp(event.release.what, "thread") != 0)
		return;
	thread = tracer_thread_find(t, values->value[0]);
	if (thread && thread != t->current[cpu].thread)
		tracer_thread_forget(t, thread);
}

/* --- system calls --- */

/*
 * The child that a wait returns: the one it reaped, if it did.  A kernel may return what
 * is no child of the caller, or nobody's: that is to be seen.
 */
static struct process *waited_for(const struct tracer *t, const struct thread *thread,
                                  const struct process *parent, int pid)
{
	struct process *reaped = thread->wait.reaped, *child;

	if (reaped && reaped->serial == thread->wait.reaped_serial && reaped->pid == pid)
		return reaped;
	child = parent ? tracer_child(parent, pid) : NULL;

	for (struct process *p = t->last_process; p && !child; p = p->older)
		if (p->pid == pid)
			child = p;
	return child;
}

static void end_wait(struct tracer *t, int cpu, struct thread *thread, int64_t result)
{
	struct trace_event event = {.kind = TRACE_WAIT_RETURN};
	struct process *p = tracer_thread_process(thread), *child;
	int32_t status;

	thread->wait.active = false;
	if (result < 0) {
		event.wait_return.child = -1;
		event.wait_return.error = result < -INT_MAX ? INT_MAX : (int)-result;
	} else if (result > 0) {
		child = waited_for(t, thread, p, (int)result);
		event.wait_return.child = result > INT_MAX ? INT_MAX : (int)result;
		event.wait_return.child_proc = path_of(child);
		if (child) {
			child->returned = true;
			event.wait_return.status = child->status;
		}
		if (thread->wait.status &&
		    machine_read(t->machine, cpu, thread->wait.status, &status,
		                 sizeof(status)))
			event.wait_return.status = decode_status(t, (uint64_t)status);
	}
	tracer_emit(t, cpu, p, &event);
}

static void handle_syscall_return(struct tracer *t, int cpu,
                                  const struct probe_values *values)
{
	struct thread *thread = tracer_thread(t, cpu);
	struct trace_event event = {.kind = TRACE_SYSCALL};

	if (!thread || !has(values, 0))
		return;
	if (thread->wait.active)
		end_wait(t, cpu, thread, (int64_t)values->value[0]);
	if (!thread->call.active)
		return;
	thread->call.active = false;
	event.syscall.name = kernel_call_name(t->kernel, thread->call.number);
	event.syscall.number = thread->call.number;
	memcpy(event.syscall.args, thread->call.args, sizeof(event.syscall.args));
	event.syscall.returned = true;
	event.syscall.result = (int64_t)values->value[0];
	tracer_emit(t, cpu, tracer_thread_process(thread), &event);
}

/* --- the rest --- */

static void handle_panic(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_PANIC};
	char text[STRING_MAX];

	if (!has(values, 0) ||
	    !tracer_string(t, cpu, values->value[0], text, sizeof(text)))
		text[0] = '\0';
	tracer_console_flush(t);
	event.panic.text = text;
	tracer_emit(t, cpu, tracer_process(t, cpu), &event);
}

static void handle_alloc(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_ALLOC};
	char label[STRING_MAX];

	if (!has(values, 0) || !has(values, 2))
		return;
	event.alloc.size = values->value[0];
	event.alloc.address = values->value[2];
	event.alloc.label = "";
	if (has(values, 1) &&
	    tracer_string(t, cpu, values->value[1], label, sizeof(label)))
		event.alloc.label = label;
	tracer_emit(t, cpu, tracer_process(t, cpu), &event);
}

static void handle_free(struct tracer *t, int cpu, const struct probe_values *values)
{
	struct trace_event event = {.kind = TRACE_FREE};

	/* Freeing nothing is no event. */
	if (!has(values, 0) || values->value[0] == 0)
		return;
	event.alloc.address = values->value[0];
	tracer_emit(t, cpu, tracer_process(t, cpu), &event);
}

void tracer_probe_event(struct tracer *t, int cpu, const struct kernel_probe *probe,
                        const struct probe_values *values,
                        const struct machine_registers *registers)
{
	switch (probe->event) {
	case PROFILE_SWITCH:
		handle_switch(t, cpu, values, registers);
		break;
	case PROFILE_FORK:
		handle_fork(t, cpu, values);
		break;
	case PROFILE_EXEC:
		handle_exec(t, cpu, values);
		break;
	case PROFILE_EXIT:
		handle_exit(t, cpu, values);
		break;
	case PROFILE_REAP:
		handle_reap(t, cpu, values);
		break;
	case PROFILE_REPARENT:
		handle_reparent(t, cpu, values);
		break;
	case PROFILE_RELEASE:
		handle_release(t, cpu, probe, values);
		break;
	case PROFILE_SYSCALL_RETURN:
		handle_syscall_return(t, cpu, values);
		break;
	case PROFILE_PANIC:
		handle_panic(t, cpu, values);
		break;
	case PROFILE_ALLOC:
		handle_alloc(t, cpu, values);
		break;
	case PROFILE_FREE:
		handle_free(t, cpu, values);
		break;
	case PROFILE_LOCK_ACQUIRE:
	case PROFILE_LOCK_RELEASE:
	case PROFILE_PAGES_ALLOC:
	case PROFILE_PAGES_FREE:
		tracer_note_event(t, cpu, probe, values);
		break;
	case PROFILE_EVENTS:
		break;
	}
}
