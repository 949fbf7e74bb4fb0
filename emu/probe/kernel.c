/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/kernel_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_SUFFIX ".profile.json"

/* Compiles one expression; the message gets the profile's file and the place in it. */
static int compile(const struct kernel *k, struct expr *e, const struct expr_scope *scope,
                   const char *where, const char *key, const char *text)
{
	int err = expr_compile(e, scope, text);

	return err ? error_prefix(err, "%s: %s.%s", k->profile->file, where, key) : 0;
}

static struct expr_scope scope_of(const struct kernel *k, uint64_t object)
{
	return (struct expr_scope){.symbols = k->symbols,
	                           .types = k->types,
	                           .object = object};
}

/* The structure that a compiled expression's value points to. */
static int pointed_type(const struct kernel *k, const struct expr *e, const char *where,
                        const char *text, uint64_t *type)
{
	struct type_info pointer, target;

	types_info(k->types, e->type, &pointer);
	types_info(k->types, pointer.target, &target);
	if (pointer.kind != TYPE_POINTER || target.kind != TYPE_STRUCT)
		return error_set(ERR_FILE, "%s: %s: \"%s\": is no pointer to a structure",
		                 k->profile->file, where, text);
	*type = target.type;
	return 0;
}

static int compile_thread(struct kernel *k)
{
	const struct profile *p = k->profile;
	struct expr_scope global = scope_of(k, TYPE_VOID), thread;
	int err;

	err = compile(k, &k->current_thread, &global, "$", "current_thread",
	              p->current_thread);
	if (!err)
		err = pointed_type(k, &k->current_thread, "$.current_thread",
		                   p->current_thread, &k->thread_type);
	if (err)
		return err;
	thread = scope_of(k, k->thread_type);
	err = compile(k, &k->thread_id, &thread, "$.thread", "id", p->thread_id);
	if (!err)
		err = compile(k, &k->thread_state, &thread, "$.thread", "state",
		              p->thread_state);
	if (err)
		return err;
	k->thread_is_process = !p->thread_process;
	if (k->thread_is_process) {
		k->process_type = k->thread_type;
		return 0;
	}
	err = compile(k, &k->thread_process, &thread, "$.thread", "process",
	              p->thread_process);
	return err ? err
	           : pointed_type(k, &k->thread_process, "$.thread.process",
	                          p->thread_process, &k->process_type);
}

static int compile_states(struct kernel *k)
{
	const struct profile *p = k->profile;
	struct type_info info;

	types_info(k->types, k->thread_state.type, &info);
	k->states = calloc(p->nstates + 1, sizeof(*k->states));
	if (!k->states)
		return error_set(ERR_MEMORY, "%s: no memory for its states", p->file);
	for (size_t i = 0; i < p->nstates; i++) {
		int64_t value = p->states[i].value;

		if (p->states[i].name &&
		    !types_enumerator(k->types,
		                      info.kind == TYPE_ENUM ? info.type : TYPE_VOID,
		                      p->states[i].name, &value))
			return error_set(ERR_FILE,
			                 "%s: $.thread.states: no enumerator \"%s\"",
			                 p->file, p->states[i].name);
		k->states[k->nstates].value = (uint64_t)value;
		k->states[k->nstates++].state = p->states[i].state;
	}
	return 0;
}

static int add_resource(struct kernel *k, const char *what, const char *text)
{
	struct expr_scope process = scope_of(k, k->process_type);
	struct kernel_resource *resource = &k->resources[k->nresources];

	if (k->nresources == KERNEL_RESOURCES)
		return error_set(ERR_FILE, "%s: $.process.resources: more than %d",
		                 k->profile->file, KERNEL_RESOURCES);
	resource->what = what;
	resource->is_process = !text;
	k->nresources++;
	return text ? compile(k, &resource->expr, &process, "$.process.resources", what,
	                      text)
	            : 0;
}

static int compile_process(struct kernel *k)
{
	const struct profile *p = k->profile;
	struct expr_scope process = scope_of(k, k->process_type);
	int err =
		compile(k, &k->process_pid, &process, "$.process", "pid", p->process_pid);

	for (size_t i = 0; i < p->nresources && !err; i++)
		err = add_resource(k, p->resources[i].what, p->resources[i].expr);
	return err;
}

/* The resource a release probe means.  An "entry" is the process structure itself. */
static int find_resource(struct kernel *k, const struct profile_probe *source, int *what)
{
	for (int i = 0; i < k->nresources; i++) {
		if (strcmp(k->resources[i].what, source->what) == 0) {
			*what = i;
			return 0;
		}
	}
	*what = k->nresources;
	if (strcmp(source->what, "entry") == 0)
		return add_resource(k, "entry", NULL);
	return error_set(ERR_FILE, "%s: %s.what: \"%s\" is not in $.process.resources",
	                 k->profile->file, source->where, source->what);
}

static int compile_probe(struct kernel *k, const struct profile_probe *source,
                         struct kernel_probe *probe)
{
	struct expr_scope scope = scope_of(k, TYPE_VOID);
	const char *file = k->profile->file, *clone;
	uint64_t size;
	int err = 0;

