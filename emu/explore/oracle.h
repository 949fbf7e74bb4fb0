/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The oracles: whether what the record of one interleaving shows is right.
 *
 * Each check of explore.h is judged on the record alone, so that whoever records the same
 * run finds the same.  A check whose marks are missing, since the kernel's profile does
 * not say where they come from, finds nothing.
 */
#ifndef FORKSCOPE_EXPLORE_ORACLE_H
#define FORKSCOPE_EXPLORE_ORACLE_H

#include "explore/explore.h"
#include "explore/record.h"

#define ORACLE_REASON_SIZE 240
/* Findings of one run, at most that many of interest. */
#define ORACLE_FINDINGS 32

struct oracle_finding {
	enum explore_check check;
	bool warning;
	char reason[ORACLE_REASON_SIZE]; /* one sentence */
	/* Of check and code places: the same in every interleaving that shows it. */
	uint64_t key;
	/* Up to two places that a report should show, the later one first. */
	size_t nplaces;
	uint64_t icount[2]; /* as in the record: of the block or the atomic section */
	uint64_t rip[2];
	uint16_t thread[2];
};

struct oracle;

/* Borrows both.  ERR_MEMORY. */
int oracle_create(struct oracle **oracle, const struct kernel *kernel,
                  const struct explore_config *config);
void oracle_free(struct oracle *oracle); /* NULL is fine */

/*
 * Judges one run.  `m` stands at its end: stacks of threads that sleep are read from it;
 * NULL leaves them out.  Fills at most `max` findings, violations before warnings where
 * there are more, no two with the same key, and says how many in `*n`.  ERR_MEMORY; what
 * check.h says of events that no kernel can make.
 */
int oracle_run(struct oracle *oracle, const struct record *record, struct machine *m,
               struct oracle_finding *findings, size_t max, size_t *n);

#endif
