/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/rubric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "grade/rubric_json.h"

/* A rubric is some pages; what is larger is something else. */
#define FILE_SIZE_MAX ((size_t)4 << 20)
#define TESTS_MAX 1000u
/* Instructions: what a test may take where the rubric says nothing. */
#define TIMEOUT_DEFAULT 200000000ull

struct storage {
	cJSON *root;
	uint64_t timeout;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int read_head(struct rubric *r, const struct rubric_place *p)
{
	static const char *const keys[] = {"$schema", "format",  "version",    "name",
	                                   "tests",   "timeout", "description"};
	struct storage *storage = r->storage;
	const cJSON *version;
	const char *format = NULL;
	int err = rubric_keys(p, keys, COUNT(keys));

	if (err == 0)
		err = rubric_string(p, "format", true, &format);
	if (err)
		return err;
	if (strcmp(format, RUBRIC_FORMAT) != 0)
		return rubric_refuse(p, "format", "is not \"" RUBRIC_FORMAT "\"");
	version = rubric_get(p, "version");
	if (!cJSON_IsNumber(version))
		return rubric_refuse(p, "version", "must be a number");
	if (version->valuedouble != RUBRIC_VERSION)
		return rubric_refuse(p, "version",
		                     "%g is unknown; this forkscope reads %d",
		                     version->valuedouble, RUBRIC_VERSION);
	err = rubric_string(p, "name", true, &r->name);
	if (err == 0)
		err = rubric_string(p, "description", false, &r->description);
	storage->timeout = TIMEOUT_DEFAULT;
	if (err == 0)
		err = rubric_number(p, "timeout", 1, RUBRIC_TIMEOUT_MAX,
		                    &storage->timeout);
	return err;
}

static int read_root(struct rubric *r, const cJSON *root)
{
	const struct storage *storage = r->storage;
	struct rubric_place p = {.rubric = r, .object = root, .where = "$"};
	const cJSON *tests, *item;
	int err = read_head(r, &p);

	if (err)
		return err;
	tests = rubric_get(&p, "tests");
	if (!cJSON_IsArray(tests) || cJSON_GetArraySize(tests) == 0 ||
	    (unsigned)cJSON_GetArraySize(tests) > TESTS_MAX)
		return rubric_refuse(&p, "tests", "must be a list of 1 to %u objects",
		                     TESTS_MAX);
	r->tests = calloc((size_t)cJSON_GetArraySize(tests), sizeof(*r->tests));
	if (!r->tests)
		return rubric_no_memory(r);
	cJSON_ArrayForEach(item, tests)
	{
		err = rubric_read_test(r, item, storage->timeout);
		if (err)
			return err;
	}
	return 0;
}

/* Line and column of the byte at which the JSON ends to make sense. */
static int refuse_json(const struct file *file, const char *at)
{
	unsigned int line = 1, column = 1;

	for (const char *c = (const char *)file->data; at && c < at && *c; c++) {
		column = *c == '\n' ? 1 : column + 1;
		line += *c == '\n';
	}
	return error_set(ERR_FILE, "%s:%u:%u: no JSON", file->path, line, column);
}

static int parse(struct rubric *r, const struct file *file)
{
	struct storage *storage = r->storage;
	const char *text = (const char *)file->data, *end = NULL;

	storage->root = cJSON_ParseWithLengthOpts(text, file->size + 1, &end, 1);
	if (!storage->root || end != text + file->size)
		return refuse_json(file, end);
	return read_root(r, storage->root);
}

int rubric_load(struct rubric **out, const char *path)
{
	struct rubric *r = calloc(1, sizeof(*r));
	struct file file;
	int err;

	if (!r)
		return error_set(ERR_MEMORY, "%s: no memory for the rubric", path);
	r->path = path;
	r->storage = calloc(1, sizeof(struct storage));
	err = r->storage ? file_read(&file, path, FILE_SIZE_MAX) : rubric_no_memory(r);
	if (err == 0) {
		err = parse(r, &file);
		file_free(&file);
	}
	if (err) {
		rubric_free(r);
		return err;
	}
	*out = r;
	return 0;
}

static void free_test(struct rubric_test *t)
{
	for (size_t i = 0; i < t->nsubtests; i++)
		regfree(&t->subtests[i].regex);
	if (t->console == RUBRIC_PATTERN)
		regfree(&t->regex);
	free(t->tags);
	free(t->needs);
	free(t->argv);
	free(t->lifetimes);
	free(t->timeslices);
	free(t->reference);
	free(t->source);
	free(t->source_name);
	free(t->subtests);
}

void rubric_free(struct rubric *r)
{
	struct storage *storage;

	if (!r)
		return;
	storage = r->storage;
	for (size_t i = 0; i < r->ntests; i++)
		free_test(&r->tests[i]);
	if (storage)
		cJSON_Delete(storage->root);
	free(r->tests);
	free(storage);
	free(r);
}
