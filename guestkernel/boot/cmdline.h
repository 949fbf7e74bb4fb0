/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel command line: `name=value` words and `menu`, then `--` and the arguments of
 * init, or of the menu: a command each.  Double
 * quotes group; inside them a backslash takes the next `"` or `\` as it is.
 */
#ifndef BOOT_CMDLINE_H
#define BOOT_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

#define CMDLINE_ARGS_MAX 64

struct cmdline {
	uint32_t timeslice; /* guest nanoseconds between two ticks */
	const char *lifetime;
	bool menu; /* the kernel menu instead of init */
	int argc;
	char *argv[CMDLINE_ARGS_MAX + 1]; /* what follows `--`; ends with NULL */
};

/* Constant after boot. */
extern struct cmdline cmdline;

/*
 * Takes `line` apart in place; it must live as long as the kernel.  Panics, naming the
 * word, on an unknown name, a bad value, an open quote or too many arguments.
 */
void cmdline_parse(char *line);

#endif