	probe->event = source->event;
	probe->returns = source->returns;
	if (!symbols_lookup(k->symbols, source->function, &probe->address, &size))
		return error_set(ERR_FILE, "%s: %s.function: the kernel has no symbol %s",
		                 file, source->where, source->function);
	clone = symbols_clone(k->symbols, source->function);
	if (clone)
		return error_set(ERR_FILE,
		                 "%s: %s.function: the compiler calls %s in the place of "
		                 "%s: give it the attribute noipa",
		                 file, source->where, clone, source->function);
	if (source->event == PROFILE_RELEASE)
		err = find_resource(k, source, &probe->what);
	else
		probe->what = source->what && strcmp(source->what, "sleeplock") == 0;
	scope.function = source->function;
	scope.returns = source->returns;
	scope.thread = k->thread_type;
	scope.process = k->process_type;
	for (int i = 0; i < PROFILE_EXPRS && !err; i++) {
		probe->has[i] = source->exprs[i] != NULL;
		if (probe->has[i])
			err = compile(k, &probe->exprs[i], &scope, source->where,
			              profile_expr_name(source->event, i),
			              source->exprs[i]);
	}
	return err;
}

static int compile_probes(struct kernel *k)
{
	const struct profile *p = k->profile;

	k->probes = calloc(p->nprobes + 1, sizeof(*k->probes));
	if (!k->probes)
		return error_set(ERR_MEMORY, "%s: no memory for its probes", p->file);
	for (size_t i = 0; i < p->nprobes; i++) {
		int err = compile_probe(k, &p->probes[i], &k->probes[i]);

		if (err)
			return err;
		k->nprobes++;
	}
	return 0;
}

static void index_calls(struct kernel *k)
{
	const struct profile *p = k->profile;

	k->waitpid = UINT64_MAX;
	for (size_t i = 0; i < p->nsyscalls; i++) {
		if (p->syscalls[i].number < KERNEL_CALLS)
			k->calls[p->syscalls[i].number] = p->syscalls[i].name;
		if (strcmp(p->syscalls[i].name, "waitpid") == 0)
			k->waitpid = p->syscalls[i].number;
	}
}

const char *kernel_call_name(const struct kernel *k, uint64_t number)
{
	if (number < KERNEL_CALLS)
		return k->calls[number];
	for (size_t i = 0; i < k->profile->nsyscalls; i++)
		if (k->profile->syscalls[i].number == number)
			return k->profile->syscalls[i].name;
	return NULL;
}

/* The image comes first: what is wrong with it is the better message of the two. */
static int open_parts(struct kernel *k, const char *path, const char *profile)
{
	int err = symbols_open(&k->symbols, path);

	if (!err)
		err = profile_open(&k->profile, profile);
	if (!err)
		err = types_create(&k->types, k->symbols);
	if (!err)
		err = compile_thread(k);
	if (!err)
		err = compile_states(k);
	if (!err)
		err = compile_process(k);
	if (!err)
		err = compile_probes(k);
	if (!err)
		index_calls(k);
	return err ? err : kernel_places_find(k);
}

int kernel_open_profile(struct kernel **kernel, const char *path, const char *profile)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int err;

	*kernel = NULL;
	if (!k)
		return error_set(ERR_MEMORY, "%s: no memory for the kernel", path);
	err = open_parts(k, path, profile);
	if (err) {
		kernel_close(k);
		return err;
	}
	*kernel = k;
	return 0;
}

int kernel_open(struct kernel **kernel, const char *path)
{
	size_t n = strlen(path);
	char *profile;
	int err;

	*kernel = NULL;
	if (n > 4 && strcmp(path + n - 4, ".elf") == 0)
		n -= 4;
	profile = malloc(n + sizeof(PROFILE_SUFFIX));
	if (!profile)
		return error_set(ERR_MEMORY, "%s: no memory for the kernel", path);
	memcpy(profile, path, n);
	memcpy(profile + n, PROFILE_SUFFIX, sizeof(PROFILE_SUFFIX));
	err = kernel_open_profile(kernel, path, profile);
	free(profile);
	return err;
}

void kernel_close(struct kernel *k)
{
	if (!k)
		return;
	kernel_places_free(k);
	free(k->probes);
	free(k->states);
	types_destroy(k->types);
	profile_close(k->profile);
	symbols_close(k->symbols);
	free(k);
}

const struct symbols *kernel_symbols(const struct kernel *k)
{
	return k->symbols;
}

const struct profile *kernel_profile(const struct kernel *k)
{
	return k->profile;
}

int kernel_timeslice_word(const struct kernel *k, char *text, size_t size,
                          unsigned long long instructions)
{
	const char *word = k->profile->timeslice;
	int before, length;

	if (!word)
		return error_set(ERR_USAGE, "%s: the kernel's timeslice cannot be set",
		                 k->profile->file);
	before = (int)(strchr(word, '%') - word);
	length = snprintf(text, size, "%.*s%llu%s", before, word, instructions,
	                  word + before + 2);
	if (length < 0 || (size_t)length >= size)
		return error_set(ERR_FILE,
		                 "%s: $.command_line.timeslice: too long a word",
		                 k->profile->file);
	return 0;
}
