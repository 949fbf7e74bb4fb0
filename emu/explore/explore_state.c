/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search that stopped, in DIR/explore.state: numbers of 8 bytes, the lowest byte first,
 * and strings behind their length.
 *
 *	magic, version, XXH3 of all that follows, what the search is of as pairs of
 *	strings, the counters, the violations, and the search itself (search_save()).
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xxh3.h"
#include "explore/explore_private.h"

#define MAGIC UINT64_C(0x726f6c7078456b46) /* "FkExplor" */
#define VERSION 1
#define NAME "explore.state"
#define NONE UINT64_MAX
/* A search keeps below 1 GiB. */
#define STATE_MAX ((size_t)2 << 30)
/* Seconds between two states, and how much of the time they may take. */
#define SAVE_EVERY 5.0
#define SAVE_SHARE 0.05

enum { HEADER = 3 * 8 };

/* --- bytes --- */

static void put(struct text *out, uint64_t value)
{
	value = htole64(value);
	text_bytes(out, (const char *)&value, sizeof(value));
}

static void put_double(struct text *out, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	put(out, bits);
}

static void put_string(struct text *out, const char *s)
{
	put(out, s ? strlen(s) : NONE);
	if (s)
		text_string(out, s);
}

struct reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static uint64_t get(struct reader *in)
{
	uint64_t value;

	if (in->left < sizeof(value)) {
		in->bad = true;
		return 0;
	}
	memcpy(&value, in->at, sizeof(value));
	in->at += sizeof(value);
	in->left -= sizeof(value);
	return le64toh(value);
}

static double get_double(struct reader *in)
{
	uint64_t bits = get(in);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Owned; NULL where there was none, or with `bad`. */
static char *get_string(struct reader *in)
{
	uint64_t n = get(in);
	char *s;

	if (n == NONE || in->bad)
		return NULL;
	s = n <= in->left ? malloc(n + 1) : NULL;
	if (!s) {
		in->bad = true;
		return NULL;
	}
	memcpy(s, in->at, n);
	s[n] = '\0';
	in->at += n;
	in->left -= n;
	return s;
}

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
	put_string(out, name);
	put_string(out, value.data ? value.data : "none");
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
	put_number(out, "--status", c->expect_status);
	if (c->expect_console)
		file_sha256(c->expect_console, c->expect_console_size, console);
	put_word(out, "--console", c->expect_console ? console : NULL);
	put_number(out, "--max-instructions", (long long)c->progress_bound);
	put_string(out, NULL);
}

