/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of the host side.
 *
 * A function that can fail returns 0 or a negative `enum error` and leaves one line of
 * text, naming file, place and remedy, in error_message().  Only main() prints and exits:
 * error_exit_status() is where an error becomes an exit status.  Errors of the user or of
 * the guest never abort; a bug of ours does, through BUG_ON().
 */
#ifndef FORKSCOPE_BASE_ERROR_H
#define FORKSCOPE_BASE_ERROR_H

#include <stddef.h>

enum error {
	ERR_FAILED = -1, /* a check failed, traces differ, the guest program failed */
	ERR_USAGE = -2,  /* a wrong option or argument */
	ERR_FILE = -3,   /* a file is missing, malformed, or of an unknown version */
	ERR_GUEST = -4,  /* the guest panicked, faulted or deadlocked */
	ERR_LIMIT = -5,  /* a limit was reached */
	ERR_MEMORY = -6, /* the host is out of memory */
	ERR_SYSTEM =
		-7, /* the host's system refused something: disk full, no permission */
	ERR_ENGINE = -8, /* the processor engine does not do what we need */
};

/* Exit statuses of every command.  Documented in forkscope(1). */
enum exit_status {
	EXIT_GOOD = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_FILE = 3,
	EXIT_GUEST = 4,
	EXIT_LIMIT = 5,
	EXIT_BUG = 70,
};

/*
 * error_set(err, fmt, ...) sets the message of this thread and gives `err`, for `return
 * error_set(...)`.  error_prefix(err, fmt, ...) puts "context: " before the message that
 * is set, cutting what no longer fits, and gives `err` unchanged.
 *
 * Macros, so that who reads one source file alone (the compiler, an analyser) knows that
 * the result is not 0.
 */
#define error_set(err, ...) error_keep((err), error_text(__VA_ARGS__))
#define error_prefix(err, ...) error_keep((err), error_context(__VA_ARGS__))

int error_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int error_context(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline int error_keep(int err, int ignored)
{
	(void)ignored;
	return err;
}

/* The last message of this thread, never NULL; valid until the next error_set(). */
const char *error_message(void);

/* The exit status for an error; ERR_MEMORY, ERR_SYSTEM and ERR_ENGINE give EXIT_FILE. */
enum exit_status error_exit_status(int err);

/* Prints place and condition on stderr and ends; a bug of ours, never of the guest. */
_Noreturn void bug_at(const char *file, int line, const char *what);

/* Assertions stay on in release builds. */
#define BUG_ON(cond)                                                                     \
	do {                                                                             \
		if (__builtin_expect(!!(cond), 0))                                       \
			bug_at(__FILE__, __LINE__, #cond);                               \
	} while (0)

#endif
