/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/parse.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/fields.h"
#include "trace/limits.h"
#include "trace/text.h"

int trace_malformed(const struct trace_place *at, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return error_set(
		ERR_FILE,
		"%s:%llu: %s; the file is damaged or edited, record the run again",
		at->path, (unsigned long long)at->line, what);
}

static int bad(const struct trace_place *at, const cJSON *item, const char *name,
               const char *want)
{
	if (!item)
		trace_malformed(at, "\"%s\" is missing", name);
	else
		trace_malformed(at, "\"%s\" is not %s", name, want);
	return ERR_FILE;
}

/* As cJSON_GetObjectItemCaseSensitive(), which is most of the time that reading takes. */
static cJSON *get(const cJSON *json, const char *name)
{
	cJSON *item = json ? json->child : NULL;

	while (item && (!item->string || item->string[0] != name[0] ||
	                strcmp(item->string, name) != 0))
		item = item->next;
	return item;
}

/* An integer between the bounds, which lie within what a double holds exactly. */
static bool exact(const cJSON *item, double low, double high)
{
	return cJSON_IsNumber(item) && item->valuedouble >= low &&
	       item->valuedouble <= high &&
	       (double)(int64_t)item->valuedouble == item->valuedouble;
}

static bool hexadecimal(const cJSON *item, uint64_t *value)
{
	const char *s = cJSON_GetStringValue(item);
	size_t n = s ? strlen(s) : 0;

	if (n < 3 || n > 18 || s[0] != '0' || s[1] != 'x' ||
	    strspn(s + 2, "0123456789abcdef") != n - 2)
		return false;
	*value = strtoull(s + 2, NULL, 16);
	return true;
}

static int get_int(cJSON *json, const char *name, int low, int *value,
                   const struct trace_place *at)
{
	const cJSON *item = get(json, name);

	if (!exact(item, low, INT_MAX))
		return bad(at, item, name, "an integer in range");
	*value = (int)item->valuedouble;
	return 0;
}

static int get_unsigned(cJSON *json, const char *name, uint64_t *value,
                        const struct trace_place *at)
{
	const cJSON *item = get(json, name);

	if (exact(item, 0, (double)TEXT_JSON_INTEGER_MAX))
		*value = (uint64_t)item->valuedouble;
	else if (!hexadecimal(item, value))
		return bad(at, item, name, "an unsigned integer");
	return 0;
}

static int get_signed(cJSON *json, const char *name, int64_t *value,
                      const struct trace_place *at)
{
	const cJSON *item = get(json, name);
	uint64_t bits;

	if (exact(item, -(double)TEXT_JSON_INTEGER_MAX, (double)TEXT_JSON_INTEGER_MAX))
		*value = (int64_t)item->valuedouble;
	else if (hexadecimal(item, &bits))
		*value = (int64_t)bits;
	else
		return bad(at, item, name, "an integer");
	return 0;
}

static int get_bytes(cJSON *json, const char *name, const char **value, size_t *length,
                     const struct trace_place *at)
{
	cJSON *item = get(json, name);

	if (!cJSON_IsString(item))
		return bad(at, item, name, "a string");
	*value = item->valuestring;
	*length = text_json_decode(item->valuestring, strlen(item->valuestring));
	item->valuestring[*length] = '\0';
	return 0;
}

static int get_string(cJSON *json, const char *name, const char **value,
                      const struct trace_place *at)
{
	size_t length = 0;
	int err = get_bytes(json, name, value, &length, at);

	if (!err && strlen(*value) != length)
		return trace_malformed(at, "\"%s\" contains a NUL", name);
	return err;
}

static bool is_fork_path(const char *s)
{
	for (;;) {
		size_t digits = strspn(s, "0123456789");

		if (digits == 0 || digits > 9)
			return false;
		s += digits;
		if (*s == '\0')
			return true;
		if (*s++ != '.')
			return false;
	}
}

static int get_proc(cJSON *json, const char *name, const char **value,
                    const struct trace_place *at)
{
	int err = get_string(json, name, value, at);

	if (!err && !is_fork_path(*value))
		return trace_malformed(at, "\"%s\" is not a fork path", name);
	return err;
}

static int get_status(cJSON *json, const char *name, struct trace_status *status,
                      const struct trace_place *at)
{
	cJSON *item = get(json, name);
	const char *how = get(item, "signal") ? "signal" : "exit";

	if (!cJSON_IsObject(item))
		return bad(at, item, name, "an object");
	status->signaled = how[0] == 's';
	return get_int(item, how, INT_MIN, &status->value, at);
}

static int grow_vector(struct trace_vector *v, size_t n)
{
	if (n <= v->capacity)
		return 0;
	const char **items = realloc(v->items, n * sizeof(*items));

	if (!items)
		return error_set(ERR_MEMORY, "out of memory");
	v->items = items;
	v->capacity = n;
	return 0;
}

