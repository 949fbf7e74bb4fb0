/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect_options.h"
#include "machine_options.h"

#define CONSOLE_MAX (16u << 20)

enum { KEY_STATUS = 0x300, KEY_CONSOLE };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct expect_options *o = state->input;

	switch (key) {
	case KEY_STATUS:
		o->status = (int)machine_options_number("status", arg, 0, 255, state);
		return 0;
	case KEY_CONSOLE:
		o->console = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option list[] = {
	{"status", KEY_STATUS, "N", 0, "the program exits with this status (any)", 1},
	{"console", KEY_CONSOLE, "FILE", 0, "the console is to be what FILE holds", 1},
	{0},
};

const struct argp expect_argp = {list, parse, NULL, NULL, NULL, NULL, NULL};

int expect_options_load(struct expect_options *o, struct explore_config *config)
{
	int err = 0;

	config->expect_status = o->status;
	if (o->console)
		err = file_read(&o->file, o->console, CONSOLE_MAX);
	if (err)
		return error_prefix(err, "--console");
	config->expect_console = (const char *)o->file.data;
	config->expect_console_size = o->file.size;
	return 0;
}

void expect_options_free(struct expect_options *o)
{
	file_free(&o->file);
}
