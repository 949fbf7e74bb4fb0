/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * badcall: wrong arguments to every call.  Each subtest prints a line, "CALL, WHAT: ok"
 * or what came instead, and counts towards the program's status.
 */
#ifndef BADCALL_H
#define BADCALL_H

#include <stddef.h>

/* The call must have failed with `error`; reads errno. */
void expect(const char *call, const char *what, long result, int error);
/* The call must have given `value`. */
void expect_value(const char *call, const char *what, long result, long value);

/* Addresses that no call may follow. */
struct bad_pointer {
	const char *what;
	void *address;
};
#define BAD_POINTERS 6
extern const struct bad_pointer bad_pointers[BAD_POINTERS];

/* What the subtests work on; made anew before each group. */
#define FILE_NAME "/badcall.file"
#define DIR_NAME "/badcall.dir"
#define NO_NAME "/badcall.nothing"

/* The groups. */
void bad_descriptors(void);
void bad_buffers(void);
void bad_paths(void);
void bad_files(void);
void bad_directories(void);
void bad_processes(void);
void bad_numbers(void);

#endif
