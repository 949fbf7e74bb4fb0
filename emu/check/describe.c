/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/describe.h"

#include "check/forest.h"

/* Columns of what a guest chose: arguments, printed text. */
#define TEXT_WIDTH 200

static void put_wait_return(struct text *out, const struct trace_event *e)
{
	char status[32];

	if (e->wait_return.error) {
		text_printf(out, "wait fails with error %d", e->wait_return.error);
	} else if (e->wait_return.child == 0) {
		text_string(out, "wait finds nobody");
	} else {
		forest_status_text(e->wait_return.status, status, sizeof(status));
		text_printf(out, "wait returns %s, %s", e->wait_return.child_proc,
		            status);
	}
}

static void put_exec(struct text *out, const struct trace_event *e)
{
	text_string(out, "exec ");
	text_printable(out, e->exec.path, TEXT_WIDTH);
	for (int i = 1; i < e->exec.argc; i++) {
		text_char(out, ' ');
		text_printable(out, e->exec.argv[i], TEXT_WIDTH);
	}
}

static void put_printed(struct text *out, const char *what, const char *bytes)
{
	text_printf(out, "%s \"", what);
	text_printable(out, bytes, TEXT_WIDTH);
	text_char(out, '"');
}

/* Without the address, which the same deed has another of under another schedule. */
static void put_alloc(struct text *out, const struct trace_event *e)
{
	text_printf(out, "allocates %llu bytes", (unsigned long long)e->alloc.size);
	if (e->alloc.label[0]) {
		text_string(out, ", ");
		text_printable(out, e->alloc.label, TEXT_WIDTH);
	}
}

static void put_release(struct text *out, const char *verb, const struct trace_event *e)
{
	text_string(out, verb);
	text_printable(out, e->release.what, TEXT_WIDTH);
	text_printf(out, " of %s", e->release.child_proc);
}

/* What only happens in the kernel or to others. */
static void put_other_event(struct text *out, const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_REAP:
		text_printf(out, "reap %s", e->reap.child_proc);
		break;
	case TRACE_ORPHAN:
		text_printf(out, "leaves %s", e->orphan.child_proc);
		break;
	case TRACE_REPARENT:
		text_printf(out, "hands %s to %s", e->reparent.child_proc,
		            e->reparent.to_proc);
		break;
	case TRACE_RELEASE:
		put_release(out, "frees ", e);
		break;
	case TRACE_SWITCH:
		text_printf(out, "switch to %s, ", e->switch_.to);
		text_printable(out, e->switch_.why, TEXT_WIDTH);
		break;
	case TRACE_IRQ:
		text_printf(out, "interrupt %d", e->irq.vector);
		break;
	case TRACE_SYSCALL:
		text_string(out, "system call ");
		text_printable(out, e->syscall.name ? e->syscall.name : "?", TEXT_WIDTH);
		if (e->syscall.returned)
			text_printf(out, " returns %lld", (long long)e->syscall.result);
		break;
	case TRACE_ALLOC:
		put_alloc(out, e);
		break;
	case TRACE_FREE:
		text_string(out, "frees a block of the heap");
		break;
	default:
		break;
	}
}

void describe_event(struct text *out, const struct trace_event *e)
{
	char status[32];

	switch (e->kind) {
	case TRACE_FORK:
		text_printf(out, "fork %s", e->fork.child_proc);
		break;
	case TRACE_EXEC:
		put_exec(out, e);
		break;
	case TRACE_EXIT:
		forest_status_text(e->exit.status, status, sizeof(status));
		text_printf(out, "%s%s", e->exit.status.signaled ? "exit by " : "",
		            status);
		break;
	case TRACE_WAIT_ENTER:
		if (e->wait_enter.target == -1)
			text_string(out, "wait for any child");
		else
			text_printf(out, "wait for %d", e->wait_enter.target);
		break;
	case TRACE_WAIT_BLOCK:
		text_string(out, "wait sleeps");
		break;
	case TRACE_WAIT_RETURN:
		put_wait_return(out, e);
		break;
	case TRACE_FAULT:
		text_printf(out, "fault %d at %llx", e->fault.vector,
		            (unsigned long long)e->fault.rip);
		break;
	case TRACE_KILL:
		put_printed(out, "killed by", e->kill.reason);
		break;
	case TRACE_CONSOLE:
		put_printed(out, "prints", e->console.text);
		break;
	case TRACE_INPUT:
		put_printed(out, "input", e->input.text);
		break;
	case TRACE_PANIC:
		put_printed(out, "panic", e->panic.text);
		break;
	default:
		put_other_event(out, e);
		break;
	}
}

/* --- what its process does --- */

static void put_status(struct text *out, struct trace_status status)
{
	text_printf(out, status.signaled ? "signal %d" : "status %d", status.value);
}

static void put_wait_deed(struct text *out, const struct trace_event *e)
{
	if (e->wait_return.child > 0) {
		text_printf(out, "its wait gives %s, ",
		            e->wait_return.child_proc ? e->wait_return.child_proc : "?");
		put_status(out, e->wait_return.status);
	} else if (e->wait_return.child < 0) {
		text_printf(out, "its wait fails (errno %d)", e->wait_return.error);
	} else {
		text_string(out, "its wait gives nothing");
	}
}

static void put_fault_deed(struct text *out, const struct trace_event *e)
{
	text_printf(out, "fault %d at 0x%llx", e->fault.vector,
	            (unsigned long long)e->fault.rip);
	if (e->fault.symbol) {
		text_string(out, " in ");
		text_printable(out, e->fault.symbol, TEXT_WIDTH);
	}
}

void describe_deed(struct text *out, const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_FORK:
		text_printf(out, "forks %s", e->fork.child_proc);
		break;
	case TRACE_EXEC:
		text_string(out, "executes ");
		text_printable(out, e->exec.path, TEXT_WIDTH);
		break;
	case TRACE_EXIT:
		text_string(out, "exits, ");
		put_status(out, e->exit.status);
		break;
	case TRACE_WAIT_ENTER:
		if (e->wait_enter.target == -1)
			text_string(out, "waits for any child");
		else
			text_printf(out, "waits for pid %d", e->wait_enter.target);
		break;
	case TRACE_WAIT_BLOCK:
		text_string(out, "goes to sleep in its wait");
		break;
	case TRACE_WAIT_RETURN:
		put_wait_deed(out, e);
		break;
	case TRACE_REAP:
		text_printf(out, "gives up the entry of %s", e->reap.child_proc);
		break;
	case TRACE_ORPHAN:
		text_printf(out, "leaves %s an orphan", e->orphan.child_proc);
		break;
	case TRACE_REPARENT:
		describe_event(out, e);
		break;
	case TRACE_RELEASE:
		put_release(out, "frees the ", e);
		break;
	case TRACE_FAULT:
		put_fault_deed(out, e);
		break;
	case TRACE_KILL:
		text_string(out, "is killed: ");
		text_printable(out, e->kill.reason, TEXT_WIDTH);
		break;
	case TRACE_PANIC:
		text_string(out, "PANIC: ");
		text_printable(out, e->panic.text, TEXT_WIDTH);
		break;
	default:
		break;
	}
}
