/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One test of a rubric. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "explore/explore.h"
#include "explore/orderings.h"
#include "explore/policy.h"
#include "grade/rubric_json.h"

#define SUBTESTS_MAX 1000u
#define NAME_MAX_LENGTH 64u
#define POINTS_MAX 100000.0
#define TIMESLICE_MIN 1000u
#define TIMESLICE_MAX 4000000000u
#define MEMORY_MIN_MIB 8u
#define MEMORY_MAX_MIB 2048u
#define RUNS_MAX 1000000u

static const char *const visibilities[] = {"visible", "hidden", "after_due_date",
                                           "after_published"};
static const char *const diff_modes[] = {"tree", "semantic", "strict"};
/* As explore_strategy_name() has them. */
static const char *const strategies[EXPLORE_STRATEGIES] = {
	[EXPLORE_DEFAULT] = "default", [EXPLORE_BOUNDED] = "bounded",
	[EXPLORE_DPOR] = "dpor",       [EXPLORE_PCT] = "pct",
	[EXPLORE_RANDOM] = "random",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *rubric_visibility_name(enum rubric_visibility visibility)
{
	return visibilities[visibility];
}

/* --- parts of a test --- */

static int read_points(const struct rubric_place *p, int64_t *points)
{
	const cJSON *item = rubric_get(p, "points");
	double hundredths, whole;

	if (!item)
		return rubric_refuse(p, NULL, "\"points\" is missing");
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    item->valuedouble > POINTS_MAX)
		return rubric_refuse(p, "points", "must be a number from 0 to %g",
		                     POINTS_MAX);
	hundredths = item->valuedouble * RUBRIC_POINT;
	whole = (double)(int64_t)(hundredths + 0.5);
	if (whole - hundredths > 1e-6 || hundredths - whole > 1e-6)
		return rubric_refuse(p, "points", "has more than two decimals");
	*points = (int64_t)whole;
	return 0;
}

static int compile(const struct rubric_place *p, const char *key, const char *pattern,
                   regex_t *regex)
{
	char why[128];
	int code = regcomp(regex, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB);

	if (code == 0)
		return 0;
	regerror(code, regex, why, sizeof(why));
	return rubric_refuse(p, key, "no regular expression: %s", why);
}

static int read_console(const struct rubric_place *p, struct rubric_test *t)
{
	static const char *const keys[] = {"exact", "lines", "pattern"};
	struct rubric_place at = {.rubric = p->rubric,
	                          .object = rubric_get(p, "console")};
	int err, given = 0;

	if (!at.object)
		return 0;
	snprintf(at.where, sizeof(at.where), "%.80s.console", p->where);
	err = rubric_keys(&at, keys, COUNT(keys));
	for (int i = 0; i < 3 && err == 0; i++) {
		const cJSON *item = rubric_get(&at, keys[i]);

		if (!item)
			continue;
		if (!cJSON_IsString(item))
			return rubric_refuse(&at, keys[i], "must be a string");
		t->expected = item->valuestring;
		t->console = (enum rubric_console)(RUBRIC_EXACT + i);
		given++;
	}
	if (err == 0 && given != 1)
		err = rubric_refuse(&at, NULL,
		                    "must have one of \"exact\", \"lines\", \"pattern\"");
	if (err || t->console != RUBRIC_PATTERN)
		return err;
	err = compile(&at, "pattern", t->expected, &t->regex);
	/* Then there is nothing to free of it. */
	if (err)
		t->console = RUBRIC_ANY;
	return err;
}

/* A path of the rubric is seen from the rubric's own folder. */
static int beside(const struct rubric *rubric, const char *path, char **result)
{
	const char *slash = strrchr(rubric->path, '/');
	char *joined;
	int n = path[0] == '/' || !slash
	                ? asprintf(&joined, "%s", path)
	                : asprintf(&joined, "%.*s/%s", (int)(slash - rubric->path),
	                           rubric->path, path);

	if (n < 0)
		return rubric_no_memory(rubric);
	*result = joined;
	return 0;
}

