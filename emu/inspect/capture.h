/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recorded run under way again, for looking at its states: forwards only.  What the
 * replay does is compared with what was recorded, so that a trace that is not of these
 * images is not shown as if it were.
 */
#ifndef FORKSCOPE_INSPECT_CAPTURE_H
#define FORKSCOPE_INSPECT_CAPTURE_H

#include <signal.h>

#include "cpu/registers.h"
#include "inspect/programs.h"
#include "trace/trace.h"

#define CAPTURE_TEXT 96
#define CAPTURE_CODE 9
#define CAPTURE_FRAMES 8

/* A place in code; "" and 0 where it is not known. */
struct capture_place {
	char function[CAPTURE_TEXT]; /* "fork_process+0x1c" */
	char file[CAPTURE_TEXT * 2]; /* as the compiler was told it */
	int line;
};

struct capture_instruction {
	uint64_t address;
	bool here; /* the next to be executed */
	char text[CAPTURE_TEXT];
};

struct capture_state {
	struct machine_registers registers;
	struct capture_place place; /* of the instruction pointer */
	struct capture_instruction code[CAPTURE_CODE];
	size_t ncode;
	/* The way there: [0] is `place`, then the callers; of the kernel. */
	struct capture_place frames[CAPTURE_FRAMES];
	size_t nframes;
	/*
	 * Where the program of the event's process stands, or where it was when it last
	 * entered the kernel: the innermost place outside the libc.
	 */
	struct capture_place program;
	char image[CAPTURE_TEXT]; /* that program's name */
};

struct capture;

/*
 * At the start of the run.  `stop` ends capture_run() early where it is not 0.  ERR_FILE
 * where the images are not those of the recording, ERR_MEMORY.
 */
int capture_open(struct capture **capture, const struct program_images *images,
                 const struct trace *trace, const volatile sig_atomic_t *stop);
void capture_close(struct capture *capture); /* NULL is fine */

/* Instructions retired so far. */
uint64_t capture_icount(const struct capture *capture);
/*
 * Runs until `icount`, which may be where it stands.  False where it was stopped before,
 * or cannot get there; then capture_failure() is not NULL.
 */
bool capture_run(struct capture *capture, uint64_t icount);
const char *capture_failure(const struct capture *capture);

/* The state as it stands, for the event `event`. */
void capture_state(struct capture *capture, size_t event, struct capture_state *state);
/*
 * A hash of what place, code and program of the state depend on, for who has seen most
 * states before.  Of use within this run alone.
 */
uint64_t capture_fingerprint(struct capture *capture, size_t event);

#endif
