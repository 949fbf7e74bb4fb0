/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "expect_options.h"
#include "explore/explore.h"
#include "machine_options.h"

/* Far more than any machine has processors. */
#define JOBS_MAX 1024u
#define PREEMPTIONS_MAX 1000u

struct options {
	struct machine_options machine;
	struct expect_options expect;
	struct explore_config config;
	const char **within, **without, **commute; /* owned */
	size_t nwithin, nwithout, ncommute;
	struct text replay;
	bool json;
};

enum {
	KEY_JSON = 0x100,
	KEY_STRATEGY,
	KEY_PREEMPTIONS,
	KEY_MAX_RUNS,
	KEY_MAX_SECONDS,
	KEY_SEED,
	KEY_WITHIN,
	KEY_WITHOUT,
	KEY_COMMUTE,
	KEY_RESUME,
	KEY_FIRST,
	KEY_NO_MINIMIZE,
};

/* --- options --- */

static double seconds(const char *arg)
{
	char *end;
	double value = strtod(arg, &end);

	if (end == arg || *end || !(value > 0) || value > 1e9)
		command_usage("--max-seconds takes a number above 0, not '%s'", arg);
	return value;
}

static enum explore_strategy strategy(const char *arg)
{
	int found = explore_strategy_from_name(arg);

	if (found < 0)
		command_usage("--strategy %s: it is default, bounded, dpor, pct or "
		              "random",
		              arg);
	return (enum explore_strategy)found;
}

