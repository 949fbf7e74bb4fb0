/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of a rubric's JSON, each refused with file and place where it is not as it must
 * be.  Optional ones leave the result as it was where the key is not there.
 */
#ifndef FORKSCOPE_GRADE_RUBRIC_JSON_H
#define FORKSCOPE_GRADE_RUBRIC_JSON_H

#include <cjson/cJSON.h>

#include "grade/rubric.h"

#define RUBRIC_WHERE_SIZE 96

/* One object of the file. */
struct rubric_place {
	const struct rubric *rubric;
	const cJSON *object;
	char where[RUBRIC_WHERE_SIZE]; /* "$.tests[3]" */
};

/* error_set() with file and place, and the key unless it is NULL, before the text. */
#define rubric_refuse(place, key, ...)                                                   \
	error_keep(ERR_FILE, rubric_refuse_text((place), (key), __VA_ARGS__))
int rubric_refuse_text(const struct rubric_place *p, const char *key, const char *fmt,
                       ...) __attribute__((format(printf, 3, 4)));

/* Refuses what is no object, a key that is not among `n`, and one that comes twice. */
int rubric_keys(const struct rubric_place *p, const char *const *keys, size_t n);

const cJSON *rubric_get(const struct rubric_place *p, const char *key);
/* A string with text. */
int rubric_string(const struct rubric_place *p, const char *key, bool required,
                  const char **value);
/* A whole number. */
int rubric_number(const struct rubric_place *p, const char *key, uint64_t min,
                  uint64_t max, uint64_t *value);
/* Strings with text; the array is the caller's to free, and has a NULL at its end. */
int rubric_strings(const struct rubric_place *p, const char *key, const char ***list,
                   size_t *n);
/* The index of one of `n` names. */
int rubric_choice(const struct rubric_place *p, const char *key, const char *const *names,
                  size_t n, int *value);
#define rubric_no_memory(rubric)                                                         \
	error_set(ERR_MEMORY, "%s: no memory for the rubric", (rubric)->path)

/* Instructions that a run may be given. */
#define RUBRIC_TIMEOUT_MAX 1000000000000ull

/* The next test of a rubric that has room for it; `timeout` where it names none. */
int rubric_read_test(struct rubric *r, const cJSON *item, uint64_t timeout);

#endif
