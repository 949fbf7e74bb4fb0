/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program is to do, as an argp child: --status, --console. */
#ifndef FORKSCOPE_TOOLS_EXPECT_OPTIONS_H
#define FORKSCOPE_TOOLS_EXPECT_OPTIONS_H

#include <argp.h>

#include "base/file.h"
#include "explore/explore.h"

struct expect_options {
	int status;          /* -1: any */
	const char *console; /* path of what the whole console is to be; NULL: anything */
	struct file file;    /* what it holds */
};

#define EXPECT_ANYTHING {.status = -1}

/* The child's input is a struct expect_options. */
extern const struct argp expect_argp;

/* Reads the file, and says all of it in `config`, which borrows.  ERR_FILE, ERR_MEMORY.
 */
int expect_options_load(struct expect_options *o, struct explore_config *config);
void expect_options_free(struct expect_options *o);

#endif
