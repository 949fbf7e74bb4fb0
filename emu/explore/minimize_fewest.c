/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fewest preemptions: what leaving out has come to may be a smallest of its own kind
 * while another way to the same violation takes fewer.  So all interleavings with fewer
 * are searched as `explore --strategy bounded` does, which either finds such a way or
 * proves that there is none.
 */
#include "explore/minimize_private.h"

/*
 * Of one interleaving on average, from the start on; the programs of the tests take
 * 35,000 to 350,000.  So a livelock, of 20,000,000, counts as a hundred.
 */
#define INSTRUCTIONS_EACH 200000u

/* One piece, which its report ends; where that shows it, it is the last run. */
static int carry_out(struct minimizer *m, struct search *search,
                     const struct search_item *item, bool *found)
{
	static const struct minimize_plan nothing;
	bool whole = item->nswitches == 0, ran;
	struct search_result result;
	int err = runner_run(m->runner, item, &m->record, &result);

	m->runs++;
	if (err || session_was_interrupted())
		return err;
	ran = result.outcome == SEARCH_RAN;
	m->searched += ran;
	m->instructions += m->record.end - m->record.start;
	if (ran && !whole)
		err = minimize_judge(m, found);
	if (err == 0 && !*found)
		err = search_report(search, item, &result);
	if (err || !whole)
		return err;
	/* The key of a record of all is that of no other. */
	err = minimize_run_plan(m, &nothing, &ran);
	return err || !ran ? err : minimize_judge(m, found);
}

static bool may_search(const struct minimizer *m)
{
	return m->searched < m->max_searched &&
	       m->instructions / INSTRUCTIONS_EACH < m->max_searched;
}

int minimize_search(struct minimizer *m, bool *found)
{
	const struct explore_config config = {
		.strategy = EXPLORE_BOUNDED,
		.preemptions = (int)m->best.preemptions - 1,
	};
	const struct search_item *item;
	struct search_counts counts;
	struct search *search;
	int err;

	*found = false;
	if (m->best.preemptions <= m->ruled_out || !m->max_searched)
		return 0;
	err = search_create(&search, &config);
	if (err)
		return err;
	/* What was interrupted has not been reported: there is no next one. */
	while (err == 0 && !*found && !session_was_interrupted() &&
	       search_next(search, &item, 1) && may_search(m))
		err = carry_out(m, search, item, found);
	search_counts(search, &counts);
	if (counts.below > m->ruled_out)
		m->ruled_out = counts.below;
	search_free(search);
	return err;
}
