/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/profile.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* A profile is a page or two; what is larger is something else. */
#define FILE_SIZE_MAX ((size_t)1 << 20)
/* No kernel needs nearly as many. */
#define PROBES_MAX 1024
#define PATH_SIZE 96

struct storage {
	char *file;
	cJSON *root;
};

static const struct {
	const char *name;
	const char *exprs[PROFILE_EXPRS];
	unsigned int required; /* bit i: exprs[i] must be there */
} event_shapes[PROFILE_EVENTS] = {
	[PROFILE_SWITCH] = {"switch", {"from", "to"}, 3},
	[PROFILE_FORK] = {"fork", {"thread", "process"}, 0},
	[PROFILE_EXEC] = {"exec", {"path", "argc", "argv"}, 1},
	[PROFILE_EXIT] = {"exit", {"status", "process"}, 1},
	[PROFILE_REAP] = {"reap", {"process"}, 1},
	[PROFILE_REPARENT] = {"reparent", {"process", "to"}, 3},
	[PROFILE_RELEASE] = {"release", {"object"}, 1},
	[PROFILE_SYSCALL_RETURN] = {"syscall.return", {"result"}, 1},
	[PROFILE_PANIC] = {"panic", {"text"}, 1},
	[PROFILE_ALLOC] = {"alloc", {"size", "label", "address"}, 5},
	[PROFILE_FREE] = {"free", {"address"}, 1},
	[PROFILE_LOCK_ACQUIRE] = {"lock.acquire", {"lock"}, 1},
	[PROFILE_LOCK_RELEASE] = {"lock.release", {"lock"}, 1},
	[PROFILE_PAGES_ALLOC] = {"pages.alloc", {"address", "frame", "size", "order"}, 0},
	[PROFILE_PAGES_FREE] = {"pages.free", {"address", "frame", "size", "order"}, 0},
};

static const char *const status_names[] = {"os161", "posix", "raw"};
static const char *const lock_names[] = {"spinlock", "sleeplock"};
static const char *const state_names[] = {"running", "ready", "blocked", "exited"};

const char *profile_event_name(enum profile_event event)
{
	return event_shapes[event].name;
}

const char *profile_expr_name(enum profile_event event, int i)
{
	return event_shapes[event].exprs[i];
}

/* refuse(p, where, fmt, ...) is error_set() with file and place before the text. */
#define refuse(p, where, ...) error_keep(ERR_FILE, refuse_text((p), (where), __VA_ARGS__))

__attribute__((format(printf, 3, 4))) static int refuse_text(const struct profile *p,
                                                             const char *where,
                                                             const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return error_set(ERR_FILE, "%s: %s: %s", p->file, where, text);
}

/* Which of `n` names; -1 for none. */
static int name_index(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

/* Refuses what is no object, and any key that is not among `n` (or "comment"). */
static int check_object(const struct profile *p, const cJSON *object, const char *where,
                        const char *const *keys, size_t n)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return refuse(p, where, "must be an object");
	cJSON_ArrayForEach(item, object)
	{
		if (strcmp(item->string, "comment") != 0 &&
		    name_index(keys, n, item->string) < 0)
			return refuse(p, where, "unknown key \"%.64s\"", item->string);
	}
	return 0;
}

enum need { OPTIONAL, REQUIRED };

/* The string at a key, into `*text`: NULL where an optional one is not there. */
static int get_string(const struct profile *p, const cJSON *object, const char *where,
                      const char *key, enum need need, const char **text)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	*text = NULL;
	if (!item && need == OPTIONAL)
		return 0;
	if (!item)
		return refuse(p, where, "\"%s\" is missing", key);
	if (!cJSON_IsString(item) || !item->valuestring[0])
		return refuse(p, where, "\"%s\" must be a string with text", key);
	*text = item->valuestring;
	return 0;
}

/* Room for one element per member of `list`, never none. */
static void *elements(const cJSON *list, size_t size)
{
	return calloc((size_t)cJSON_GetArraySize(list) + 1, size);
}

static int no_memory(const struct profile *p)
{
	return error_set(ERR_MEMORY, "%s: no memory for the profile", p->file);
}

