/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest as it stood at an event: the recorded run is replayed up to the event's count
 * of instructions, in a thread of its own, so that who asks never waits.
 *
 * Going on from an event is cheap and going back means starting over, so a run to an
 * event keeps what it sees at those just before it as well.  The guest's memory counts
 * 64 MiB and up, and there is one machine for each trace.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_GUEST_H
#define FORKSCOPE_TOOLS_VIEW_GUEST_H

#include "cpu/registers.h"
#include "trace/trace.h"
#include "view/programs.h"

#define GUEST_TEXT 96
#define GUEST_CODE 9
#define GUEST_FRAMES 8

enum guest_status {
	GUEST_PENDING,     /* the replay is on its way */
	GUEST_READY,       /* all of the state is there */
	GUEST_UNAVAILABLE, /* `why` says why */
};

/* A place in code; "" and 0 where it is not known. */
struct guest_place {
	char function[GUEST_TEXT]; /* "fork_process+0x1c" */
	char file[GUEST_TEXT * 2]; /* as the compiler was told it */
	int line;
};

struct guest_instruction {
	uint64_t address;
	bool here; /* the next to be executed */
	char text[GUEST_TEXT];
};

struct guest_state {
	enum guest_status status;
	char why[GUEST_TEXT * 4];
	struct machine_registers registers;
	struct guest_place place; /* of the instruction pointer */
	struct guest_instruction code[GUEST_CODE];
	size_t ncode;
	/* The way there: [0] is `place`, then the callers; of the kernel. */
	struct guest_place frames[GUEST_FRAMES];
	size_t nframes;
	/*
	 * Where the program of the event's process stands, or where it was when it last
	 * entered the kernel: the innermost place outside the libc.
	 */
	struct guest_place program;
	char image[GUEST_TEXT]; /* that program's name */
};

struct guest;

/*
 * `images` are those to boot, or NULL with the reason in `why`.  All is borrowed for the
 * life of the guest.  `ready` is called from the other thread when a state that was asked
 * for is there.  ERR_MEMORY, ERR_SYSTEM.
 */
int guest_open(struct guest **guest, const struct program_images *images, const char *why,
               const struct trace *trace, void (*ready)(void *ctx), void *ctx);
void guest_close(struct guest *guest); /* NULL is fine */

/* The state before `event` as far as it is known; if it is not, it is asked for. */
void guest_ask(struct guest *guest, size_t event, struct guest_state *state);
/* The same, and waits for it. */
void guest_wait(struct guest *guest, size_t event, struct guest_state *state);

#endif
