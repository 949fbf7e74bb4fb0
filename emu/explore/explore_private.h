/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One search under way, shared by explore*.c.
 *
 * Pieces are carried out here or by workers; what came of them is taken in the order of
 * their numbers, in this process alone.  So the report is the same whoever carried out
 * what.
 */
#ifndef FORKSCOPE_EXPLORE_EXPLORE_PRIVATE_H
#define FORKSCOPE_EXPLORE_EXPLORE_PRIVATE_H

#include "explore/oracle.h"
#include "explore/runner.h"

/* Pieces that are under way at once, of which workers take several each. */
#define EXPLORE_BATCH 64u

/* What came of a piece. */
struct explore_outcome {
	struct search_result result;
	struct oracle_finding findings[ORACLE_FINDINGS];
	size_t nfindings;
	uint64_t instructions;
	bool cut; /* see struct record */
};

struct explore_workers;

struct explore {
	const struct images *images;
	const struct session_config *session;
	const struct explore_config *config;
	struct runner *runner;
	struct oracle *oracle;
	struct search *search;
	struct explore_workers *workers; /* NULL: none */
	struct explore_report *report;
	uint64_t *keys; /* of the report's violations */
	size_t keys_room, violations_room;
	uint64_t numbers[EXPLORE_CHECKS]; /* of the traces kept, by check */
	bool ended;                       /* the report says how */
	double began;                     /* on the host's clock, */
	double before; /* and seconds of searching before that, by others */
	double last_progress;
	double saved, save_took; /* the state, last */
	uint64_t runs_before;
};

/* Seconds from the start of the search. */
double explore_seconds(const struct explore *e);
/*
 * Carries out a piece in this process.  False in `*done` where the search was interrupted
 * before it came to an end.  ERR_MEMORY, and what the oracle says.
 */
int explore_carry_out(struct explore *e, const struct search_item *item,
                      struct explore_outcome *outcome, bool *done);
/* Takes what came of the next piece in order.  ERR_MEMORY, ERR_SYSTEM, ERR_FILE. */
int explore_take(struct explore *e, const struct search_item *item,
                 const struct explore_outcome *outcome);
void explore_end(struct explore *e, enum explore_end end);
/* A violation that the report does not have; takes what it owns.  ERR_MEMORY. */
int explore_add(struct explore *e, const struct explore_violation *v, uint64_t key);

/* explore_keep.c */

/*
 * Keeps what shows a violation: details, and a trace where the report has a directory.
 * `v` has all else.  Runs interleavings of its own.
 */
int explore_keep(struct explore *e, const struct search_item *item,
                 const struct oracle_finding *finding, struct explore_violation *v);

/* explore_details.c */

/*
 * What to show of a finding, of which the runner's last run is; owned.  NULL where there
 * is nothing.  Runs sessions of its own, which an interrupt cuts short.  ERR_MEMORY.
 */
int explore_details(struct explore *e, const struct record *record,
                    const struct oracle_finding *finding, char **details);

/* explore_state.c */

/*
 * Writes all of the search to the directory, if there is one; and the same where some
 * time has passed since the last time.  ERR_SYSTEM, ERR_MEMORY.
 */
int explore_state_save(struct explore *e);
int explore_state_save_now_and_then(struct explore *e);
/* Makes `search`, and fills the report.  ERR_FILE for the state of another search. */
int explore_state_restore(struct explore *e);

/* explore_workers.c */

/* As many as the configuration says.  ERR_SYSTEM, ERR_MEMORY. */
int explore_workers_start(struct explore *e);
void explore_workers_end(struct explore *e);
/* Carries out pieces and takes what came of them, unless the search ends before. */
int explore_workers_run(struct explore *e, const struct search_item *const *items,
                        size_t n);

#endif