static int read_head(struct profile *p, const cJSON *root)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "version");
	const char *format, *status;
	int err, index;

	if (!cJSON_IsObject(root))
		return refuse(p, "$", "must be an object");
	err = get_string(p, root, "$", "format", REQUIRED, &format);
	if (err)
		return err;
	if (strcmp(format, PROFILE_FORMAT) != 0)
		return refuse(p, "$.format", "is not \"" PROFILE_FORMAT "\"");
	if (!cJSON_IsNumber(version))
		return refuse(p, "$.version", "must be a number");
	if (version->valuedouble != PROFILE_VERSION)
		return refuse(p, "$.version", "%g is unknown; this forkscope reads %d",
		              version->valuedouble, PROFILE_VERSION);
	err = get_string(p, root, "$", "name", REQUIRED, &p->name);
	if (!err)
		err = get_string(p, root, "$", "wait_status", REQUIRED, &status);
	if (!err)
		err = get_string(p, root, "$", "current_thread", REQUIRED,
		                 &p->current_thread);
	if (err)
		return err;
	index = name_index(status_names, 3, status);
	if (index < 0)
		return refuse(p, "$.wait_status", "must be os161, posix or raw");
	p->wait_status = (enum profile_status)index;
	return 0;
}

static int read_command_line(struct profile *p, const cJSON *root)
{
	static const char *const keys[] = {"timeslice"};
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "command_line");
	const char *percent;
	int err;

	if (!object)
		return 0;
	err = check_object(p, object, "$.command_line", keys, 1);
	if (!err)
		err = get_string(p, object, "$.command_line", "timeslice", OPTIONAL,
		                 &p->timeslice);
	if (err || !p->timeslice)
		return err;
	percent = strchr(p->timeslice, '%');
	if (!percent || percent[1] != 'u' || strchr(percent + 1, '%'))
		return refuse(p, "$.command_line.timeslice", "must hold one %%u");
	return 0;
}

static int read_state(struct profile *p, const cJSON *list, enum profile_state state)
{
	char where[PATH_SIZE];
	const cJSON *item;

	snprintf(where, sizeof(where), "$.thread.states.%s", state_names[state]);
	if (!cJSON_IsArray(list))
		return refuse(p, where, "must be a list of names or numbers");
	cJSON_ArrayForEach(item, list)
	{
		struct profile_state_value *value = &p->states[p->nstates];

		if (!cJSON_IsString(item) && !cJSON_IsNumber(item))
			return refuse(p, where, "must be a list of names or numbers");
		value->state = state;
		value->name = item->valuestring;
		value->value = item->valueint;
		p->nstates++;
	}
	return 0;
}

static int read_states(struct profile *p, const cJSON *thread)
{
	const cJSON *states = cJSON_GetObjectItemCaseSensitive(thread, "states");
	const cJSON *list;
	size_t n = 0;
	int err;

	err = check_object(p, states, "$.thread.states", state_names, PROFILE_STATES);
	if (err)
		return err;
	cJSON_ArrayForEach(list, states) n += (size_t)cJSON_GetArraySize(list);
	p->states = calloc(n + 1, sizeof(*p->states));
	if (!p->states)
		return no_memory(p);
	for (int state = 0; state < PROFILE_STATES && !err; state++) {
		list = cJSON_GetObjectItemCaseSensitive(states, state_names[state]);
		if (list)
			err = read_state(p, list, (enum profile_state)state);
	}
	return err;
}

static int read_thread(struct profile *p, const cJSON *root)
{
	static const char *const keys[] = {"id", "process", "state", "states"};
	const cJSON *thread = cJSON_GetObjectItemCaseSensitive(root, "thread");
	int err = check_object(p, thread, "$.thread", keys, 4);

	if (!err)
		err = get_string(p, thread, "$.thread", "id", REQUIRED, &p->thread_id);
	if (!err)
		err = get_string(p, thread, "$.thread", "process", OPTIONAL,
		                 &p->thread_process);
	if (!err)
		err = get_string(p, thread, "$.thread", "state", REQUIRED,
		                 &p->thread_state);
	return err ? err : read_states(p, thread);
}