static int get_argv(cJSON *json, const char *name, struct trace_vector *v, int *argc,
                    const struct trace_place *at)
{
	cJSON *array = get(json, name);
	cJSON *item;
	int n = 0;

	if (!cJSON_IsArray(array))
		return bad(at, array, name, "an array of strings");
	int err = grow_vector(v, (size_t)cJSON_GetArraySize(array) + 1);

	if (err)
		return err;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			return bad(at, item, name, "an array of strings");
		size_t length =
			text_json_decode(item->valuestring, strlen(item->valuestring));

		if (memchr(item->valuestring, '\0', length))
			return trace_malformed(at, "\"%s\" contains a NUL", name);
		item->valuestring[length] = '\0';
		v->items[n++] = item->valuestring;
	}
	v->items[n] = NULL;
	*argc = n;
	return 0;
}

static int get_words(cJSON *json, const char *name, uint64_t *words,
                     const struct trace_place *at)
{
	cJSON *array = get(json, name);
	cJSON *item;
	int n = 0;

	if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) != 6)
		return bad(at, array, name, "an array of six addresses");
	cJSON_ArrayForEach(item, array)
	{
		if (!hexadecimal(item, &words[n++]))
			return bad(at, item, name, "an array of six addresses");
	}
	return 0;
}

static int get_hash(cJSON *json, const char *name, char *to, size_t size,
                    const struct trace_place *at)
{
	const cJSON *item = get(json, name);
	const char *s = cJSON_GetStringValue(item);

	if (!s || strlen(s) != size - 1 || strspn(s, "0123456789abcdef") != size - 1)
		return bad(at, item, name, "a digest");
	memcpy(to, s, size);
	return 0;
}

#define AT(type, offset) ((type *)(void *)((char *)event + (offset)))

static int parse_field(struct trace_event *event, cJSON *json,
                       const struct trace_field *f, struct trace_vector *argv,
                       const struct trace_place *at)
{
	size_t to = f->offset;
	uint64_t *number;
	const cJSON *item;

	switch (f->type) {
	case TRACE_FIELD_INT:
		return get_int(json, f->name, INT_MIN, AT(int, to), at);
	case TRACE_FIELD_UNSIGNED:
		return get_unsigned(json, f->name, AT(uint64_t, to), at);
	case TRACE_FIELD_SIGNED:
		return get_signed(json, f->name, AT(int64_t, to), at);
	case TRACE_FIELD_ADDRESS:
		number = AT(uint64_t, to);
		item = get(json, f->name);
		return hexadecimal(item, number) ? 0
		                                 : bad(at, item, f->name, "an address");
	case TRACE_FIELD_BOOL:
		item = get(json, f->name);
		*AT(bool, to) = cJSON_IsTrue(item);
		return cJSON_IsBool(item) ? 0 : bad(at, item, f->name, "true or false");
	case TRACE_FIELD_STRING:
		return get_string(json, f->name, AT(const char *, to), at);
	case TRACE_FIELD_PROC:
		return get_proc(json, f->name, AT(const char *, to), at);
	case TRACE_FIELD_BYTES:
		return get_bytes(json, f->name, AT(const char *, to),
		                 AT(size_t, f->second), at);
	case TRACE_FIELD_STATUS:
		return get_status(json, f->name, AT(struct trace_status, to), at);
	case TRACE_FIELD_WORDS:
		return get_words(json, f->name, AT(uint64_t, to), at);
	case TRACE_FIELD_ARGV:
		break;
	}
	int err = get_argv(json, f->name, argv, AT(int, to), at);

	*AT(const char *const *, f->second) = argv->items;
	return err;
}

int trace_parse_common(struct trace_event *event, cJSON *json,
                       const struct trace_place *at)
{
	const char *name;
	int err;

	memset(event, 0, sizeof(*event));
	if ((err = get_unsigned(json, "seq", &event->seq, at)) ||
	    (err = get_unsigned(json, "icount", &event->icount, at)) ||
	    (err = get_int(json, "cpu", 0, &event->cpu, at)) ||
	    (err = get_int(json, "pid", 0, &event->pid, at)) ||
	    (err = get_proc(json, "proc", &event->proc, at)) ||
	    (err = get_string(json, "ev", &name, at)))
		return err;
	event->kind = trace_event_kind_from_name(name);
	return 0;
}

/* What the fields of an event must keep among themselves. */
static int check_event(struct trace_event *event, cJSON *json,
                       const struct trace_place *at)
{
	if (event->kind == TRACE_SYSCALL) {
		event->syscall.returned = get(json, "result");
		if (!event->syscall.returned && !get(json, "args"))
			return trace_malformed(at, "neither \"args\" nor \"result\"");
	}
	/* A replay delivers it: there are so many, and no others. */
	if (event->kind == TRACE_IRQ &&
	    (event->irq.vector < 0 || event->irq.vector > UINT8_MAX))
		return trace_malformed(at, "\"vector\" is not from 0 to 255");
	if (event->kind != TRACE_WAIT_RETURN)
		return 0;
	if (get(json, "error")) {
		if (event->wait_return.error <= 0)
			return trace_malformed(at, "\"error\" is not positive");
		event->wait_return.child = -1;
		event->wait_return.child_proc = NULL;
	} else if (!get(json, "child")) {
		return trace_malformed(at, "neither \"child\" nor \"error\"");
	} else if (event->wait_return.child > 0 &&
	           (!event->wait_return.child_proc || !get(json, "status"))) {
		return trace_malformed(at,
		                       "a child without \"child_proc\" and \"status\"");
	} else if (event->wait_return.child < 0) {
		return trace_malformed(at, "\"child\" is negative");
	} else if (event->wait_return.child == 0) {
		event->wait_return.child_proc = NULL;
	}
	return 0;
}

