/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an interleaving that shows a violation to the smallest that does: the fewest
 * preemptions, and these as early as they can come.
 *
 * What is left out of a schedule moves all that comes after it, so a switch is kept as
 * the thread that it takes the CPU from, how many accesses to memory that thread had made
 * of its own accord, and the thread that it gives the CPU to; where that is in another
 * interleaving its record says.  Switches are left out in ever smaller parts (ddmin:
 * Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, IEEE TSE
 * 28(2), 2002) until none can be spared, and two preemptions are tried as one near the
 * place of one of them.  Whether another way to the violation has fewer a bounded search
 * tells, up to a limit.  Then each preemption is moved to the earliest step of its thread
 * where the violation shows, the others being where they are.
 *
 * A preemption is a switch asked for that takes the CPU from a thread which has done
 * something since it came there.  Bounded searches count two things more: slices that end
 * before the last switch, and a switch away from a thread that did nothing but touch
 * shared memory on its way onto the CPU.  What they rule out is meant that way.
 */
#ifndef FORKSCOPE_EXPLORE_MINIMIZE_H
#define FORKSCOPE_EXPLORE_MINIMIZE_H

#include "explore/oracle.h"
#include "explore/runner.h"

/* Of the search for fewer preemptions. */
struct minimize_fewer {
	unsigned int ruled_out; /* known already: with fewer than these none shows it */
	uint64_t max_runs;      /* interleavings; 0: there is no search */
};

struct minimized {
	struct search_switch *switches; /* of the smallest; owned */
	size_t nswitches;
	unsigned int before; /* preemptions, and after */
	unsigned int preemptions;
	/* No interleaving with fewer than these shows it: all were run. */
	unsigned int ruled_out;
	uint64_t searched; /* interleavings for that, */
	uint64_t runs;     /* and all runs */
	bool bounded; /* a bound on the others was reached: it may not be the earliest */
	struct oracle_finding finding; /* as the smallest shows it */
	/* The runner's record of it, until its next run. */
	struct record record;
};

/*
 * `switches` are those of a run that shows `key`, as a search handed them out, nobody
 * asleep.  Afterwards the runner stands at the end of the smallest.  ERR_FAILED where
 * they do not show it; ERR_MEMORY; then there is nothing to free.
 */
int minimize_run(struct runner *runner, struct oracle *oracle,
                 const struct search_switch *switches, size_t n, uint64_t key,
                 const struct minimize_fewer *fewer, struct minimized *out);
/*
 * The same for a run by the interrupts of a trace: see runner_create_scripted().
 * `finding` is what the oracle finds in runner_run_script().
 */
int minimize_scripted(struct runner *runner, struct oracle *oracle,
                      const struct oracle_finding *finding,
                      const struct minimize_fewer *fewer, struct minimized *out);
void minimize_free(struct minimized *m);

/* The preemptions among the switches of a run, counted the same way.  ERR_MEMORY. */
int minimize_asked(const struct record *record, unsigned int *preemptions);

#endif
