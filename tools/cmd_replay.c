/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"
#include "machine_options.h"
#include "sched/replay.h"

struct options {
	struct machine_options machine; /* the images, of it */
	struct replay_options replay;
	const char *path;
	bool json;
};

enum { KEY_UNTIL = 0x100, KEY_JSON };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		return 0;
	case KEY_UNTIL:
		o->replay.until =
			machine_options_number("until", arg, 1, UINT64_MAX, state);
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->path)
			o->path = arg;
		else if (!machine_options_source(&o->machine, arg))
			command_usage("one trace at a time");
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a trace is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define U(n) ((unsigned long long)(n))

static void print_text(const struct replay_result *r, const struct options *o)
{
	const char *so_far = r->prefix || o->replay.until ? " so far" : "";

	if (r->interrupted)
		printf("interrupted at icount %llu: %llu events, %llu checkpoints equal\n",
		       U(r->icount), U(r->events), U(r->checkpoints));
	else if (r->identical)
		printf("identical%s, %llu events, %llu checkpoints\n", so_far,
		       U(r->events), U(r->checkpoints));
	else
		printf("diverged after %llu equal events, %llu checkpoints: %s",
		       U(r->events), U(r->checkpoints),
		       r->divergence.data ? r->divergence.data : "\n");
}

static int print_json(const struct replay_result *r)
{
	struct text out = {0};

	text_char(&out, '{');
	text_member_bool(&out, "identical", r->identical);
	text_member_unsigned(&out, "events", r->events);
	text_member_unsigned(&out, "checkpoints", r->checkpoints);
	text_member_unsigned(&out, "icount", r->icount);
	text_member_bool(&out, "prefix", r->prefix);
	text_member_bool(&out, "interrupted", r->interrupted);
	text_member_string(&out, "divergence", r->divergence.data);
	text_string(&out, "}\n");
	return command_output(&out, NULL);
}

static int replay(struct options *o, const struct trace *trace)
{
	struct replay_result result;
	struct images images;
	int err = machine_options_load(&o->machine, &images);

	if (err)
		return err;
	machine_options_catch_interrupt();
	if (!o->json)
		o->replay.report = stdout;
	err = replay_run(&images, trace, &o->replay, &result);
	images_free(&images);
	if (err)
		return error_prefix(err, "%s", o->path);
	if (o->json)
		err = print_json(&result);
	else
		print_text(&result, o);
	replay_free(&result);
	if (err)
		return err;
	return result.identical     ? EXIT_GOOD
	       : result.interrupted ? EXIT_LIMIT
	                            : EXIT_FAILED;
}

int cmd_replay(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"until", KEY_UNTIL, "N", 0,
	         "stop after N instructions and show the machine's state there", 1},
		{"json", KEY_JSON, NULL, 0, "print one JSON object", 1},
		{0},
	};
	static const struct argp_child children[] = {{&machine_image_argp, 0, NULL, 0},
	                                             {0}};
	static const struct argp argp = {
		list,
		parse,
		"TRACE [PROGRAM.c]",
		"Runs a recorded run again, by its schedule and its input, and compares every "
		"event and checkpoint.  A run with --add or of a program in C is replayed with "
		"the same.\v"
		"Status 0 where all is identical, 1 at the first divergence, which is shown, "
		"3 where the trace or an image cannot be used, 5 when interrupted.",
		children,
		NULL,
		NULL};
	struct options o = {0};
	struct trace *trace;
	int err;

	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = command_load(&trace, o.path);
	if (err == 0) {
		err = replay(&o, trace);
		trace_free(trace);
	}
	machine_options_free(&o.machine);
	return err;
}
