/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search that stopped, in DIR/explore.state: a header, what the search is of as pairs
 * of strings, the counters, the violations, and the search itself (search_save()).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "explore/explore_private.h"
#include "explore/state_bytes.h"

#define MAGIC UINT64_C(0x336f6c7078456b46) /* "FkExplo3" */
#define NAME "explore.state"
/* A search keeps below 1 GiB. */
#define STATE_MAX ((size_t)2 << 30)
/* Seconds between two states, and how much of the time they may take. */
#define SAVE_EVERY 5.0
#define SAVE_SHARE 0.05

/* --- what the search is of --- */

static void put_words(struct text *out, const char *name, const char *const *words,
                      size_t n)
{
	struct text value = {0};

	for (size_t i = 0; words && i < n && words[i]; i++) {
		if (i)
			text_char(&value, ' ');
		text_string(&value, words[i]);
	}
	state_put_string(out, name);
	state_put_string(out, value.data ? value.data : "none");
	out->failed |= value.failed;
	text_free(&value);
}

static void put_word(struct text *out, const char *name, const char *word)
{
	put_words(out, name, &word, 1);
}

static void put_number(struct text *out, const char *name, long long number)
{
	char value[32];

	snprintf(value, sizeof(value), "%lld", number);
	put_word(out, name, value);
}

/* Pairs of name and value, for messages too. */
static void put_identity(struct text *out, const struct explore *e)
{
	const struct session_config *s = e->session;
	const struct explore_config *c = e->config;
	char console[FILE_SHA256_SIZE];

	put_word(out, "kernel", images_kernel_sha256(e->images));
	put_word(out, "initrd", images_initrd_sha256(e->images));
	put_words(out, "program", s->argv, (size_t)s->argc);
	put_word(out, "--append", s->append);
	put_number(out, "--memory", (long long)(s->memory >> 20));
	put_number(out, "--timeslice", (long long)s->timeslice);
	put_word(out, "--strategy", explore_strategy_name(c->strategy));
	put_number(out, "--preemptions", c->preemptions);
	put_number(out, "--seed", (long long)c->seed);
	put_words(out, "--within", c->within, SIZE_MAX);
	put_words(out, "--without", c->without, SIZE_MAX);
	put_words(out, "--commute", c->commute, SIZE_MAX);
	put_number(out, "--status", c->expect_status);
	if (c->expect_console)
		file_sha256(c->expect_console, c->expect_console_size, console);
	put_word(out, "--console", c->expect_console ? console : NULL);
	put_number(out, "--max-instructions", (long long)c->progress_bound);
	state_put_string(out, NULL);
}

/* Whether the state is of this search; else the message names what is not the same. */
static int check_identity(struct state_reader *in, const struct explore *e,
                          const char *path)
{
	struct text text = {0};
	struct state_reader ours;
	char *extra;
	int err = 0;

	put_identity(&text, e);
	ours = (struct state_reader){(const uint8_t *)text.data, text.length,
	                             text.failed};
	for (char *name; err == 0 && (name = state_get_string(&ours)); free(name)) {
		char *value = state_get_string(&ours), *other = state_get_string(in);
		char *was = state_get_string(in);

		if (in->bad || !other || strcmp(name, other) != 0 || !was)
			err = error_set(ERR_FILE, "%s: damaged", path);
		else if (strcmp(value, was) != 0)
			err = error_set(ERR_FILE,
			                "%s: the state of another search: %s was %s, and "
			                "is %s now",
			                path, name, was, value);
		free(value);
		free(other);
		free(was);
	}
	if (err == 0 && ours.bad)
		err = error_set(ERR_MEMORY, "out of memory");
	extra = err == 0 ? state_get_string(in) : NULL;
	if (extra)
		err = error_set(ERR_FILE, "%s: damaged", path);
	free(extra);
	text_free(&text);
	return err;
}

/* --- writing --- */

static void put_violation(struct text *out, const struct explore_violation *v,
                          uint64_t key)
{
	state_put(out, key);
	state_put(out, v->check);
	state_put(out, v->warning);
	state_put_string(out, v->reason);
	state_put_string(out, v->details);
	state_put(out, v->interleaving);
	state_put_double(out, v->seconds);
	state_put(out, v->seen);
	state_put(out, v->preemptions);
	state_put(out, v->ruled_out);
	state_put(out, v->searched);
	/* The directory may have another name by then. */
	state_put_string(out, file_base_name(v->trace));
	state_put_string(out, file_base_name(v->story));
	state_put(out, v->replayed);
}

