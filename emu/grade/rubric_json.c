/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/rubric_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/text.h"

int rubric_refuse_text(const struct rubric_place *p, const char *key, const char *fmt,
                       ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return error_set(ERR_FILE, "%s: %s%s%s: %s", p->rubric->path, p->where,
	                 key ? "." : "", key ? key : "", text);
}

static bool is_key(const char *const *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

int rubric_keys(const struct rubric_place *p, const char *const *keys, size_t n)
{
	const cJSON *item;

	if (!cJSON_IsObject(p->object))
		return rubric_refuse(p, NULL, "must be an object");
	cJSON_ArrayForEach(item, p->object)
	{
		if (!is_key(keys, n, item->string))
			return rubric_refuse(p, NULL, "unknown key \"%.64s\"",
			                     item->string);
		if (rubric_get(p, item->string) != item)
			return rubric_refuse(p, item->string, "is there twice");
	}
	return 0;
}

const cJSON *rubric_get(const struct rubric_place *p, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(p->object, key);
}

int rubric_string(const struct rubric_place *p, const char *key, bool required,
                  const char **value)
{
	const cJSON *item = rubric_get(p, key);

	if (!item && !required)
		return 0;
	if (!item)
		return rubric_refuse(p, NULL, "\"%s\" is missing", key);
	if (!cJSON_IsString(item) || !item->valuestring[0])
		return rubric_refuse(p, key, "must be a string with text");
	*value = item->valuestring;
	return 0;
}

int rubric_number(const struct rubric_place *p, const char *key, uint64_t min,
                  uint64_t max, uint64_t *value)
{
	const cJSON *item = rubric_get(p, key);

	if (!item)
		return 0;
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= (double)min) ||
	    item->valuedouble > (double)max ||
	    item->valuedouble != (double)(uint64_t)item->valuedouble)
		return rubric_refuse(p, key, "must be a whole number from %llu to %llu",
		                     (unsigned long long)min, (unsigned long long)max);
	*value = (uint64_t)item->valuedouble;
	return 0;
}

int rubric_strings(const struct rubric_place *p, const char *key, const char ***list,
                   size_t *n)
{
	const cJSON *array = rubric_get(p, key), *item;

	if (!array)
		return 0;
	if (!cJSON_IsArray(array))
		return rubric_refuse(p, key, "must be a list of strings");
	*list = calloc((size_t)cJSON_GetArraySize(array) + 1, sizeof(**list));
	if (!*list)
		return rubric_no_memory(p->rubric);
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			return rubric_refuse(p, key, "must be a list of strings");
		(*list)[(*n)++] = item->valuestring;
	}
	return 0;
}

int rubric_choice(const struct rubric_place *p, const char *key, const char *const *names,
                  size_t n, int *value)
{
	struct text all = {0};
	const char *name = NULL;
	int err = rubric_string(p, key, false, &name);

	if (err || !name)
		return err;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0) {
			*value = (int)i;
			text_free(&all);
			return 0;
		}
		text_printf(&all, "%s%s", i ? ", " : "", names[i]);
	}
	err = rubric_refuse(p, key, "\"%.64s\" is none of: %s", name,
	                    all.data ? all.data : "");
	text_free(&all);
	return err;
}
