/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What remains of a violation: the smallest interleaving that shows it, as a trace. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explore/counterexample.h"
#include "explore/explore_private.h"
#include "explore/minimize.h"
#include "explore/story.h"

/*
 * Runs to look for fewer preemptions than minimising has come to, where the search that
 * found the violation does not rule them out: about a second, for each violation.
 */
#define FEWER_RUNS_MAX 1000u

/* The runner's last run: the one to keep. */
struct kept {
	struct record record;
	struct oracle_finding finding;
	unsigned int preemptions, ruled_out;
	uint64_t searched;
};

/* The piece once more, as it was. */
static int repeat(struct explore *e, const struct search_item *item,
                  const struct oracle_finding *finding, struct kept *kept)
{
	struct search_result result;
	int err = runner_run(e->runner, item, &kept->record, &result);

	if (err)
		return err;
	kept->finding = *finding;
	return minimize_asked(&kept->record, &kept->preemptions);
}

static int smallest(struct explore *e, const struct oracle_finding *finding,
                    struct kept *kept)
{
	const struct minimize_fewer fewer = {kept->ruled_out, FEWER_RUNS_MAX};
	struct minimized m;
	size_t n;
	const struct search_switch *switches = runner_switches(e->runner, &n);
	int err =
		minimize_run(e->runner, e->oracle, switches, n, finding->key, &fewer, &m);

	if (err)
		return err;
	kept->record = m.record;
	kept->finding = m.finding;
	kept->preemptions = m.preemptions;
	kept->ruled_out = m.ruled_out;
	kept->searched = m.searched;
	minimize_free(&m);
	return 0;
}

/* DIR/CHECK-NUMBER and `ending`; NULL: out of memory. */
static char *name_file(const struct explore *e, enum explore_check check,
                       const char *ending)
{
	char *path;

	if (asprintf(&path, "%s/%s-%" PRIu64 "%s", e->config->directory,
	             explore_check_name(check), e->numbers[check], ending) < 0)
		return NULL;
	return path;
}

static int keep_story(struct explore *e, const struct kept *kept,
                      struct explore_violation *v)
{
	v->story = name_file(e, v->check, ".txt");
	if (!v->story)
		return error_set(ERR_MEMORY, "out of memory");
	return story_write(v->story, e->images, &kept->record, runner_steps(e->runner),
	                   &kept->finding);
}

static int keep_trace(struct explore *e, const struct kept *kept,
                      struct explore_violation *v)
{
	struct counterexample found;
	char *path;
	int err;

	e->numbers[v->check]++;
	path = name_file(e, v->check, ".fst.jsonl");
	if (!path)
		return error_set(ERR_MEMORY, "out of memory");
	err = counterexample_record(e->images, e->session, e->runner, &kept->record, path,
	                            &found);
	if (err || found.result.interrupted) {
		free(path);
		return err;
	}
	v->trace = path;
	v->replayed = found.identical;
	return keep_story(e, kept, v);
}

static int keep(struct explore *e, const struct kept *kept, struct explore_violation *v)
{
	char *reason = strdup(kept->finding.reason);
	int err;

	if (!reason)
		return error_set(ERR_MEMORY, "out of memory");
	free(v->reason);
	v->reason = reason;
	v->preemptions = kept->preemptions;
	v->ruled_out = kept->ruled_out;
	v->searched = kept->searched;
	err = explore_details(e, &kept->record, &kept->finding, &v->details);
	if (err == 0 && !v->warning && e->config->directory)
		err = keep_trace(e, kept, v);
	return err;
}

int explore_keep(struct explore *e, const struct search_item *item,
                 const struct oracle_finding *finding, struct explore_violation *v)
{
	struct kept *kept = calloc(1, sizeof(*kept));
	struct search_counts counts;
	int err;

	if (!kept)
		return error_set(ERR_MEMORY, "out of memory");
	search_counts(e->search, &counts);
	kept->ruled_out = counts.below;
	err = repeat(e, item, finding, kept);
	if (err == 0 && !session_was_interrupted())
		v->preemptions = kept->preemptions;
	if (err == 0 && e->config->minimize && !v->warning) {
		err = smallest(e, finding, kept);
		/* Too large for it: as it was found. */
		if (err == ERR_FAILED)
			err = repeat(e, item, finding, kept);
	}
	/* Of an interrupted run there is nothing more to keep. */
	if (!session_was_interrupted() && err == 0)
		err = keep(e, kept, v);
	free(kept);
	return session_was_interrupted() ? 0 : err;
}