static void put_report(struct text *out, const struct explore *e)
{
	const struct explore_report *r = e->report;

	state_put_double(out, explore_seconds(e));
	state_put(out, r->threads);
	state_put(out, r->steps);
	state_put(out, r->instructions);
	state_put(out, r->cut);
	for (size_t i = 0; i < EXPLORE_CHECKS; i++)
		state_put(out, e->numbers[i]);
	state_put(out, r->nviolations);
	for (size_t i = 0; i < r->nviolations; i++)
		put_violation(out, &r->violations[i], e->keys[i]);
}

static int put_all(struct text *out, const struct explore *e)
{
	size_t begun = state_begin(out, MAGIC);

	put_identity(out, e);
	put_report(out, e);
	search_save(e->search, out);
	state_end(out, begun);
	return out->failed ? error_set(ERR_MEMORY, "no memory for the search's state")
	                   : 0;
}

static int path_of(const struct explore *e, const char *name, char **path)
{
	if (asprintf(path, "%s/%s", e->config->directory, name) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	return 0;
}

int explore_state_save(struct explore *e)
{
	double began = explore_seconds(e);
	struct text out = {0};
	char *path;
	int err;

	if (!e->config->directory)
		return 0;
	err = path_of(e, NAME, &path);
	if (err)
		return err;
	err = put_all(&out, e);
	if (err == 0)
		err = file_replace(path, out.data, out.length);
	text_free(&out);
	free(path);
	e->saved = explore_seconds(e);
	e->save_took = e->saved - began;
	return err;
}

int explore_state_save_now_and_then(struct explore *e)
{
	double since = explore_seconds(e) - e->saved;

	if (!e->config->directory || since < SAVE_EVERY ||
	    since < e->save_took / SAVE_SHARE)
		return 0;
	return explore_state_save(e);
}

/* --- reading --- */

/* A path in the directory, of its base name; false: out of memory. */
static bool get_path(struct state_reader *in, const struct explore *e, char **path)
{
	char *name = state_get_string(in);
	int err = name ? path_of(e, name, path) : 0;

	free(name);
	return err == 0;
}

static int get_violation(struct state_reader *in, struct explore *e)
{
	struct explore_violation v = {0};
	uint64_t key = state_get(in), check = state_get(in);
	bool room;

	v.check = check < EXPLORE_CHECKS ? (enum explore_check)check : 0;
	v.warning = state_get(in) != 0;
	v.reason = state_get_string(in);
	v.details = state_get_string(in);
	v.interleaving = state_get(in);
	v.seconds = state_get_double(in);
	v.seen = state_get(in);
	v.preemptions = (unsigned int)state_get(in);
	v.ruled_out = (unsigned int)state_get(in);
	v.searched = state_get(in);
	room = get_path(in, e, &v.trace);
	room &= get_path(in, e, &v.story);
	v.replayed = state_get(in) != 0;
	in->bad |= check >= EXPLORE_CHECKS || !v.reason;
	if (!in->bad && room && explore_add(e, &v, key) == 0)
		return 0;
	free(v.reason);
	free(v.details);
	free(v.trace);
	free(v.story);
	return in->bad ? 0 : error_set(ERR_MEMORY, "out of memory");
}

static int get_report(struct state_reader *in, struct explore *e, const char *path)
{
	struct explore_report *r = e->report;
	uint64_t n;
	int err = 0;

	e->before = state_get_double(in);
	r->threads = state_get(in);
	r->steps = state_get(in);
	r->instructions = state_get(in);
	r->cut = state_get(in);
	for (size_t i = 0; i < EXPLORE_CHECKS; i++)
		e->numbers[i] = state_get(in);
	n = state_get(in);
	for (uint64_t i = 0; i < n && !in->bad && err == 0; i++)
		err = get_violation(in, e);
	if (err == 0 && in->bad)
		err = error_set(ERR_FILE, "%s: damaged", path);
	return err;
}

int explore_state_restore(struct explore *e)
{
	struct file file = {0};
	struct state_reader in;
	char *path;
	int err = path_of(e, NAME, &path);

	if (err)
		return err;
	err = file_read(&file, path, STATE_MAX);
	in = (struct state_reader){file.data, file.size, false};
	if (err == 0)
		err = state_check(&in, MAGIC, path);
	if (err == 0)
		err = check_identity(&in, e, path);
	if (err == 0)
		err = get_report(&in, e, path);
	if (err == 0)
		err = search_restore(&e->search, e->config, in.at, in.left, path);
	file_free(&file);
	free(path);
	return err;
}
