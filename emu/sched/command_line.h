/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORKSCOPE_SCHED_COMMAND_LINE_H
#define FORKSCOPE_SCHED_COMMAND_LINE_H

/*
 * Joins words and a program with its arguments to a kernel command line:
 * "WORDS APPEND -- ARG...".  Arguments with spaces, quotes or backslashes are put in
 * double quotes, with a backslash before quotes and backslashes, as the guest kernel
 * takes them apart.  The caller frees *line.  ERR_MEMORY; ERR_USAGE where an argument
 * holds a character no command line can carry (a control character).
 */
int command_line_join(char **line, const char *words, const char *append, int argc,
                      const char *const *argv);

#endif
