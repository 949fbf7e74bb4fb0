/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story of an interleaving in text, within 80 columns: a column for each thread with
 * what it did from where to where, between them each switch with its line of source, then
 * the accesses whose order the preemptions decided, and what the check found.
 */
#ifndef FORKSCOPE_EXPLORE_STORY_H
#define FORKSCOPE_EXPLORE_STORY_H

#include "explore/oracle.h"
#include "explore/steps.h"
#include "sched/images.h"
#include "trace/text.h"

/*
 * `steps` are those of the record.  Source lines are shown where sources.h finds the
 * file. ERR_MEMORY.
 */
int story_tell(struct text *out, const struct images *images, const struct record *record,
               const struct steps *steps, const struct oracle_finding *finding);
/* The same as a new file.  ERR_SYSTEM too. */
int story_write(const char *path, const struct images *images,
                const struct record *record, const struct steps *steps,
                const struct oracle_finding *finding);

#endif