/* What decides which interleavings are run. */
static bool parse_search(struct explore_config *c, int key, const char *arg,
                         struct argp_state *state)
{
	switch (key) {
	case KEY_STRATEGY:
		c->strategy = strategy(arg);
		return true;
	case KEY_PREEMPTIONS:
		c->preemptions = (int)machine_options_number("preemptions", arg, 0,
		                                             PREEMPTIONS_MAX, state);
		return true;
	case KEY_MAX_RUNS:
		c->max_runs =
			machine_options_number("max-runs", arg, 1, UINT64_MAX, state);
		return true;
	case KEY_MAX_SECONDS:
		c->max_seconds = seconds(arg);
		return true;
	case KEY_SEED:
		c->seed = machine_options_number("seed", arg, 0, UINT64_MAX, state);
		return true;
	case 'j':
		c->jobs = (int)machine_options_number("jobs", arg, 1, JOBS_MAX, state);
		return true;
	case KEY_FIRST:
		c->first_only = true;
		return true;
	case KEY_NO_MINIMIZE:
		c->minimize = false;
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	if (parse_search(&o->config, key, arg, state))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->machine;
		state->child_inputs[1] = &o->expect;
		return 0;
	case 'o':
	case KEY_RESUME:
		if (o->config.directory && strcmp(o->config.directory, arg) != 0)
			command_usage("-o and --resume name two directories");
		o->config.directory = arg;
		o->config.resume |= key == KEY_RESUME;
		return 0;
	case KEY_WITHIN:
		return command_keep(&o->within, &o->nwithin, arg);
	case KEY_WITHOUT:
		return command_keep(&o->without, &o->nwithout, arg);
	case KEY_COMMUTE:
		return command_keep(&o->commute, &o->ncommute, arg);
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		machine_options_program(&o->machine, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a program is missing");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- progress --- */

/* "1:02:03", or "2:03". */
static void put_time(struct text *out, double seconds_left)
{
	uint64_t s = (uint64_t)seconds_left;

	if (s >= 3600)
		text_printf(out, "%llu:%02llu:%02llu", (unsigned long long)(s / 3600),
		            (unsigned long long)(s / 60 % 60),
		            (unsigned long long)(s % 60));
	else
		text_printf(out, "%llu:%02llu", (unsigned long long)(s / 60),
		            (unsigned long long)(s % 60));
}

static void show_progress(void *ctx, const struct explore_progress *p)
{
	struct text line = {0};
	uint64_t all = p->runs + p->redundant;

	(void)ctx;
	text_printf(&line, "\r%llu runs, %.0f/s, %llu classes, %llu violations",
	            (unsigned long long)p->runs,
	            p->seconds > 0 ? (double)all / p->seconds : 0.0,
	            (unsigned long long)p->classes, (unsigned long long)p->violations);
	if (p->share > 0) {
		double left = p->seconds / p->share - p->seconds;

		text_printf(&line, ", %.1f %%", 100 * p->share);
		/* An estimate of years says only that there is none. */
		if (left < 100 * 3600) {
			text_string(&line, ", left ");
			put_time(&line, left);
		}
	}
	text_string(&line, "\033[K");
	if (!line.failed)
		fputs(line.data, stderr);
	text_free(&line);
}

/* --- the command --- */

/* Status 5 is for what nobody knows: a search cut short that found nothing. */
static enum exit_status status_of(const struct explore_report *r)
{
	if (r->nviolations > r->nwarnings)
		return EXIT_FAILED;
	return r->end == EXPLORE_COMPLETE ? EXIT_GOOD : EXIT_LIMIT;
}

static int search(struct options *o, struct explore_report **report)
{
	struct images images;
	bool terminal = isatty(STDERR_FILENO);
	int err = machine_options_load(&o->machine, &images);

	if (err)
		return err;
	o->config.within = o->within;
	o->config.without = o->without;
	o->config.commute = o->commute;
	machine_options_words(&o->machine, &o->replay);
	o->config.replay_options = o->replay.failed ? NULL : o->replay.data;
	if (terminal)
		o->config.progress = show_progress;
	machine_options_catch_interrupt();
	err = explore_run(&images, &o->machine.config, &o->config, report);
	if (terminal)
		fputs("\r\033[K", stderr);
	images_free(&images);
	return err;
}

static int drive(struct options *o)
{
	struct explore_report *report;
	struct text out = {0};
	int err;

	/* A bound on one interleaving is what a livelock is judged by. */
	o->config.progress_bound = o->machine.config.limit;
	o->machine.config.limit = 0;
	err = expect_options_load(&o->expect, &o->config);
	if (err == 0)
		err = search(o, &report);
	if (err)
		return err;
	if (report->end == EXPLORE_INTERRUPTED)
		command_error("interrupted; this is what was found until then");
	if (o->json)
		explore_report_json(report, &out);
	else
		explore_report_text(report, &out, command_colour(stdout));
	enum exit_status status = status_of(report);

	explore_report_free(report);
	err = command_output(&out, NULL);
	return err ? err : (int)status;
}

static const struct argp_option option_list[] = {
	{"strategy", KEY_STRATEGY, "NAME", 0,
         "bounded, dpor, pct or random (default: bounded up to 2 preemptions, then dpor)",
         1},
	{"preemptions", KEY_PREEMPTIONS, "N", 0,
         "the bound of bounded, or the change points of pct (2)", 1},
	{"max-runs", KEY_MAX_RUNS, "N", 0,
         "stop after N interleavings (of pct and random: 10000)", 1},
	{"max-seconds", KEY_MAX_SECONDS, "N", 0, "stop after N seconds", 1},
	{"seed", KEY_SEED, "N", 0, "of pct and random (0)", 1},
	{"jobs", 'j', "N", 0, "processes to share the work (1)", 1},
	{"within", KEY_WITHIN, "FUNCTION", 0,
         "preempt only in this function of the kernel; may repeat", 1},
	{"without", KEY_WITHOUT, "FUNCTION", 0, "do not preempt in it; may repeat", 1},
	{"commute", KEY_COMMUTE, "LOCK", 0,
         "what is done under this spinlock comes to the same in either order: do not "
         "search for that; may repeat",
         1},
	{"output", 'o', "DIR", 0, "keep traces and the state of the search there", 1},
	{"resume", KEY_RESUME, "DIR", 0, "go on with the search whose state is there", 1},
	{"first", KEY_FIRST, NULL, 0, "stop at the first violation", 1},
	{"no-minimize", KEY_NO_MINIMIZE, NULL, 0, "keep violations as they were found",
         1},
	{"json", KEY_JSON, NULL, 0, "print one JSON object", 1},
	{0},
};

int cmd_explore(int argc, char **argv)
{
	static const struct argp_child children[] = {{&machine_argp, 0, NULL, 0},
	                                             {&expect_argp, 0, NULL, 0},
	                                             {0}};
	static const struct argp argp = {
		option_list,
		parse,
		"[--] PROGRAM [ARG...]",
		"Searches the interleavings of PROGRAM's processes and of the kernel's "
		"threads under them, with every check on, and keeps each violation as a "
		"small trace that replays.  PROGRAM may be a source in C, such as my.c, "
		"which is compiled for the guest.\v"
		"Status 0 where the search is complete without a violation (warnings do not "
		"count), 1 where there is one, 5 where it ended before it was complete and "
		"found none.",
		children,
		NULL,
		NULL};
	struct options o = {
		.config = {.preemptions = -1, .jobs = 1, .minimize = true},
		.expect = EXPECT_ANYTHING,
	};
	int err;

	machine_options_init(&o.machine);
	o.machine.limit_help = "instructions in which nobody gets on that are a livelock "
			       "(default 20M)";
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o);
	err = drive(&o);
	machine_options_free(&o.machine);
	expect_options_free(&o.expect);
	text_free(&o.replay);
	free(o.within);
	free(o.without);
	free(o.commute);
	return err;
}