static int read_reference(const struct rubric_place *p, struct rubric_test *t)
{
	static const char *const keys[] = {"trace", "mode"};
	struct rubric_place at = {.rubric = p->rubric,
	                          .object = rubric_get(p, "reference")};
	const char *path = NULL;
	int mode = DIFF_SEMANTIC;
	int err;

	if (!at.object)
		return 0;
	snprintf(at.where, sizeof(at.where), "%.80s.reference", p->where);
	err = rubric_keys(&at, keys, COUNT(keys));
	if (err == 0)
		err = rubric_string(&at, "trace", true, &path);
	if (err == 0)
		err = rubric_choice(&at, "mode", diff_modes, COUNT(diff_modes), &mode);
	t->reference_mode = (enum diff_mode)mode;
	return err ? err : beside(p->rubric, path, &t->reference);
}

static int read_explore(const struct rubric_place *p, struct rubric_test *t)
{
	static const char *const keys[] = {"runs", "strategy", "preemptions", "seed"};
	struct rubric_place at = {.rubric = p->rubric,
	                          .object = rubric_get(p, "explore")};
	struct rubric_explore *e = &t->explore;
	uint64_t preemptions = UINT64_MAX;
	int err;

	e->preemptions = -1;
	e->seed = 1;
	if (!at.object)
		return 0;
	snprintf(at.where, sizeof(at.where), "%.80s.explore", p->where);
	err = rubric_keys(&at, keys, COUNT(keys));
	if (err == 0 && !rubric_get(&at, "runs"))
		err = rubric_refuse(&at, NULL, "\"runs\" is missing");
	if (err == 0)
		err = rubric_number(&at, "runs", 1, RUNS_MAX, &e->runs);
	if (err == 0)
		err = rubric_choice(&at, "strategy", strategies, COUNT(strategies),
		                    &e->strategy);
	if (err == 0)
		err = rubric_number(&at, "preemptions", 0,
		                    e->strategy == EXPLORE_PCT ? POLICY_CHANGES_MAX : 100,
		                    &preemptions);
	if (err == 0)
		err = rubric_number(&at, "seed", 0, UINT32_MAX, &e->seed);
	if (err == 0 && preemptions != UINT64_MAX)
		e->preemptions = (int)preemptions;
	return err;
}

static int read_orderings(const struct rubric_place *p, struct rubric_test *t)
{
	const char **names = NULL;
	size_t n = 0;
	int err = rubric_strings(p, "orderings", &names, &n);

	for (size_t i = 0; i < n && err == 0; i++) {
		int found = -1;

		for (int k = 0; k < ORDERINGS_CASES; k++)
			if (strcmp(orderings_case_name((enum orderings_case)k),
			           names[i]) == 0)
				found = k;
		if (found < 0)
			err = rubric_refuse(p, "orderings",
			                    "\"%.64s\" is none of: waits-before, "
			                    "waits-after, no-wait/orphan, no-wait/zombie",
			                    names[i]);
		else
			t->orderings |= 1u << found;
	}
	free(names);
	return err;
}

static int read_timeslices(const struct rubric_place *p, struct rubric_test *t)
{
	const cJSON *array = rubric_get(p, "timeslices"), *item;

	if (!array)
		return 0;
	if (!cJSON_IsArray(array))
		return rubric_refuse(p, "timeslices", "must be a list of numbers");
	t->timeslices =
		calloc((size_t)cJSON_GetArraySize(array) + 1, sizeof(*t->timeslices));
	if (!t->timeslices)
		return rubric_no_memory(p->rubric);
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsNumber(item) || !(item->valuedouble >= TIMESLICE_MIN) ||
		    item->valuedouble > TIMESLICE_MAX)
			return rubric_refuse(p, "timeslices",
			                     "must be a list of numbers from %u to %u",
			                     TIMESLICE_MIN, TIMESLICE_MAX);
		t->timeslices[t->ntimeslices++] = (uint64_t)item->valuedouble;
	}
	return 0;
}

