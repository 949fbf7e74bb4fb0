/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside proc/: from a path and arguments to a program that can begin. */
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include <stdint.h>

#include "proc/exec_args.h"

struct addr_space;
struct trap_frame;

/* A whole program in an address space that nobody uses yet, and that is the caller's. */
struct image {
	struct addr_space *as;
	uint64_t entry;
	uint64_t sp;
};

/* All that can fail of a new program.  Errors as proc_exec(). */
int image_make(const char *path, const struct exec_args *args, struct image *image);

/* The registers at its entry: (rdi, rsi) = (argc, argv), all others 0. */
void image_begin(const struct image *image, int argc, struct trap_frame *tf);

/* Makes the current process run the program from `tf` on; or leaves all as it is. */
int exec_program(const char *path, const struct exec_args *args, struct trap_frame *tf);

/* Kernel copies of a call's arguments: *name for kfree(), and args. */
int exec_copyin(uint64_t path, uint64_t argv, char **name, struct exec_args *args);

#endif