int trace_parse_fields(struct trace_event *event, cJSON *json, struct trace_vector *argv,
                       const struct trace_place *at)
{
	for (const struct trace_field *f = trace_event_fields(event->kind); f->name;
	     f++) {
		if (f->present && !get(json, f->name))
			continue;
		int err = parse_field(event, json, f, argv, at);

		if (err)
			return err;
	}
	return check_event(event, json, at);
}

static int check_version(cJSON *json, const struct trace_place *at)
{
	const char *format = cJSON_GetStringValue(get(json, "format"));
	const cJSON *version = get(json, "version");

	if (!format || strcmp(format, TRACE_FORMAT) != 0)
		return error_set(
			ERR_FILE,
			"%s:%llu: not a forkscope trace: no header with \"format\": "
			"\"" TRACE_FORMAT "\"",
			at->path, (unsigned long long)at->line);
	if (!exact(version, TRACE_VERSION, TRACE_VERSION))
		return error_set(ERR_FILE,
		                 "%s:%llu: version %.0f of " TRACE_FORMAT
		                 " is unknown; this "
		                 "forkscope reads version %d: use a newer one",
		                 at->path, (unsigned long long)at->line,
		                 cJSON_IsNumber(version) ? version->valuedouble : -1.0,
		                 TRACE_VERSION);
	return 0;
}

/* Without the field `*value` stays as it is. */
static int optional_unsigned(cJSON *json, const char *name, uint64_t *value,
                             const struct trace_place *at)
{
	return get(json, name) ? get_unsigned(json, name, value, at) : 0;
}

static int optional_string(cJSON *json, const char *name, const char **value,
                           const struct trace_place *at)
{
	return get(json, name) ? get_string(json, name, value, at) : 0;
}

int trace_parse_header(struct trace_header *header, cJSON *json,
                       struct trace_vector *argv, const struct trace_place *at)
{
	int err = check_version(json, at);

	memset(header, 0, sizeof(*header));
	header->version = TRACE_VERSION;
	header->kernel = "";
	if (err || (err = get_int(json, "cpus", 1, &header->cpus, at)) ||
	    (err = get_unsigned(json, "memory", &header->memory, at)) ||
	    (err = optional_unsigned(json, "checkpoint", &header->checkpoint, at)) ||
	    (err = get_hash(json, "kernel_sha256", header->kernel_sha256,
	                    TRACE_SHA256_SIZE, at)) ||
	    (err = optional_string(json, "kernel", &header->kernel, at)) ||
	    (err = optional_string(json, "initrd", &header->initrd, at)) ||
	    (err = get_string(json, "append", &header->append, at)) ||
	    (err = get_argv(json, "argv", argv, &header->argc, at)) ||
	    (err = get_string(json, "schedule", &header->schedule, at)) ||
	    (err = optional_unsigned(json, "timeslice", &header->timeslice, at)) ||
	    (err = optional_unsigned(json, "seed", &header->seed, at)) ||
	    (err = optional_unsigned(json, "limit", &header->limit, at)))
		return err;
	header->argv = argv->items;
	if (header->cpus > TRACE_CPUS_MAX)
		return trace_malformed(at, "\"cpus\" is above %d", TRACE_CPUS_MAX);
	if (get(json, "initrd_sha256"))
		return get_hash(json, "initrd_sha256", header->initrd_sha256,
		                TRACE_SHA256_SIZE, at);
	return 0;
}

int trace_parse_checkpoint(struct trace_checkpoint *point, cJSON *json,
                           const struct trace_place *at)
{
	int err = get_unsigned(json, "icount", &point->icount, at);

	return err ? err : get_hash(json, "digest", point->digest, TRACE_DIGEST_SIZE, at);
}

int trace_parse_end(struct trace_end *end, cJSON *json, const struct trace_place *at)
{
	const char *outcome;
	int err;

	memset(end, 0, sizeof(*end));
	if ((err = get_unsigned(json, "icount", &end->icount, at)) ||
	    (err = get_string(json, "outcome", &outcome, at)) ||
	    (err = get_int(json, "status", INT_MIN, &end->status, at)) ||
	    (err = get_hash(json, "digest", end->digest, TRACE_DIGEST_SIZE, at)) ||
	    (err = get_hash(json, "console_digest", end->console_digest,
	                    TRACE_DIGEST_SIZE, at)))
		return err;
	int known = trace_outcome_from_name(outcome);

	if (known < 0)
		return trace_malformed(at, "\"outcome\" is none that is known");
	end->outcome = (enum trace_outcome)known;
	return 0;
}