/* A word of the kernel's command line, so nothing that would end the word. */
static int read_lifetimes(const struct rubric_place *p, struct rubric_test *t)
{
	int err = rubric_strings(p, "lifetimes", &t->lifetimes, &t->nlifetimes);

	for (size_t i = 0; i < t->nlifetimes && err == 0; i++)
		if (strspn(t->lifetimes[i], "abcdefghijklmnopqrstuvwxyz0123456789-_") !=
		            strlen(t->lifetimes[i]) ||
		    !t->lifetimes[i][0])
			err = rubric_refuse(p, "lifetimes",
			                    "\"%.64s\" is no name of a lifetime",
			                    t->lifetimes[i]);
	return err;
}

/* --- subtests --- */

static int read_subtest(const struct rubric_place *p, struct rubric_test *t)
{
	static const char *const keys[] = {"name", "pattern", "count", "weight"};
	struct rubric_subtest *s = &t->subtests[t->nsubtests];
	uint64_t count = 1, weight;
	int err = rubric_keys(p, keys, COUNT(keys));

	if (err == 0)
		err = rubric_string(p, "name", true, &s->name);
	if (err == 0)
		err = rubric_string(p, "pattern", true, &s->pattern);
	if (err == 0)
		err = rubric_number(p, "count", 1, 100000, &count);
	weight = count;
	if (err == 0)
		err = rubric_number(p, "weight", 1, 100000, &weight);
	if (err == 0)
		err = compile(p, "pattern", s->pattern, &s->regex);
	if (err)
		return err;
	s->count = (uint32_t)count;
	s->weight = (uint32_t)weight;
	t->nsubtests++;
	return 0;
}

static int read_subtests(const struct rubric_place *p, struct rubric_test *t)
{
	const cJSON *array = rubric_get(p, "subtests"), *item;
	struct rubric_place at = {.rubric = p->rubric};
	int err = 0;

	if (!array)
		return 0;
	if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) == 0 ||
	    (unsigned)cJSON_GetArraySize(array) > SUBTESTS_MAX)
		return rubric_refuse(p, "subtests", "must be a list of 1 to %u objects",
		                     SUBTESTS_MAX);
	t->subtests = calloc((size_t)cJSON_GetArraySize(array), sizeof(*t->subtests));
	if (!t->subtests)
		return rubric_no_memory(p->rubric);
	cJSON_ArrayForEach(item, array)
	{
		snprintf(at.where, sizeof(at.where), "%.70s.subtests[%zu]", p->where,
		         t->nsubtests);
		at.object = item;
		err = read_subtest(&at, t);
		if (err)
			return err;
	}
	return 0;
}

/* --- a test --- */

static bool is_name(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-";

	return strlen(name) <= NAME_MAX_LENGTH && strspn(name, letters) == strlen(name) &&
	       name[0] != '.' && name[0] != '-';
}

