/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person wants to see of a violation: what made the difference, and stacks. */
#include <inttypes.h>

#include "explore/counterexample.h"
#include "explore/explore_private.h"
#include "explore/preemption.h"
#include "probe/backtrace.h"

/* Preemptions of which the accesses are named: more of them explain nothing. */
#define DIFFERENCES_MAX 4u
#define FRAMES_MAX 16u

/* "function (file:line)" */
static void put_place(struct text *out, const struct symbols *symbols, uint64_t rip)
{
	uint64_t offset;
	const char *function = symbols_function(symbols, rip, &offset), *file;
	int line;

	if (!function) {
		text_printf(out, "0x%" PRIx64 "%s", rip,
		            rip >> 63 ? "" : " of its program");
		return;
	}
	file = symbols_line(symbols, rip, &line);
	if (file)
		text_printf(out, "%s (%s:%d)", function, file, line);
	else
		text_printf(out, "%s+0x%" PRIx64, function, offset);
}

/* --- the accesses whose order a preemption turned round --- */

static void put_access(struct text *out, const struct record *record,
                       const struct symbols *symbols, const struct order_step *step,
                       const struct order_access *access)
{
	text_string(out, record_who(record, step->thread));
	text_printf(out, " %s at ", access->write ? "writes" : "reads");
	put_place(out, symbols, step->rip);
}

static void put_difference(struct text *out, const struct record *record,
                           const struct symbols *symbols, const struct steps *s,
                           const struct preemption *p)
{
	struct preemption_conflict c;

	text_string(out, "preempted: ");
	text_string(out, record_who(record, p->thread));
	if (p->back < s->nsteps) {
		text_string(out, " before ");
		put_place(out, symbols, s->steps[p->back].rip);
	} else {
		text_string(out, ", which touches nothing shared any more");
	}
	text_char(out, '\n');
	if (!preemption_decided(s, p, &c))
		return;
	text_string(out, "  so ");
	put_access(out, record, symbols, &s->steps[c.first], c.of_first);
	text_string(out, "\n  before ");
	put_access(out, record, symbols, &s->steps[c.then], c.of_then);
	text_char(out, '\n');
}

static void put_differences(struct explore *e, const struct record *record,
                            struct text *out)
{
	const struct steps *s = runner_steps(e->runner);
	const struct symbols *symbols = kernel_symbols(e->images->probe);
	struct preemption p = {0};

	for (size_t n = 0; n < DIFFERENCES_MAX && preemption_next(s, &p); n++)
		put_difference(out, record, symbols, s, &p);
}

/* --- stacks --- */

static void put_frames(struct text *out, struct machine *m, const struct symbols *symbols,
                       uint64_t rip)
{
	uint64_t frames[FRAMES_MAX], place, here;
	size_t n = backtrace_walk(m, 0, symbols, frames, FRAMES_MAX);
	const char *function = symbols_function(symbols, rip, &place);

	text_string(out, "  ");
	put_place(out, symbols, rip);
	text_char(out, '\n');
	/* The count is of the block or section of the place: mostly the same function. */
	if (n && symbols_function(symbols, frames[0], &here) && function &&
	    frames[0] - here == rip - place)
		frames[0] = 0;
	for (size_t i = 0; i < n; i++) {
		if (!frames[i])
			continue;
		text_string(out, "  ");
		put_place(out, symbols, frames[i] - (i > 0));
		text_char(out, '\n');
	}
}

/* The guest as it was at that count, by the interrupts of the runner's last run. */
static int put_stack(struct explore *e, const struct record *record,
                     const struct script *script, const struct oracle_finding *finding,
                     size_t place, struct text *out)
{
	const struct symbols *symbols = kernel_symbols(e->images->probe);
	struct session_config config = *e->session;
	struct session_result result;
	struct script_player player;
	struct session *session;
	int err;

	config.schedule = "scripted";
	config.limit = finding->icount[place];
	config.checkpoint = 0;
	err = session_open(&session, e->images, &config);
	if (err)
		return err;
	script_play(&player, script);
	machine_set_schedule(session_machine(session), &player.schedule);
	err = session_run(session, &result);
	if (err == 0 && !result.interrupted) {
		text_string(out, record_who(record, finding->thread[place]));
		text_printf(out, ", count %" PRIu64 ":\n", finding->icount[place]);
		put_frames(out, session_machine(session), symbols, finding->rip[place]);
	}
	session_close(session);
	return err;
}

int explore_details(struct explore *e, const struct record *record,
                    const struct oracle_finding *finding, char **details)
{
	struct script script = {0};
	struct text out = {0};
	int err = counterexample_script(&script, e->runner);

	if (!finding->warning)
		put_differences(e, record, &out);
	for (size_t i = 0; i < finding->nplaces && err == 0; i++)
		err = put_stack(e, record, &script, finding, i, &out);
	script_free(&script);
	if (err == 0 && out.failed)
		err = error_set(ERR_MEMORY, "out of memory");
	if (err)
		text_free(&out);
	else
		*details = out.data;
	return err;
}
