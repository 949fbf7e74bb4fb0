/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "expect_options.h"
#include "explore/counterexample.h"
#include "explore/minimize.h"
#include "explore/story.h"
#include "machine_options.h"
#include "sched/replay.h"

#define U(n) ((unsigned long long)(n))
#define SUFFIX ".fst.jsonl"
/* To look for fewer preemptions: those with two are mostly ruled out by as many. */
#define MAX_RUNS_DEFAULT 5000u

struct options {
	struct machine_options machine; /* the images, of it */
	struct expect_options expect;
	struct explore_config config;
	const char *path, *output;
	char *default_output, *story; /* owned; the paths */
	int check;                    /* the one to keep, -1: the first */
	struct minimize_fewer fewer;
	bool json;
};

/* What is needed to run the trace, and what came of it. */
struct job {
	struct options *options;
	const struct trace *trace;
	const struct images *images;
	struct session_config session;
	struct script script;
	struct runner *runner;
	struct oracle *oracle;
	struct minimized minimized;
	struct counterexample example;
	struct text story;
};

enum { KEY_JSON = 0x100, KEY_CHECK, KEY_MAX_RUNS };

/* --- options --- */

static int check_from_name(const char *name)
{
	for (int i = 0; i < EXPLORE_CHECKS; i++)
		if (strcmp(explore_check_name((enum explore_check)i), name) == 0)
			return i;
	command_usage("--check %s: forkscope-explore(1) has the names", name);
}

static error_t parse_arg(struct options *o, const char *arg)
{
	if (!o->path)
		o->path = arg;
	else if (!machine_options_source(&o->machine, arg))
		command_usage("one trace at a time");
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		state->child_inputs[1] = &o->expect;
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case KEY_CHECK:
		o->check = check_from_name(arg);
		return 0;
	case KEY_MAX_RUNS:
		o->fewer.max_runs =
			machine_options_number("max-runs", arg, 0, UINT64_MAX, state);
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(o, arg);
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a trace is missing");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The length of a trace's path without its suffix. */
static int stem(const char *path)
{
	static const char *const suffixes[] = {".zst", SUFFIX};
	size_t n = strlen(path);

	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(suffixes[i]);

		if (n > length && strncmp(path + n - length, suffixes[i], length) == 0)
			n -= length;
	}
	return (int)n;
}

/* "NAME-min.fst.jsonl" beside the trace, and "NAME-min.txt". */
static int choose_output(struct options *o)
{
	if (!o->output &&
	    asprintf(&o->default_output, "%.*s-min" SUFFIX, stem(o->path), o->path) < 0)
		o->default_output = NULL;
	if (!o->output)
		o->output = o->default_output;
	/* What is interrupted leaves no trace: this one would be gone. */
	if (o->output && strcmp(o->output, o->path) == 0)
		return error_set(ERR_USAGE, "-o %s is the trace to minimise itself",
		                 o->output);
	if (o->output && asprintf(&o->story, "%.*s.txt", stem(o->output), o->output) < 0)
		o->story = NULL;
	return o->output && o->story ? 0 : error_set(ERR_MEMORY, "out of memory");
}

/* --- the run of the trace --- */

static int check_trace_usable(const struct trace *trace)
{
	if (trace->header.argc == 0)
		return error_set(ERR_USAGE, "a session with a shell cannot be minimised");
	for (size_t i = 0; i < trace->nevents; i++)
		if (trace->events[i].kind == TRACE_INPUT)
			return error_set(ERR_USAGE, "a run with console input cannot be "
			                            "minimised");
	return 0;
}

/* The finding to keep: the first that is no warning, or of the check asked for. */
static int choose_finding(struct job *j, struct oracle_finding *finding, bool *found)
{
	struct oracle_finding findings[ORACLE_FINDINGS];
	struct search_result result;
	struct record record;
	size_t n = 0;
	int err = runner_run_script(j->runner, &record, &result);

	*found = false;
	if (err == 0 && session_was_interrupted())
		err = error_set(ERR_LIMIT, "interrupted");
	if (err == 0 && result.outcome != SEARCH_RAN)
		err = error_set(ERR_FAILED, "the run of the trace cannot be repeated; "
		                            "`forkscope replay` shows why");
	if (err == 0)
		err = oracle_run(j->oracle, &record, runner_machine(j->runner), findings,
		                 ORACLE_FINDINGS, &n);
	for (size_t i = 0; i < n && err == 0 && !*found; i++) {
		*found = j->options->check < 0
		                 ? !findings[i].warning
		                 : (int)findings[i].check == j->options->check;
		*finding = findings[i];
	}
	return err;
}

static int minimize(struct job *j, bool *found)
{
	struct oracle_finding finding;
	int err = choose_finding(j, &finding, found);

	if (err || !*found)
		return err;
	err = minimize_scripted(j->runner, j->oracle, &finding, &j->options->fewer,
	                        &j->minimized);
	if (err)
		return err;
	err = story_tell(&j->story, j->images, &j->minimized.record,
	                 runner_steps(j->runner), &j->minimized.finding);
	if (err)
		return err;
	return counterexample_record(j->images, &j->session, j->runner,
	                             &j->minimized.record, j->options->output,
	                             &j->example);
}

static int prepare(struct job *j)
{
	int err = replay_check_images(j->images, j->trace);

	j->session = replay_config(j->trace);
	if (err == 0)
		err = script_from_trace(&j->script, j->trace);
	if (err == 0)
		err = oracle_create(&j->oracle, j->images->probe, &j->options->config);
	if (err == 0)
		err = runner_create_scripted(&j->runner, j->images, &j->session,
		                             &j->options->config, &j->script);
	return err;
}

