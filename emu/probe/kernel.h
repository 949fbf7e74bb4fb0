/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest kernel as the host understands it: symbols, types, and the profile that says
 * which of them mean what, checked against each other.  Read only once opened, so one may
 * serve any number of machines.
 */
#ifndef FORKSCOPE_PROBE_KERNEL_H
#define FORKSCOPE_PROBE_KERNEL_H

#include <stddef.h>

#include "base/error.h"

struct kernel;
struct symbols;
struct profile;

/*
 * Opens the kernel image at `path` and the profile beside it ("K.elf" has
 * "K.profile.json", any other name K has "K.profile.json" too).  ERR_FILE where either is
 * missing or malformed, or where the profile names what the kernel does not have;
 * ERR_MEMORY.
 */
int kernel_open(struct kernel **kernel, const char *path);
/* The same with a profile of another name. */
int kernel_open_profile(struct kernel **kernel, const char *path, const char *profile);
void kernel_close(struct kernel *kernel); /* NULL is fine */

/* All owned by the kernel. */
const struct symbols *kernel_symbols(const struct kernel *kernel);
const struct profile *kernel_profile(const struct kernel *kernel);

/*
 * The words of the kernel's command line that set the timeslice, in `text` of `size`
 * bytes, for example "timeslice=100000".  ERR_USAGE where the profile has no such word.
 */
int kernel_timeslice_word(const struct kernel *kernel, char *text, size_t size,
                          unsigned long long instructions);

#endif
