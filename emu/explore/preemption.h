/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The preemptions of a run, as bounded searches see them, and what they decided. */
#ifndef FORKSCOPE_EXPLORE_PREEMPTION_H
#define FORKSCOPE_EXPLORE_PREEMPTION_H

#include "explore/steps.h"

/* Of a thread that had done something. */
struct preemption {
	uint32_t stretch; /* that it began */
	uint16_t thread;  /* that was preempted */
	size_t back;      /* the step with which it goes on; nsteps: it does not */
};

/* Two steps whose order it decided, and what they both touch. */
struct preemption_conflict {
	size_t first, then; /* the preempted thread's comes then */
	const struct order_access *of_first, *of_then;
};

/* The next one; for the first `p` is all zeros.  False where there is none. */
bool preemption_next(const struct steps *steps, struct preemption *p);
/* The first such steps; false where it decided nothing. */
bool preemption_decided(const struct steps *steps, const struct preemption *p,
                        struct preemption_conflict *c);

#endif
