/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of a guest: a machine with its images loaded, a tracer on it, and whatever
 * listens.  Everything that decides about the run is in its configuration, its schedule
 * and its input, so two sessions with the same of these give the same events.
 */
#ifndef FORKSCOPE_SCHED_SESSION_H
#define FORKSCOPE_SCHED_SESSION_H

#include <stdio.h>

#include "machine/machine.h"
#include "probe/tracer.h"
#include "sched/images.h"
#include "trace/trace.h"

struct session;

struct session_config {
	uint64_t memory; /* bytes */
	int cpus;
	const char *append; /* options for the kernel, NULL for none */
	int argc;           /* the program; 0 is an interactive shell */
	const char *const *argv;
	uint64_t timeslice;   /* instructions; 0: the kernel's own */
	uint64_t limit;       /* instructions; 0: none */
	uint64_t checkpoint;  /* instructions between checkpoints; 0: none */
	const char *schedule; /* for the header: "periodic", "scripted", "steered" */
	uint64_t seed;
	/* The whole command line as recorded; then append, argv and timeslice only
	 * describe. */
	const char *command_line;
	bool syscalls;
	bool heap;
	bool digest; /* the result has one, though nothing is recorded */
};

#define SESSION_MEMORY_DEFAULT (64ull << 20)
/* About a tenth of a second of running: 4 ms of hashing in it are under 4 %. */
#define SESSION_CHECKPOINT_DEFAULT (1ull << 27)

struct session_result {
	enum trace_outcome outcome;
	int status; /* of the program, as a shell would say it */
	uint64_t icount;
	bool interrupted; /* session_interrupt() ended it; the outcome is TRACE_LIMIT */
	char digest[TRACE_DIGEST_SIZE]; /* "" where nobody asked for it */
	char console_digest[TRACE_DIGEST_SIZE];
};

/*
 * Boots `images` in a new machine; nothing runs yet.  Images and configuration are
 * borrowed for the life of the session.  ERR_USAGE for a configuration that cannot be,
 * ERR_FILE for images that do not fit.
 */
int session_open(struct session **s, const struct images *images,
                 const struct session_config *config);
void session_close(struct session *s); /* NULL is fine */

struct machine *session_machine(struct session *s);
struct tracer *session_tracer(struct session *s);

/* Writes a trace of the run to `path`; before session_run(). */
int session_record(struct session *s, const char *path);
/* Hears each byte of the guest's console; before session_run(). */
void session_on_console(struct session *s, void (*console)(void *ctx, uint8_t byte),
                        void *ctx);
/* Hears each checkpoint; before session_run(). */
void session_on_checkpoint(struct session *s,
                           void (*checkpoint)(void *ctx, const struct trace_checkpoint *),
                           void *ctx);

/*
 * Runs to the end: until the guest stops, the limit is reached, or machine_stop_request()
 * was called (outcome TRACE_LIMIT).  Once.  An error of the recording (disk full) ends
 * the run and is returned; the trace is a valid prefix then.
 */
int session_run(struct session *s, struct session_result *result);

/* Ends all runs of this process soon; may be called from a signal handler. */
void session_interrupt(void);
bool session_was_interrupted(void);

/* For a person: why the guest ended, with registers, disassembly, backtrace, events. */
void session_report(struct session *s, FILE *out);

/* 0, or the exit status that a run which ended so gives. */
enum exit_status session_exit_status(const struct session_result *result);

#endif