static int find_test(const struct rubric *r, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(r->tests[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int read_name(const struct rubric_place *p, const struct rubric *r,
                     struct rubric_test *t)
{
	int err = rubric_string(p, "name", true, &t->name);

	if (err)
		return err;
	if (!t->name || !is_name(t->name))
		return rubric_refuse(p, "name",
		                     "must be up to %u letters, digits, '.', '_' and "
		                     "'-', and begin with neither '.' nor '-'",
		                     NAME_MAX_LENGTH);
	if (find_test(r, (size_t)(t - r->tests), t->name) >= 0)
		return rubric_refuse(p, "name", "another test has this name");
	return 0;
}

/* Only what stands before it, so nothing can wait for itself. */
static int read_needs(const struct rubric_place *p, const struct rubric *r,
                      struct rubric_test *t)
{
	const char **names = NULL;
	size_t n = 0;
	int err = rubric_strings(p, "needs", &names, &n);

	t->needs = calloc(n + 1, sizeof(*t->needs));
	if (err == 0 && !t->needs)
		err = rubric_no_memory(r);
	for (size_t i = 0; i < n && err == 0; i++) {
		int index = find_test(r, (size_t)(t - r->tests), names[i]);

		if (index < 0)
			err = rubric_refuse(p, "needs",
			                    "no test before this one is named \"%.64s\"",
			                    names[i]);
		else
			t->needs[t->nneeds++] = (size_t)index;
	}
	free(names);
	return err;
}

/* A source in C, which whoever reads the rubric is to compile. */
static int read_source(const struct rubric_place *p, struct rubric_test *t)
{
	const char *program = t->argv[0];
	size_t n = strlen(file_base_name(program));
	int err = rubric_string(p, "personality", false, &t->personality);

	if (err)
		return err;
	if (n < 3 || strcmp(file_base_name(program) + n - 2, ".c") != 0)
		return t->personality
		               ? rubric_refuse(p, "personality", "is for a program in C")
		               : 0;
	err = beside(p->rubric, program, &t->source);
	program = file_base_name(program);
	t->source_name = strndup(program, strlen(program) - 2);
	if (err == 0 && !t->source_name)
		err = rubric_no_memory(p->rubric);
	if (err == 0 && !is_name(t->source_name))
		err = rubric_refuse(p, "program", "\"%.64s\" is no name of a program",
		                    t->source_name);
	if (err == 0)
		t->argv[0] = t->source_name;
	return err;
}

static int read_program(const struct rubric_place *p, struct rubric_test *t)
{
	const cJSON *item = rubric_get(p, "status");
	uint64_t status = UINT64_MAX, memory = 64;
	size_t n = 0;
	int err = rubric_strings(p, "program", &t->argv, &n);

	t->argc = (int)n;
	if (err == 0 && (n == 0 || !t->argv[0][0]))
		err = rubric_refuse(p, "program",
		                    "must be a list: a program and its arguments");
	if (err)
		return err;
	if (cJSON_IsString(item) && strcmp(item->valuestring, "any") == 0)
		t->status = -1;
	else if (item && !cJSON_IsNumber(item))
		err = rubric_refuse(p, "status",
		                    "must be a whole number from 0 to 255, or \"any\"");
	else
		err = rubric_number(p, "status", 0, 255, &status);
	if (status != UINT64_MAX)
		t->status = (int)status;
	if (err == 0)
		err = rubric_number(p, "memory", MEMORY_MIN_MIB, MEMORY_MAX_MIB, &memory);
	if (err == 0 && memory % 2)
		err = rubric_refuse(p, "memory", "must be an even number of MiB");
	t->memory = memory << 20;
	return err ? err : read_source(p, t);
}

static int read_run(const struct rubric_place *p, struct rubric_test *t)
{
	int err = read_program(p, t);

	if (err == 0)
		err = read_lifetimes(p, t);
	if (err == 0)
		err = read_timeslices(p, t);
	if (err == 0)
		err = rubric_number(p, "timeout", 1, RUBRIC_TIMEOUT_MAX, &t->timeout);
	if (err == 0)
		err = read_console(p, t);
	if (err == 0)
		err = read_reference(p, t);
	if (err == 0)
		err = read_orderings(p, t);
	if (err == 0)
		err = read_explore(p, t);
	return err ? err : read_subtests(p, t);
}

int rubric_read_test(struct rubric *r, const cJSON *item, uint64_t timeout)
{
	static const char *const keys[] = {
		"name",    "description", "points",      "visibility", "tags",
		"needs",   "program",     "status",      "lifetimes",  "timeslices",
		"timeout", "memory",      "console",     "reference",  "orderings",
		"explore", "subtests",    "personality",
	};
	struct rubric_test *t = &r->tests[r->ntests];
	struct rubric_place p = {.rubric = r, .object = item};
	int visibility = RUBRIC_VISIBLE;
	int err;

	snprintf(p.where, sizeof(p.where), "$.tests[%zu]", r->ntests);
	r->ntests++;
	t->timeout = timeout;
	err = rubric_keys(&p, keys, COUNT(keys));
	if (err == 0)
		err = read_name(&p, r, t);
	if (err == 0)
		err = rubric_string(&p, "description", false, &t->description);
	if (err == 0)
		err = read_points(&p, &t->points);
	if (err == 0)
		err = rubric_choice(&p, "visibility", visibilities, COUNT(visibilities),
		                    &visibility);
	if (err == 0)
		err = rubric_strings(&p, "tags", &t->tags, &t->ntags);
	if (err == 0)
		err = read_needs(&p, r, t);
	if (err == 0)
		err = read_run(&p, t);
	t->visibility = (enum rubric_visibility)visibility;
	t->first_subtest = r->nsubtests;
	r->nsubtests += t->nsubtests;
	r->points += t->points;
	return err;
}
