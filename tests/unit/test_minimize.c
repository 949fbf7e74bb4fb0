/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a mutant that panics if a thread is preempted in the right place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/counterexample.h"
#include "explore/minimize.h"
#include "explore/runner_private.h"
#include "explore/story.h"

#define SEEDS 100
#define MUTANT TEST_SHARE_DIR "/../../mutants/doc003-signal-then-exit/kernel.elf"

struct search {
	struct images images;
	struct explore_config config;
	struct session_config session;
	struct runner *runner;
	struct oracle *oracle;
	struct record record;
	uint64_t steps; /* of a run without any switch */
};

static const char *const program[] = {"ordtest"};
static const struct minimize_fewer fewer = {.max_runs = 1000};

static int open_search(void **state)
{
	static const struct search_item none;
	struct search *s = calloc(1, sizeof(*s));
	struct search_result result;

	*state = s;
	if (!s || images_load(&s->images, MUTANT, TEST_SHARE_DIR "/initrd.tar"))
		return -1;
	s->session = (struct session_config){
		.memory = SESSION_MEMORY_DEFAULT,
		.cpus = 1,
		.append = "lifetime=mailbox",
		.argc = 1,
		.argv = program,
		.schedule = "scripted",
	};
	s->config = (struct explore_config){.expect_status = -1};
	if (runner_create(&s->runner, &s->images, &s->session, &s->config) ||
	    runner_run(s->runner, &none, &s->record, &result))
		return -1;
	s->steps = result.steps;
	return oracle_create(&s->oracle, s->images.probe, &s->config);
}

static int close_search(void **state)
{
	struct search *s = *state;

	oracle_free(s->oracle);
	runner_destroy(s->runner);
	images_free(&s->images);
	free(s);
	return 0;
}

/* Whether it panics, and the key of that. */
static bool panics(struct search *s, const struct search_switch *switches, size_t n,
                   uint64_t seed, uint64_t *key)
{
	const struct search_item item = {
		.switches = switches,
		.nswitches = n,
		.strategy = EXPLORE_RANDOM,
		.seed = seed,
		.length = s->steps,
	};
	struct oracle_finding findings[ORACLE_FINDINGS];
	struct search_result result;
	size_t found;

	assert_int_equal(runner_run(s->runner, &item, &s->record, &result), 0);
	if (result.outcome != SEARCH_RAN)
		return false;
	assert_int_equal(oracle_run(s->oracle, &s->record, runner_machine(s->runner),
	                            findings, ORACLE_FINDINGS, &found),
	                 0);
	for (size_t i = 0; i < found; i++) {
		if (findings[i].check != EXPLORE_PANIC)
			continue;
		*key = findings[i].key;
		return true;
	}
	return false;
}

/* The switches of a random run that panics; for free(). */
static struct search_switch *random_run(struct search *s, size_t *n, uint64_t *key)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct search_switch *switches;
		struct search_switch *copy;

		if (!panics(s, NULL, 0, seed, key))
			continue;
		switches = runner_switches(s->runner, n);
		copy = calloc(*n + 1, sizeof(*copy));
		assert_non_null(copy);
		memcpy(copy, switches, *n * sizeof(*copy));
		return copy;
	}
	fail_msg("none of %d random runs panics", SEEDS);
	return NULL;
}

static void keeps_what_it_shows_and_nothing_to_spare(void **state)
{
	struct search *s = *state;
	struct search_switch *switches, rest[64];
	struct minimized m;
	uint64_t key, other;
	size_t n;

	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &m),
	                 0);
	assert_int_equal(m.finding.key, key);
	assert_int_equal(m.finding.check, EXPLORE_PANIC);
	assert_false(m.bounded);
	assert_in_range(m.nswitches, 1, n < 64 ? n : 64);
	assert_true(m.preemptions <= m.before);
	assert_true(m.preemptions <= 2);
	assert_true(m.preemptions <= m.ruled_out);
	assert_true(panics(s, m.switches, m.nswitches, 0, &other));
	assert_int_equal(other, key);
	for (size_t gone = 0; gone < m.nswitches && m.nswitches > 1; gone++) {
		size_t left = 0;

		for (size_t i = 0; i < m.nswitches; i++)
			if (i != gone)
				rest[left++] = m.switches[i];
		/* What comes after it is elsewhere, unless it was the last. */
		if (gone == m.nswitches - 1)
			assert_false(panics(s, rest, left, 0, &other));
	}
	minimize_free(&m);
	free(switches);
}

static void gives_the_same_every_time(void **state)
{
	struct search *s = *state;
	struct search_switch *switches;
	struct minimized a, b;
	uint64_t key;
	size_t n;

	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &a),
	                 0);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &b),
	                 0);
	assert_int_equal(a.nswitches, b.nswitches);
	assert_int_equal(a.runs, b.runs);
	for (size_t i = 0; i < a.nswitches; i++) {
		assert_int_equal(a.switches[i].at, b.switches[i].at);
		assert_int_equal(a.switches[i].thread, b.switches[i].thread);
	}
	/* And the smallest is its own smallest. */
	minimize_free(&b);
	assert_int_equal(minimize_run(s->runner, s->oracle, a.switches, a.nswitches, key,
	                              &fewer, &b),
	                 0);
	assert_int_equal(a.preemptions, b.preemptions);
	assert_int_equal(a.nswitches, b.nswitches);
	minimize_free(&a);
	minimize_free(&b);
	free(switches);
}

