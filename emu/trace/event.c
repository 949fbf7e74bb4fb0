/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/event.h"

#include <string.h>

#include "trace/fields.h"

#define FIELD(name, type, member)                                                        \
	{name, TRACE_FIELD_##type, offsetof(struct trace_event, member), 0, NULL}
#define OPTIONAL(name, type, member, present)                                            \
	{name, TRACE_FIELD_##type, offsetof(struct trace_event, member), 0, present}
#define PAIR(name, type, first, second)                                                  \
	{name, TRACE_FIELD_##type, offsetof(struct trace_event, first),                  \
	 offsetof(struct trace_event, second), NULL}
#define END {NULL, TRACE_FIELD_INT, 0, 0, NULL}

static bool wait_succeeded(const struct trace_event *e)
{
	return e->wait_return.error == 0;
}

static bool wait_found(const struct trace_event *e)
{
	return e->wait_return.error == 0 && e->wait_return.child > 0;
}

static bool wait_failed(const struct trace_event *e)
{
	return e->wait_return.error != 0;
}

static bool fault_has_symbol(const struct trace_event *e)
{
	return e->fault.symbol;
}

static bool fault_has_insn(const struct trace_event *e)
{
	return e->fault.insn;
}

static bool syscall_has_name(const struct trace_event *e)
{
	return e->syscall.name;
}

static bool syscall_entered(const struct trace_event *e)
{
	return !e->syscall.returned;
}

static bool syscall_returned(const struct trace_event *e)
{
	return e->syscall.returned;
}

static const struct trace_field fork_fields[] = {
	FIELD("child", INT, fork.child), FIELD("child_proc", PROC, fork.child_proc), END};
static const struct trace_field exec_fields[] = {FIELD("path", STRING, exec.path),
                                                 PAIR("argv", ARGV, exec.argc, exec.argv),
                                                 END};
static const struct trace_field exit_fields[] = {FIELD("status", STATUS, exit.status),
                                                 END};
static const struct trace_field wait_enter_fields[] = {
	FIELD("target", INT, wait_enter.target),
	FIELD("options", INT, wait_enter.options), END};
static const struct trace_field wait_block_fields[] = {END};
static const struct trace_field wait_return_fields[] = {
	OPTIONAL("child", INT, wait_return.child, wait_succeeded),
	OPTIONAL("child_proc", PROC, wait_return.child_proc, wait_found),
	OPTIONAL("status", STATUS, wait_return.status, wait_found),
	OPTIONAL("error", INT, wait_return.error, wait_failed), END};
static const struct trace_field reap_fields[] = {FIELD("child_proc", PROC,
                                                       reap.child_proc),
                                                 END};
static const struct trace_field orphan_fields[] = {FIELD("child_proc", PROC,
                                                         orphan.child_proc),
                                                   END};
static const struct trace_field reparent_fields[] = {
	FIELD("child_proc", PROC, reparent.child_proc),
	FIELD("to_proc", PROC, reparent.to_proc), END};
static const struct trace_field release_fields[] = {FIELD("child_proc", PROC,
                                                          release.child_proc),
                                                    FIELD("what", STRING, release.what),
                                                    END};
static const struct trace_field switch_fields[] = {FIELD("from", PROC, switch_.from),
                                                   FIELD("to", PROC, switch_.to),
                                                   FIELD("from_thread", INT,
                                                         switch_.from_thread),
                                                   FIELD("to_thread", INT,
                                                         switch_.to_thread),
                                                   FIELD("why", STRING, switch_.why),
                                                   END};
static const struct trace_field irq_fields[] = {FIELD("vector", INT, irq.vector),
                                                FIELD("idle", BOOL, irq.idle), END};
static const struct trace_field fault_fields[] = {
	FIELD("vector", INT, fault.vector),
	FIELD("error", UNSIGNED, fault.error),
	FIELD("address", ADDRESS, fault.address),
	FIELD("rip", ADDRESS, fault.rip),
	OPTIONAL("symbol", STRING, fault.symbol, fault_has_symbol),
	OPTIONAL("insn", STRING, fault.insn, fault_has_insn),
	END};
static const struct trace_field kill_fields[] = {FIELD("reason", STRING, kill.reason),
                                                 END};
static const struct trace_field syscall_fields[] = {
	OPTIONAL("name", STRING, syscall.name, syscall_has_name),
	FIELD("number", UNSIGNED, syscall.number),
	OPTIONAL("args", WORDS, syscall.args, syscall_entered),
	OPTIONAL("result", SIGNED, syscall.result, syscall_returned), END};
static const struct trace_field alloc_fields[] = {
	FIELD("address", ADDRESS, alloc.address), FIELD("size", UNSIGNED, alloc.size),
	FIELD("label", STRING, alloc.label), END};
static const struct trace_field free_fields[] = {FIELD("address", ADDRESS, alloc.address),
                                                 END};
static const struct trace_field console_fields[] = {PAIR("text", BYTES, console.text,
                                                         console.length),
                                                    END};
static const struct trace_field input_fields[] = {FIELD("time", UNSIGNED, input.time),
                                                  PAIR("text", BYTES, input.text,
                                                       input.length),
                                                  END};
static const struct trace_field panic_fields[] = {FIELD("text", STRING, panic.text), END};

static const struct {
	const char *name;
	const struct trace_field *fields;
} kinds[TRACE_EVENT_KINDS] = {
	[TRACE_FORK] = {"fork", fork_fields},
	[TRACE_EXEC] = {"exec", exec_fields},
	[TRACE_EXIT] = {"exit", exit_fields},
	[TRACE_WAIT_ENTER] = {"wait.enter", wait_enter_fields},
	[TRACE_WAIT_BLOCK] = {"wait.block", wait_block_fields},
	[TRACE_WAIT_RETURN] = {"wait.return", wait_return_fields},
	[TRACE_REAP] = {"reap", reap_fields},
	[TRACE_ORPHAN] = {"orphan", orphan_fields},
	[TRACE_REPARENT] = {"reparent", reparent_fields},
	[TRACE_RELEASE] = {"release", release_fields},
	[TRACE_SWITCH] = {"switch", switch_fields},
	[TRACE_IRQ] = {"irq", irq_fields},
	[TRACE_FAULT] = {"fault", fault_fields},
	[TRACE_KILL] = {"kill", kill_fields},
	[TRACE_SYSCALL] = {"syscall", syscall_fields},
	[TRACE_ALLOC] = {"alloc", alloc_fields},
	[TRACE_FREE] = {"free", free_fields},
	[TRACE_CONSOLE] = {"console", console_fields},
	[TRACE_INPUT] = {"input", input_fields},
	[TRACE_PANIC] = {"panic", panic_fields},
};

static const char *const outcomes[TRACE_OUTCOMES] = {
	[TRACE_POWEROFF] = "poweroff", [TRACE_PANICKED] = "panic",
	[TRACE_DEADLOCK] = "deadlock", [TRACE_LIMIT] = "limit",
	[TRACE_FAULTED] = "fault",
};

const struct trace_field *trace_event_fields(enum trace_event_kind kind)
{
	return kinds[kind].fields;
}

const char *trace_event_name(enum trace_event_kind kind)
{
	return kinds[kind].name;
}

int trace_event_kind_from_name(const char *name)
{
	for (int kind = 0; kind < TRACE_EVENT_KINDS; kind++)
		if (strcmp(kinds[kind].name, name) == 0)
			return kind;
	return -1;
}

const char *trace_signal_name(int signal)
{
	static const char *const names[] = {
		[1] = "SIGHUP",   [2] = "SIGINT",   [3] = "SIGQUIT",  [4] = "SIGILL",
		[5] = "SIGTRAP",  [6] = "SIGABRT",  [7] = "SIGBUS",   [8] = "SIGFPE",
		[9] = "SIGKILL",  [10] = "SIGUSR1", [11] = "SIGSEGV", [12] = "SIGUSR2",
		[13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
	};

	return signal > 0 && signal < (int)(sizeof(names) / sizeof(names[0]))
	               ? names[signal]
	               : NULL;
}

const char *trace_outcome_name(enum trace_outcome outcome)
{
	return outcomes[outcome];
}

int trace_outcome_from_name(const char *name)
{
	for (int outcome = 0; outcome < TRACE_OUTCOMES; outcome++)
		if (strcmp(outcomes[outcome], name) == 0)
			return outcome;
	return -1;
}
