/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_STDLIB_H
#define OS161_STDLIB_H

#include "../../include/stdlib.h"

/* There is no environment: NULL. */
char *getenv(const char *name);
/* Has the shell run a command; its status as waitpid() gives it, or -1. */
int system(const char *command);

#endif