static void searches_only_for_what_is_not_ruled_out(void **state)
{
	static const struct minimize_fewer known = {.ruled_out = 2, .max_runs = 1000};
	static const struct minimize_fewer nothing;
	struct search *s = *state;
	struct search_switch *switches;
	struct minimized m;
	uint64_t key;
	size_t n;

	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &m),
	                 0);
	assert_int_equal(m.preemptions, 1);
	assert_int_equal(m.ruled_out, 1);
	assert_true(m.searched > 0 && m.searched < m.runs);
	minimize_free(&m);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &known, &m),
	                 0);
	assert_int_equal(m.ruled_out, 2);
	assert_int_equal(m.searched, 0);
	minimize_free(&m);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &nothing,
	                              &m),
	                 0);
	assert_int_equal(m.ruled_out, 0);
	assert_int_equal(m.searched, 0);
	minimize_free(&m);
	free(switches);
}

static void refuses_what_does_not_show(void **state)
{
	struct search *s = *state;
	struct search_switch *switches;
	struct minimized m;
	uint64_t key;
	size_t n;

	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key + 1, &fewer,
	                              &m),
	                 ERR_FAILED);
	assert_int_equal(minimize_run(s->runner, s->oracle, NULL, 0, key, &fewer, &m),
	                 ERR_FAILED);
	free(switches);
}

/* --- what remains of it --- */

static void replays_by_its_interrupts(void **state)
{
	struct search *s = *state;
	struct oracle_finding findings[ORACLE_FINDINGS];
	char path[] = "/tmp/forkscope-test-XXXXXX";
	struct search_switch *switches;
	struct counterexample example;
	struct search_result result;
	struct script script = {0};
	struct runner *scripted;
	struct minimized m, again;
	struct record record;
	struct trace *trace;
	uint64_t key;
	size_t n;

	assert_true(mkstemp(path) >= 0);
	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &m),
	                 0);
	assert_int_equal(counterexample_record(&s->images, &s->session, s->runner,
	                                       &m.record, path, &example),
	                 0);
	assert_true(example.identical);
	assert_int_equal(trace_load(&trace, path), 0);
	assert_int_equal(script_from_trace(&script, trace), 0);
	assert_int_equal(runner_create_scripted(&scripted, &s->images, &s->session,
	                                        &s->config, &script),
	                 0);
	assert_int_equal(runner_run_script(scripted, &record, &result), 0);
	assert_int_equal(result.outcome, SEARCH_RAN);
	assert_int_equal(record.end, m.record.end);
	assert_int_equal(oracle_run(s->oracle, &record, runner_machine(scripted),
	                            findings, ORACLE_FINDINGS, &n),
	                 0);
	for (size_t i = 0; i < n; i++) {
		if (findings[i].key != key)
			continue;
		assert_int_equal(minimize_scripted(scripted, s->oracle, &findings[i],
		                                   &fewer, &again),
		                 0);
		assert_int_equal(again.preemptions, m.preemptions);
		minimize_free(&again);
		key = 0;
	}
	assert_int_equal(key, 0);
	runner_destroy(scripted);
	minimize_free(&m);
	trace_free(trace);
	script_free(&script);
	free(switches);
	remove(path);
}

static void tells_a_story_within_80_columns(void **state)
{
	struct search *s = *state;
	struct search_switch *switches;
	struct text story = {0};
	struct minimized m;
	uint64_t key;
	size_t n;

	switches = random_run(s, &n, &key);
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &m),
	                 0);
	assert_int_equal(story_tell(&story, &s->images, &m.record,
	                            runner_steps(s->runner), &m.finding),
	                 0);
	for (const char *line = story.data; *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 80);
	assert_non_null(strstr(story.data, "panic: the kernel panics in"));
	assert_non_null(strstr(story.data, "forks 1.1.1"));
	assert_int_equal(strstr(story.data, " is preempted ") != NULL, m.preemptions > 0);
	text_free(&story);
	minimize_free(&m);
	free(switches);
}

/* --- interrupted --- */

static void interrupt_the_search(void *ctx, uint16_t from, uint16_t to,
                                 enum record_why why)
{
	const struct runner *r = ctx;

	if (r->item->strategy == EXPLORE_BOUNDED)
		session_interrupt();
	runner_on_switch(ctx, from, to, why);
}

/* In the middle of an interleaving of the search for fewer.  For good, so the last. */
static void ends_where_it_is_interrupted(void **state)
{
	struct search *s = *state;
	struct search_switch *switches;
	struct minimized m;
	uint64_t key;
	size_t n;

	switches = random_run(s, &n, &key);
	s->runner->recorder.switched = interrupt_the_search;
	assert_int_equal(minimize_run(s->runner, s->oracle, switches, n, key, &fewer, &m),
	                 ERR_LIMIT);
	assert_true(session_was_interrupted());
	free(switches);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_it_shows_and_nothing_to_spare),
		cmocka_unit_test(gives_the_same_every_time),
		cmocka_unit_test(searches_only_for_what_is_not_ruled_out),
		cmocka_unit_test(refuses_what_does_not_show),
		cmocka_unit_test(replays_by_its_interrupts),
		cmocka_unit_test(tells_a_story_within_80_columns),
		cmocka_unit_test(ends_where_it_is_interrupted),
	};

	return cmocka_run_group_tests(tests, open_search, close_search);
}
