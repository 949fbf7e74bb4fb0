/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "command.h"
#include "machine_options.h"
#include "probe/heap.h"
#include "sched/input.h"

struct options {
	struct machine_options machine;
	const char *record;
	const char *input;
};

enum { KEY_RECORD = 0x100, KEY_INPUT, KEY_CHECKPOINT, KEY_SYSCALLS, KEY_HEAP };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		return 0;
	case KEY_RECORD:
		o->record = arg;
		return 0;
	case KEY_INPUT:
		o->input = arg;
		return 0;
	case KEY_CHECKPOINT:
		o->machine.config.checkpoint =
			machine_options_number("checkpoint", arg, 0, UINT64_MAX, state);
		return 0;
	case KEY_SYSCALLS:
		o->machine.config.syscalls = true;
		return 0;
	case KEY_HEAP:
		o->machine.config.heap = true;
		return 0;
	case ARGP_KEY_ARG:
		machine_options_program(&o->machine, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/*
 * Bytes are passed on line by line, or when the guest is about to wait for input: a
 * prompt has no newline.
 */
struct console {
	bool at_once;
};

static void on_console(void *ctx, uint8_t byte)
{
	struct console *c = ctx;

	putchar(byte);
	if (c->at_once)
		fflush(stdout);
}

static void explain(struct session *s, const struct session_result *r)
{
	switch (r->outcome) {
	case TRACE_POWEROFF:
		return;
	case TRACE_LIMIT:
		command_error("%s after %llu instructions",
		              r->interrupted ? "interrupted" : "the limit was reached",
		              (unsigned long long)r->icount);
		return;
	case TRACE_DEADLOCK:
		command_error(
			"deadlock: after %llu instructions nothing runs, and nothing is "
			"due that could change it (a program that reads the console "
			"needs --input)",
			(unsigned long long)r->icount);
		break;
	default:
		command_error("the guest %s after %llu instructions",
		              r->outcome == TRACE_PANICKED ? "panicked" : "faulted",
		              (unsigned long long)r->icount);
		break;
	}
	session_report(s, stderr);
}

/* Runs to the end, with a table of what remains on the kernel's heap if asked for. */
static int run_to_end(struct session *s, const struct options *o,
                      const struct images *images, struct session_result *result)
{
	struct heap *heap = NULL;
	int err = 0;

	if (o->machine.config.heap)
		err = heap_create(&heap, session_machine(s), images->probe);
	if (err == 0 && heap)
		err = tracer_add_sink(session_tracer(s), heap_emit, heap);
	if (err == 0)
		err = session_run(s, result);
	fflush(stdout);
	if (err == 0 && heap)
		heap_print(heap, stderr);
	heap_destroy(heap);
	return err;
}

static int run(struct session *s, const struct options *o, const struct images *images,
               struct session_result *result)
{
	struct console console = {.at_once = o->machine.config.argc == 0};
	struct input *input = NULL;
	bool ran;
	int err = 0;

	/* Only a shell reads standard input unasked: a program's run depends on nothing.
	 */
	if (o->input || o->machine.config.argc == 0)
		err = input_open(&input, o->input ? o->input : "-");
	if (err == 0 && o->record)
		err = session_record(s, o->record);
	if (err == 0) {
		if (input)
			machine_set_input(session_machine(s), input_source(input));
		session_on_console(s, on_console, &console);
		machine_options_catch_interrupt();
		err = run_to_end(s, o, images, result);
	}
	ran = err == 0;
	if (ran)
		err = input_error(input);
	/* Before anything is said: the terminal is as it was then. */
	input_close(input);
	if (ran)
		explain(s, result);
	return err;
}

int cmd_run(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"record", KEY_RECORD, "FILE", 0,
	         "write a trace of the run (compressed where FILE ends in .zst)", 1},
		{"input", KEY_INPUT, "FILE", 0,
	         "console input, - for standard input (default: none for a program, "
	         "standard input for the shell)",
	         1},
		{"checkpoint", KEY_CHECKPOINT, "N", 0,
	         "instructions between checkpoints of a trace (default 134217728, 0: none)",
	         1},
		{"syscalls", KEY_SYSCALLS, NULL, 0, "trace every system call too", 1},
		{"heap", KEY_HEAP, NULL, 0,
	         "trace the kernel's heap too, and list at the end what remains on it",
	         1},
		{0},
	};
	static const struct argp_child children[] = {{&machine_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {
		list,
		parse,
		"[--] [PROGRAM [ARG...]]",
		"Boots the guest kernel and runs PROGRAM, or an interactive shell, with the "
		"guest's console on standard output.  PROGRAM may be a source in C, such as "
		"my.c, which is compiled for the guest.\v"
		"Status 0 where the program returned 0, 1 where it did not or does not compile, "
		"3 where a file cannot be used, 4 where the guest panicked, faulted or deadlocked, 5 where "
		"the limit was reached.",
		children,
		NULL,
		NULL};
	struct options o = {0};
	struct images images;
	struct session *s = NULL;
	struct session_result result;
	int err;

	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o);
	err = machine_options_load(&o.machine, &images);
	if (err == 0) {
		err = session_open(&s, &images, &o.machine.config);
		if (err == 0)
			err = run(s, &o, &images, &result);
		session_close(s);
		images_free(&images);
	}
	machine_options_free(&o.machine);
	return err ? err : (int)session_exit_status(&result);
}
