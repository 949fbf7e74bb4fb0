/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process kept to a few folders, with all that it executes, by Linux's Landlock: what a
 * compiler is told to read by a stranger's source is then only what it needs.
 */
#ifndef FORKSCOPE_GRADE_CONFINE_H
#define FORKSCOPE_GRADE_CONFINE_H

#include <stdbool.h>

/* Whether the running kernel can: Linux 5.13 and later, with Landlock switched on. */
bool confine_possible(void);

/*
 * From now on this process executes and reads what the toolchain of `tool`, a path or a
 * name looked up in PATH, consists of; reads the folders of `readable`, ended by NULL;
 * and reads and writes the folder `writable` and /dev/null.  All other files are as if
 * their permissions forbade it.  Files that are open stay so.
 *
 * True, without effect, where it is not possible; false where the kernel refuses what it
 * should be able to do.
 */
bool confine_self(const char *tool, const char *const *readable, const char *writable);

#endif