/* --- what is said of it --- */

static void put_text(struct text *out, const struct job *j)
{
	const struct minimized *m = &j->minimized;
	struct text words = {0};

	text_string(out, j->story.data);
	text_printf(out, "\npreemptions: %u before, %u after %llu runs%s\n", m->before,
	            m->preemptions, U(m->runs),
	            m->bounded ? ", as many as are made: there may be a smaller one"
	                       : "");
	explore_fewest_text(out, "", m->preemptions, m->ruled_out, m->searched);
	text_printf(out, "trace: %s, replayed: %s\nstory: %s\n", j->options->output,
	            j->example.identical ? "identical" : "DIVERGED", j->options->story);
	machine_options_words(&j->options->machine, &words);
	text_string(out, "forkscope replay ");
	text_shell_word(out, j->options->output);
	text_printf(out, "%s%s\n", words.length ? " " : "",
	            words.length ? words.data : "");
	text_free(&words);
}

static void put_json(struct text *out, const struct job *j)
{
	const struct minimized *m = &j->minimized;

	text_char(out, '{');
	text_member_string(out, "check", explore_check_name(m->finding.check));
	text_member_string(out, "reason", m->finding.reason);
	text_member_unsigned(out, "preemptions_before", m->before);
	text_member_unsigned(out, "preemptions", m->preemptions);
	text_member_bool(out, "proved", m->preemptions <= m->ruled_out);
	text_member_unsigned(out, "ruled_out", m->ruled_out);
	text_member_unsigned(out, "searched", m->searched);
	text_member_unsigned(out, "runs", m->runs);
	text_member_bool(out, "bounded", m->bounded);
	text_member_string(out, "trace", j->options->output);
	text_member_string(out, "story", j->options->story);
	text_member_bool(out, "replay_identical", j->example.identical);
	text_string(out, "}\n");
}

static int report(const struct job *j)
{
	struct text out = {0}, story = {0};
	int err;

	if (j->example.result.interrupted)
		return error_set(ERR_LIMIT, "interrupted");
	text_string(&story, j->story.data);
	err = command_output(&story, j->options->story);
	if (err)
		return err;
	if (j->options->json)
		put_json(&out, j);
	else
		put_text(&out, j);
	err = command_output(&out, NULL);
	return err ? err : j->example.identical ? EXIT_GOOD : EXIT_FAILED;
}

static int report_nothing(const struct options *o)
{
	struct text out = {0};
	int err;

	if (o->json)
		text_string(&out, "{\"check\":null}\n");
	else if (o->check < 0)
		text_printf(&out, "%s shows no violation\n", o->path);
	else
		text_printf(&out, "%s shows no violation of %s\n", o->path,
		            explore_check_name((enum explore_check)o->check));
	err = command_output(&out, NULL);
	return err ? err : EXIT_FAILED;
}

static int drive(struct options *o, const struct trace *trace)
{
	struct job j = {.options = o, .trace = trace};
	struct images images;
	bool found;
	int err = check_trace_usable(trace);

	if (err == 0)
		err = choose_output(o);
	if (err == 0)
		err = machine_options_load(&o->machine, &images);
	if (err)
		return err;
	j.images = &images;
	machine_options_catch_interrupt();
	err = prepare(&j);
	if (err == 0)
		err = minimize(&j, &found);
	if (err == 0)
		err = found ? report(&j) : report_nothing(o);
	else
		error_prefix(err, "%s", o->path);
	text_free(&j.story);
	minimize_free(&j.minimized);
	runner_destroy(j.runner);
	oracle_free(j.oracle);
	script_free(&j.script);
	images_free(&images);
	return err;
}

int cmd_minimize(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"output", 'o', "FILE", 0,
	         "the trace to write (default: TRACE's name with -min)", 1},
		{"check", KEY_CHECK, "NAME", 0,
	         "the violation to keep, by its check (default: the first)", 1},
		{"max-runs", KEY_MAX_RUNS, "N", 0,
	         "interleavings to search for fewer preemptions (default: 5000)", 1},
		{"json", KEY_JSON, NULL, 0, "print one JSON object", 1},
		{0},
	};
	static const struct argp_child children[] = {{&machine_image_argp, 0, NULL, 0},
	                                             {&expect_argp, 0, NULL, 0},
	                                             {0}};
	static const struct argp argp = {
		list,
		parse,
		"TRACE [PROGRAM.c]",
		"Looks for the fewest preemptions that show the violation which TRACE shows, "
		"then for the earliest, and writes the trace and the story of that run.\v"
		"Status 0 where that is done, 1 where TRACE shows no violation or it does "
		"not show again, 3 where the trace or an image cannot be used, 5 when "
		"interrupted.",
		children,
		NULL,
		NULL};
	struct options o = {
		.check = -1,
		.expect = EXPECT_ANYTHING,
		.fewer = {.max_runs = MAX_RUNS_DEFAULT},
	};
	struct trace *trace;
	int err;

	machine_options_init(&o.machine);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = expect_options_load(&o.expect, &o.config);
	if (err == 0)
		err = command_load(&trace, o.path);
	if (err == 0) {
		err = drive(&o, trace);
		trace_free(trace);
	}
	machine_options_free(&o.machine);
	expect_options_free(&o.expect);
	free(o.default_output);
	free(o.story);
	return err;
}
