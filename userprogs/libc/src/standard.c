/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three open descriptors with names.  The rest of the library does without them: a
 * program that does not include <stdio.h> may have variables of these names.
 */
#include <stdio.h>

static struct stdio_file standard[] = {{0}, {1}, {2}};

FILE *const stdin = &standard[0];
FILE *const stdout = &standard[1];
FILE *const stderr = &standard[2];
