/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/counterexample.h"

#include <stdlib.h>
#include <unistd.h>

#include "sched/replay.h"
#include "sched/script.h"

int counterexample_script(struct script *script, const struct runner *runner)
{
	size_t n = runner_interrupts(runner, NULL, 0);
	struct runner_interrupt *list = calloc(n + 1, sizeof(*list));
	int err = 0;

	if (!list)
		return error_set(ERR_MEMORY, "out of memory");
	n = runner_interrupts(runner, list, n);
	for (size_t i = 0; i < n && err == 0; i++)
		err = script_add(script, 0, list[i].icount, list[i].vector);
	free(list);
	return err;
}

static int record_trace(const struct images *images, const struct session_config *config,
                        const struct script *script, const char *path,
                        struct session_result *result)
{
	struct script_player player;
	struct session *session;
	int err = session_open(&session, images, config);

	if (err)
		return err;
	script_play(&player, script);
	machine_set_schedule(session_machine(session), &player.schedule);
	err = session_record(session, path);
	if (err == 0)
		err = session_run(session, result);
	session_close(session);
	return err;
}

static int replay_trace(const struct images *images, const char *path,
                        struct counterexample *out)
{
	struct replay_options options = {0};
	struct replay_result result;
	struct trace *trace;
	int err = trace_load(&trace, path);

	if (err)
		return err;
	err = replay_run(images, trace, &options, &result);
	if (err == 0) {
		out->identical = result.identical;
		out->result.interrupted = result.interrupted;
		replay_free(&result);
	}
	trace_free(trace);
	return err;
}

int counterexample_record(const struct images *images,
                          const struct session_config *config,
                          const struct runner *runner, const struct record *record,
                          const char *path, struct counterexample *out)
{
	struct session_config scripted = *config;
	struct script script = {0};
	int err = counterexample_script(&script, runner);

	*out = (struct counterexample){0};
	scripted.schedule = "scripted";
	scripted.heap = true;
	scripted.limit = record->outcome == TRACE_LIMIT ? record->end : 0;
	if (err == 0)
		err = record_trace(images, &scripted, &script, path, &out->result);
	if (err == 0 && !out->result.interrupted)
		err = replay_trace(images, path, out);
	out->identical = out->identical && out->result.icount == record->end &&
	                 out->result.outcome == record->outcome;
	if (err || out->result.interrupted)
		unlink(path);
	script_free(&script);
	return err;
}
