/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest kernel as the host understands it: symbols, types, and the profile that says
 * which of them mean what, checked against each other.  Read only once opened, so one may
 * serve any number of machines.
 */
#ifndef FORKSCOPE_PROBE_KERNEL_H
#define FORKSCOPE_PROBE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct machine;
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

/* --- for searches --- */

/* Virtual address of the state of the thread at `thread`; false where it is unreadable.
 */
bool kernel_thread_state_address(const struct kernel *kernel, struct machine *m, int cpu,
                                 uint64_t thread, uint64_t *va);
/* Bytes of a thread structure; 0 where unknown. */
size_t kernel_thread_size(const struct kernel *kernel);
/*
 * The variable that the path to the current thread starts with: what each CPU has of its
 * own.  False where the image does not say how large it is.
 */
bool kernel_percpu(const struct kernel *kernel, uint64_t *address, uint64_t *size);
/*
 * Whether `rip` is in the source file of a function that gives out or takes back memory
 * (the profile's alloc, free, pages.alloc and pages.free).  Cheap.
 */
bool kernel_in_allocator(const struct kernel *kernel, uint64_t rip);
/* Whether it is in a function that acquires or releases a spinlock, as the profile says.
 */
bool kernel_in_lock(const struct kernel *kernel, uint64_t rip);

/*
 * The words of the kernel's command line that set the timeslice, in `text` of `size`
 * bytes, for example "timeslice=100000".  ERR_USAGE where the profile has no such word,
 * ERR_FILE where it has one that does not fit.
 */
int kernel_timeslice_word(const struct kernel *kernel, char *text, size_t size,
                          unsigned long long instructions);

#endif