static int read_process(struct profile *p, const cJSON *root)
{
	static const char *const keys[] = {"pid", "resources"};
	const cJSON *process = cJSON_GetObjectItemCaseSensitive(root, "process");
	const cJSON *list, *item;
	int err = check_object(p, process, "$.process", keys, 2);

	if (!err)
		err = get_string(p, process, "$.process", "pid", REQUIRED,
		                 &p->process_pid);
	list = cJSON_GetObjectItemCaseSensitive(process, "resources");
	if (err || !list)
		return err;
	if (!cJSON_IsObject(list))
		return refuse(p, "$.process.resources", "must be an object");
	p->resources = elements(list, sizeof(*p->resources));
	if (!p->resources)
		return no_memory(p);
	cJSON_ArrayForEach(item, list)
	{
		struct profile_resource *resource = &p->resources[p->nresources++];

		if (!cJSON_IsString(item))
			return refuse(p, "$.process.resources",
			              "\"%.64s\" must be a string", item->string);
		resource->what = item->string;
		resource->expr = item->valuestring;
	}
	return 0;
}

static int read_syscalls(struct profile *p, const cJSON *root)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "syscalls");
	const cJSON *item;

	if (!cJSON_IsObject(list))
		return refuse(p, "$.syscalls", "must be an object of names and numbers");
	p->syscalls = elements(list, sizeof(*p->syscalls));
	if (!p->syscalls)
		return no_memory(p);
	cJSON_ArrayForEach(item, list)
	{
		struct profile_syscall *call = &p->syscalls[p->nsyscalls++];

		if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
		    item->valuedouble != item->valueint)
			return refuse(p, "$.syscalls",
			              "\"%.64s\" must be a number from 0", item->string);
		call->name = item->string;
		call->number = (uint64_t)item->valueint;
	}
	return 0;
}

static int read_event(const struct profile *p, const cJSON *item,
                      struct profile_probe *probe)
{
	const char *name;
	int err = get_string(p, item, probe->where, "event", REQUIRED, &name);

	if (err)
		return err;
	for (int event = 0; event < PROFILE_EVENTS; event++) {
		if (strcmp(event_shapes[event].name, name) != 0)
			continue;
		probe->event = (enum profile_event)event;
		return 0;
	}
	return refuse(p, probe->where, "\"event\": \"%.64s\" is none", name);
}

static bool is_lock(const struct profile_probe *probe)
{
	return probe->event == PROFILE_LOCK_ACQUIRE ||
	       probe->event == PROFILE_LOCK_RELEASE;
}

static bool is_pages(const struct profile_probe *probe)
{
	return probe->event == PROFILE_PAGES_ALLOC || probe->event == PROFILE_PAGES_FREE;
}

/* The keys that a probe of this event may have. */
static int check_keys(const struct profile *p, const cJSON *item,
                      const struct profile_probe *probe)
{
	const char *keys[4 + PROFILE_EXPRS] = {"event", "function", "when"};
	size_t n = 3;

	if (probe->event == PROFILE_RELEASE || is_lock(probe))
		keys[n++] = "what";
	for (int i = 0; i < PROFILE_EXPRS; i++)
		if (event_shapes[probe->event].exprs[i])
			keys[n++] = event_shapes[probe->event].exprs[i];
	return check_object(p, item, probe->where, keys, n);
}

static int read_probe(const struct profile *p, const cJSON *item,
                      struct profile_probe *probe)
{
	const char *when;
	int err = cJSON_IsObject(item) ? read_event(p, item, probe)
	                               : refuse(p, probe->where, "must be an object");

	if (!err)
		err = check_keys(p, item, probe);
	if (!err)
		err = get_string(p, item, probe->where, "function", REQUIRED,
		                 &probe->function);
	if (!err)
		err = get_string(p, item, probe->where, "when", OPTIONAL, &when);
	if (!err && when && strcmp(when, "entry") != 0 && strcmp(when, "return") != 0)
		err = refuse(p, probe->where, "\"when\" must be entry or return");
	if (!err && (probe->event == PROFILE_RELEASE || is_lock(probe)))
		err = get_string(p, item, probe->where, "what",
		                 is_lock(probe) ? OPTIONAL : REQUIRED, &probe->what);
	if (!err && is_lock(probe) && probe->what &&
	    name_index(lock_names, 2, probe->what) < 0)
		err = refuse(p, probe->where, "\"what\" must be spinlock or sleeplock");
	if (err)
		return err;
	probe->returns = when && strcmp(when, "return") == 0;
	for (int i = 0; i < PROFILE_EXPRS && !err; i++) {
		const char *key = event_shapes[probe->event].exprs[i];

		if (key)
			err = get_string(p, item, probe->where, key,
			                 event_shapes[probe->event].required >> i & 1
			                         ? REQUIRED
			                         : OPTIONAL,
			                 &probe->exprs[i]);
	}
	if (!err && probe->event == PROFILE_FORK && !probe->exprs[0] == !probe->exprs[1])
		err = refuse(p, probe->where,
		             "one of \"thread\" and \"process\" is needed");
	if (!err && is_pages(probe) && !probe->exprs[0] == !probe->exprs[1])
		err = refuse(p, probe->where,
		             "one of \"address\" and \"frame\" is needed");
	if (!err && is_pages(probe) && probe->exprs[2] && probe->exprs[3])
		err = refuse(p, probe->where,
		             "\"size\" and \"order\" exclude each other");
	return err;
}