/* Whether the state is of this search; else the message names what is not the same. */
static int check_identity(struct reader *in, const struct explore *e, const char *path)
{
	struct text text = {0};
	struct reader ours;
	char *extra;
	int err = 0;

	put_identity(&text, e);
	ours = (struct reader){(const uint8_t *)text.data, text.length, text.failed};
	for (char *name; err == 0 && (name = get_string(&ours)); free(name)) {
		char *value = get_string(&ours), *other = get_string(in);
		char *was = get_string(in);

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
	extra = err == 0 ? get_string(in) : NULL;
	if (extra)
		err = error_set(ERR_FILE, "%s: damaged", path);
	free(extra);
	text_free(&text);
	return err;
}

/* --- writing --- */

static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

static void put_violation(struct text *out, const struct explore_violation *v,
                          uint64_t key)
{
	put(out, key);
	put(out, v->check);
	put(out, v->warning);
	put_string(out, v->reason);
	put_string(out, v->details);
	put(out, v->interleaving);
	put_double(out, v->seconds);
	put(out, v->seen);
	put(out, v->preemptions);
	/* The directory may have another name by then. */
	put_string(out, base_name(v->trace));
	put_string(out, base_name(v->story));
	put(out, v->replayed);
}

static void put_report(struct text *out, const struct explore *e)
{
	const struct explore_report *r = e->report;

	put_double(out, explore_seconds(e));
	put(out, r->threads);
	put(out, r->steps);
	put(out, r->instructions);
	for (size_t i = 0; i < EXPLORE_CHECKS; i++)
		put(out, e->numbers[i]);
	put(out, r->nviolations);
	for (size_t i = 0; i < r->nviolations; i++)
		put_violation(out, &r->violations[i], e->keys[i]);
}

static int put_all(struct text *out, const struct explore *e)
{
	uint64_t header[3] = {htole64(MAGIC), htole64(VERSION), 0};
	uint8_t *search;
	size_t size;
	int err;

	text_bytes(out, (const char *)header, sizeof(header));
	put_identity(out, e);
	put_report(out, e);
	err = search_save(e->search, &search, &size);
	if (err)
		return err;
	text_bytes(out, (const char *)search, size);
	free(search);
	if (out->failed)
		return error_set(ERR_MEMORY, "no memory for the search's state");
	header[2] = htole64(XXH3_64bits(out->data + HEADER, out->length - HEADER));
	memcpy(out->data, header, sizeof(header));
	return 0;
}

/* Whoever looks at `path` sees the old bytes or the new ones. */
static int write_file(const char *path, const struct text *out)
{
	char *new_path;
	FILE *file;
	bool failed;

	if (asprintf(&new_path, "%s.new", path) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	file = fopen(new_path, "we");
	failed = !file || fwrite(out->data, 1, out->length, file) != out->length;
	failed |= !failed && (fflush(file) != 0 || fsync(fileno(file)) != 0);
	failed |= file && fclose(file) != 0;
	if (failed || rename(new_path, path) != 0) {
		int err = error_set(ERR_SYSTEM, "cannot write %s: %s", path,
		                    strerror(errno));

		unlink(new_path);
		free(new_path);
		return err;
	}
	free(new_path);
	return 0;
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
		err = write_file(path, &out);
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
static bool get_path(struct reader *in, const struct explore *e, char **path)
{
	char *name = get_string(in);
	int err = name ? path_of(e, name, path) : 0;

	free(name);
	return err == 0;
}

static int get_violation(struct reader *in, struct explore *e)
{
	struct explore_violation v = {0};
	uint64_t key = get(in), check = get(in);
	bool room;

	v.check = check < EXPLORE_CHECKS ? (enum explore_check)check : 0;
	v.warning = get(in) != 0;
	v.reason = get_string(in);
	v.details = get_string(in);
	v.interleaving = get(in);
	v.seconds = get_double(in);
	v.seen = get(in);
	v.preemptions = (unsigned int)get(in);
	room = get_path(in, e, &v.trace);
	room &= get_path(in, e, &v.story);
	v.replayed = get(in) != 0;
	in->bad |= check >= EXPLORE_CHECKS || !v.reason;
	if (!in->bad && room && explore_add(e, &v, key) == 0)
		return 0;
	free(v.reason);
	free(v.details);
	free(v.trace);
	free(v.story);
	return in->bad ? 0 : error_set(ERR_MEMORY, "out of memory");
}

static int get_report(struct reader *in, struct explore *e, const char *path)
{
	struct explore_report *r = e->report;
	uint64_t n;
	int err = 0;

	e->before = get_double(in);
	r->threads = get(in);
	r->steps = get(in);
	r->instructions = get(in);
	for (size_t i = 0; i < EXPLORE_CHECKS; i++)
		e->numbers[i] = get(in);
	n = get(in);
	for (uint64_t i = 0; i < n && !in->bad && err == 0; i++)
		err = get_violation(in, e);
	if (err == 0 && in->bad)
		err = error_set(ERR_FILE, "%s: damaged", path);
	return err;
}

static int check_header(struct reader *in, const char *path)
{
	uint64_t magic = get(in), version = get(in), hash = get(in);

	if (in->bad || magic != MAGIC)
		return error_set(ERR_FILE, "%s: not the state of a search", path);
	if (version != VERSION)
		return error_set(ERR_FILE,
		                 "%s: the state of a search, of version %llu; only %d is "
		                 "understood",
		                 path, (unsigned long long)version, VERSION);
	if (hash != XXH3_64bits(in->at, in->left))
		return error_set(ERR_FILE, "%s: the state of a search, but damaged",
		                 path);
	return 0;
}

int explore_state_restore(struct explore *e)
{
	struct file file = {0};
	struct reader in;
	char *path;
	int err = path_of(e, NAME, &path);

	if (err)
		return err;
	err = file_read(&file, path, STATE_MAX);
	in = (struct reader){file.data, file.size, false};
	if (err == 0)
		err = check_header(&in, path);
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
