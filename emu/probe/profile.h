/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel profile: a JSON file beside a kernel image that says which of its functions
 * and fields mean what.  It is all a tracer knows of a kernel beyond the processor; the
 * kernel itself contains no tracing code.  docs/profile.md is for its authors.
 *
 * Here it is only read and its shape checked; kernel.h checks it against the image.
 */
#ifndef FORKSCOPE_PROBE_PROFILE_H
#define FORKSCOPE_PROBE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PROFILE_FORMAT "forkscope-kernel-profile"
#define PROFILE_VERSION 1

/* How the kernel packs exit code and signal into the status that waitpid() gives. */
enum profile_status {
	PROFILE_OS161, /* code << 2, or signal << 2 | 1 */
	PROFILE_POSIX, /* code << 8, or signal in the low seven bits */
	PROFILE_RAW,   /* the exit code itself */
};

/* What a probe's function does, and the expressions each may give. */
enum profile_event {
	PROFILE_SWITCH,         /* from, to: threads */
	PROFILE_FORK,           /* thread or process: becomes runnable the first time */
	PROFILE_EXEC,           /* path, argc, argv: the new image is in place */
	PROFILE_EXIT,           /* status; process: else the current one */
	PROFILE_REAP,           /* process: its table entry is given up */
	PROFILE_REPARENT,       /* process, to: its new parent */
	PROFILE_RELEASE,        /* object; `what` it was of a process */
	PROFILE_SYSCALL_RETURN, /* result */
	PROFILE_PANIC,          /* text */
	PROFILE_ALLOC,          /* size, label, address */
	PROFILE_FREE,           /* address */
	PROFILE_LOCK_ACQUIRE,   /* lock; `what` kind of lock */
	PROFILE_LOCK_RELEASE,   /* the same */
	PROFILE_PAGES_ALLOC,    /* address or frame; size or order, else one page */
	PROFILE_PAGES_FREE,     /* the same */
	PROFILE_EVENTS
};

#define PROFILE_EXPRS 4

struct profile_probe {
	enum profile_event event;
	const char *function;
	bool returns;     /* "when": "return"; parameters are those of the entry */
	const char *what; /* of PROFILE_RELEASE and of locks, there NULL: spinlock */
	const char *exprs[PROFILE_EXPRS]; /* in the order above, NULL where not given */
	char where[32];                   /* "$.probes[3]", for messages */
};

struct profile_syscall {
	const char *name;
	uint64_t number;
};

struct profile_resource {
	const char *what;
	const char *expr; /* of the process */
};

enum profile_state {
	PROFILE_RUNNING,
	PROFILE_READY,
	PROFILE_BLOCKED,
	PROFILE_EXITED,
	PROFILE_STATES
};

/* A value of the thread's state: an enumerator, or where `name` is NULL a number. */
struct profile_state_value {
	enum profile_state state;
	const char *name;
	int64_t value;
};

/* All strings belong to the profile. */
struct profile {
	const char *file;
	const char *name;
	const char *timeslice; /* a word of the command line with one %u, or NULL */
	enum profile_status wait_status;
	const char *current_thread;
	const char *thread_id;
	const char *thread_process; /* NULL: the thread is the process */
	const char *thread_state;
	struct profile_state_value *states;
	size_t nstates;
	const char *process_pid;
	struct profile_resource *resources;
	size_t nresources;
	struct profile_syscall *syscalls;
	size_t nsyscalls;
	struct profile_probe *probes;
	size_t nprobes;
	void *storage; /* the module's own */
};

/*
 * Reads the profile at `path`, or from memory under the name `file`.  ERR_FILE naming
 * file and place ("$.probes[3].function") where it is missing, malformed, of an unknown
 * version or has a key that means nothing; ERR_MEMORY.
 */
int profile_open(struct profile **p, const char *path);
int profile_parse(struct profile **p, const char *text, size_t size, const char *file);
void profile_close(struct profile *p); /* NULL is fine */

/* Whether it is for searches: of no event in a trace, see tracer_on_note(). */
static inline bool profile_is_note(enum profile_event event)
{
	return event >= PROFILE_LOCK_ACQUIRE && event <= PROFILE_PAGES_FREE;
}

/* "switch", "syscall.return"..., and "from", "to"... */
const char *profile_event_name(enum profile_event event);
const char *profile_expr_name(enum profile_event event, int i);

#endif
