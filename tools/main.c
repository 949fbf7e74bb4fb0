/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forkscope SUBCOMMAND: finds the subcommand, prints what went wrong, and exits.  Nobody
 * else does either.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct command commands[] = {
	{"run", "boots a guest and runs a program in it, recorded on demand", cmd_run},
	{"replay", "runs a recorded run again and compares it", cmd_replay},
	{"orderings", "drives a program into each parent/child ordering", cmd_orderings},
	{"explore", "searches the interleavings of a program for violations",
         cmd_explore},
	{"minimize", "finds the fewest preemptions that show a violation", cmd_minimize},
	{"check", "orderings and invariants of one trace, pair by pair", cmd_check},
	{"diff", "compares two traces, process by process", cmd_diff},
	{"tree", "the process tree of a trace", cmd_tree},
	{"grade", "grades submissions by a rubric", cmd_grade},
	{"info", "header, counts and outcome of a trace", cmd_info},
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *const version = "forkscope " FORKSCOPE_VERSION;

/* The subcommands under --help: argp's own text, cut in two at the vertical tab. */
static char *list_commands(int key, const char *text, void *input)
{
	struct text list = {0};

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	text_string(&list, "Subcommands:\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		text_printf(&list, "  %-12s %s\n", commands[i].name, commands[i].what);
	text_string(&list,
	            "\n`forkscope SUBCOMMAND --help' tells more.\n\n"
	            "Exit status: 0 good; 1 a check failed, traces differ, or the guest\n"
	            "program failed; 2 usage; 3 a file is missing, malformed or of an\n"
	            "unknown version; 4 the guest panicked, faulted or deadlocked; 5 a\n"
	            "limit was reached; 70 a bug of forkscope.");
	return list.failed ? (char *)text : list.data;
}

struct choice {
	int argc; /* the subcommand's, from its name on */
	char **argv;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct choice *choice = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		(void)arg;
		choice->argc = state->argc - state->next + 1;
		choice->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("a subcommand is missing; usage: forkscope SUBCOMMAND "
		              "[OPTION...], see forkscope --help");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct text name = {0};

	text_printf(&name, "forkscope %s", command->name);
	if (name.failed) {
		command_error("out of memory");
		return EXIT_FILE;
	}
	argv[0] = name.data;
	command_speaker(name.data);
	int status = command->run(argc, argv);

	if (status < 0) {
		command_error("%s", error_message());
		status = error_exit_status(status);
	}
	return status;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.args_doc = "SUBCOMMAND [OPTION...]",
		.doc = "Runs a kernel and its programs in a deterministic emulator, records "
		       "fork, wait and exit, and checks them.\v ",
		.help_filter = list_commands,
	};
	struct choice choice = {0, NULL};

	command_speaker("forkscope");
	argp_program_version = version;
	argp_err_exit_status = EXIT_USAGE;
	if (argc > 0)
		argv[0] = (char *)"forkscope";
	/* In order: the first argument that is no option is the subcommand. */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
	const struct command *command = find(choice.argv[0]);

	if (command)
		return run(command, choice.argc, choice.argv);
	command_usage("there is no subcommand '%s', see forkscope --help",
	              choice.argv[0]);
}
