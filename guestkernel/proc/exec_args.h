/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The argument vector of execv() on its way from one address space to the next. */
#ifndef PROC_EXEC_ARGS_H
#define PROC_EXEC_ARGS_H

#include <stddef.h>
#include <stdint.h>

struct addr_space;

/* The caller's own; everything in it is kernel memory. */
struct exec_args {
	int argc;
	char **argv;   /* argc pointers into `strings`, then NULL */
	char *strings; /* one after the other, each with its NUL */
	size_t used;
	size_t capacity;
};

/*
 * From the current process's memory, where `argv` points to pointers up to a NULL.
 * -E2BIG (ARG_MAX, ARGC_MAX), -EFAULT, -ENOMEM; nothing is left to free then.
 */
int exec_args_copyin(struct exec_args *args, uint64_t argv);

/* From kernel strings: `first`, then argc more.  -E2BIG, -ENOMEM. */
int exec_args_set(struct exec_args *args, const char *first, int argc, char *const *rest);

void exec_args_free(struct exec_args *args);

/*
 * Puts them at the top of the user stack; *sp gets the address of the argument vector,
 * 16-byte aligned, below which the stack is free.  -ENOMEM.
 */
int exec_args_push(const struct exec_args *args, struct addr_space *as, uint64_t *sp);

#endif
