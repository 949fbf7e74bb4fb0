/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts: what a person would do, as commands, one a line or between semicolons.  A line
 * that begins with # is a comment.  forkscope-view(1) has the commands.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_SCRIPT_H
#define FORKSCOPE_TOOLS_VIEW_SCRIPT_H

#include "view/app.h"

/*
 * Runs `script`: the file of that name if there is one, "-" for standard input, else the
 * commands themselves.  ERR_USAGE with line and command where one cannot be understood,
 * ERR_FILE where it is neither file nor commands, else what a command says.
 */
int script_run(struct app *app, const char *script);

/* The state of the view as one JSON object with a newline. */
void script_state(const struct view *view, const struct guest_state *guest,
                  struct text *out);

#endif
