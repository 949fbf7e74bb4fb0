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

#include "inspect/capture.h"

enum guest_status {
	GUEST_PENDING,     /* the replay is on its way */
	GUEST_READY,       /* it is there */
	GUEST_UNAVAILABLE, /* `why` says why */
};

struct guest_state {
	enum guest_status status;
	char why[CAPTURE_TEXT * 4];
	struct capture_state at; /* where it is ready */
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