static int read_probes(struct profile *p, const cJSON *root)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "probes");
	const cJSON *item;
	int err = 0;

	if (!cJSON_IsArray(list))
		return refuse(p, "$.probes", "must be a list");
	if (cJSON_GetArraySize(list) > PROBES_MAX)
		return refuse(p, "$.probes", "has more than %d", PROBES_MAX);
	p->probes = elements(list, sizeof(*p->probes));
	if (!p->probes)
		return no_memory(p);
	cJSON_ArrayForEach(item, list)
	{
		struct profile_probe *probe = &p->probes[p->nprobes];

		snprintf(probe->where, sizeof(probe->where), "$.probes[%zu]", p->nprobes);
		err = read_probe(p, item, probe);
		if (err)
			return err;
		p->nprobes++;
	}
	return 0;
}

static int read_profile(struct profile *p, const cJSON *root)
{
	static const char *const keys[] = {
		"format",   "version", "name",    "command_line", "wait_status",
		"syscalls", "thread",  "process", "probes",       "current_thread",
	};
	int err = read_head(p, root);

	if (!err)
		err = check_object(p, root, "$", keys, sizeof(keys) / sizeof(keys[0]));
	if (!err)
		err = read_command_line(p, root);
	if (!err)
		err = read_thread(p, root);
	if (!err)
		err = read_process(p, root);
	if (!err)
		err = read_syscalls(p, root);
	return err ? err : read_probes(p, root);
}

/* Where parsing stopped, as a line number. */
static int line_of(const char *text, const char *end)
{
	int line = 1;

	for (; text < end; text++)
		line += *text == '\n';
	return line;
}

int profile_parse(struct profile **out, const char *text, size_t size, const char *file)
{
	struct profile *p = calloc(1, sizeof(*p));
	struct storage *storage = calloc(1, sizeof(*storage));
	const char *end = text;
	int err;

	*out = NULL;
	if (p)
		p->storage = storage;
	if (storage)
		storage->file = strdup(file);
	if (!p || !storage || !storage->file) {
		if (!p)
			free(storage);
		profile_close(p);
		return error_set(ERR_MEMORY, "%s: no memory for the profile", file);
	}
	p->file = storage->file;
	storage->root = cJSON_ParseWithLengthOpts(text, size, &end, 0);
	while (storage->root && end < text + size && strchr(" \t\r\n", *end))
		end++;
	if (storage->root && end >= text + size)
		err = read_profile(p, storage->root);
	else
		err = error_set(ERR_FILE, "%s:%d: not JSON", file, line_of(text, end));
	if (err) {
		profile_close(p);
		return err;
	}
	*out = p;
	return 0;
}

int profile_open(struct profile **p, const char *path)
{
	struct file file;
	int err;

	*p = NULL;
	if (access(path, F_OK) != 0)
		return error_set(ERR_FILE,
		                 "%s: %s: the kernel needs a profile that says what its "
		                 "functions mean",
		                 path, strerror(errno));
	err = file_read(&file, path, FILE_SIZE_MAX);
	if (err)
		return err;
	err = profile_parse(p, (const char *)file.data, file.size, path);
	file_free(&file);
	return err;
}

void profile_close(struct profile *p)
{
	struct storage *storage;

	if (!p)
		return;
	storage = p->storage;
	if (storage) {
		cJSON_Delete(storage->root);
		free(storage->file);
	}
	free(storage);
	free(p->states);
	free(p->resources);
	free(p->syscalls);
	free(p->probes);
	free(p);
}
