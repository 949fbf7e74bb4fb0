/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What remains of a violation: a trace that replays, and what a person wants to see. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "explore/explore_private.h"
#include "sched/replay.h"
#include "sched/script.h"

/* One interleaving, as a run from the start of the machine. */
struct schedule {
	struct script script;
	struct script_player player;
	struct session_config config;
	struct record record; /* the runner's */
};

static int read_interrupts(struct explore *e, struct script *script)
{
	size_t n = runner_interrupts(e->runner, NULL, 0);
	struct runner_interrupt *list = calloc(n + 1, sizeof(*list));
	int err = 0;

	if (!list)
		return error_set(ERR_MEMORY, "out of memory");
	n = runner_interrupts(e->runner, list, n);
	for (size_t i = 0; i < n && err == 0; i++)
		err = script_add(script, 0, list[i].icount, list[i].vector);
	free(list);
	return err;
}

static int schedule_of(struct explore *e, const struct search_item *item,
                       struct schedule *s)
{
	struct search_result result;
	int err = runner_run(e->runner, item, &s->record, &result);

	s->config = *e->session;
	s->config.schedule = "scripted";
	s->config.heap = true;
	s->config.limit = s->record.outcome == TRACE_LIMIT ? s->record.end : 0;
	return err ? err : read_interrupts(e, &s->script);
}

/* --- the trace --- */

static int record_trace(struct explore *e, struct schedule *s, const char *path,
                        struct session_result *result)
{
	struct session *session;
	int err = session_open(&session, e->images, &s->config);

	if (err)
		return err;
	script_play(&s->player, &s->script);
	machine_set_schedule(session_machine(session), &s->player.schedule);
	err = session_record(session, path);
	if (err == 0)
		err = session_run(session, result);
	session_close(session);
	return err;
}

static int replay_trace(struct explore *e, const char *path, bool *identical)
{
	struct replay_options options = {0};
	struct replay_result result;
	struct trace *trace;
	int err = trace_load(&trace, path);

	if (err)
		return err;
	err = replay_run(e->images, trace, &options, &result);
	if (err == 0) {
		*identical = result.identical;
		replay_free(&result);
	}
	trace_free(trace);
	return err;
}

static int keep_trace(struct explore *e, struct schedule *s, struct explore_violation *v)
{
	struct session_result result;
	bool identical = false;
	char *path;
	int err;

	if (asprintf(&path, "%s/%s-%" PRIu64 ".fst.jsonl", e->config->directory,
	             explore_check_name(v->check), ++e->numbers[v->check]) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	err = record_trace(e, s, path, &result);
	if (err == 0 && !result.interrupted)
		err = replay_trace(e, path, &identical);
	if (err || result.interrupted) {
		unlink(path);
		free(path);
		return err;
	}
	v->trace = path;
	v->replayed = identical && result.icount == s->record.end &&
	              result.outcome == s->record.outcome;
	return 0;
}

/* --- all of it --- */

int explore_keep(struct explore *e, const struct search_item *item,
                 const struct oracle_finding *finding, struct explore_violation *v)
{
	struct schedule s = {0};
	int err;

	(void)finding;
	if (v->warning || !e->config->directory)
		return 0;
	err = schedule_of(e, item, &s);
	if (err == 0)
		err = keep_trace(e, &s, v);
	script_free(&s.script);
	return err;
}
