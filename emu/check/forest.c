/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/forest.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "trace/strings.h"

/* Tables of process indices, open addressing, a power of two, at most half used. */
struct table {
	size_t *slots;
	size_t nslots;
};

struct storage {
	struct strings *strings;
	size_t capacity; /* of the processes */
	struct table by_path;
	struct table by_pid; /* the last with each pid */
	size_t roots, last_root;
};

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the process forest");
}

static size_t *path_slot(const struct forest *f, const struct table *t, const char *path)
{
	size_t at = XXH3_64bits(path, strlen(path)) & (t->nslots - 1);

	while (t->slots[at] != FOREST_NONE &&
	       strcmp(f->processes[t->slots[at]].path, path) != 0)
		at = (at + 1) & (t->nslots - 1);
	return &t->slots[at];
}

static size_t *pid_slot(const struct forest *f, const struct table *t, int pid)
{
	size_t at = XXH3_64bits(&pid, sizeof(pid)) & (t->nslots - 1);

	while (t->slots[at] != FOREST_NONE && f->processes[t->slots[at]].pid != pid)
		at = (at + 1) & (t->nslots - 1);
	return &t->slots[at];
}

static int make_table(struct table *t, size_t nslots)
{
	t->slots = malloc(nslots * sizeof(*t->slots));
	if (!t->slots)
		return no_memory();
	t->nslots = nslots;
	for (size_t i = 0; i < nslots; i++)
		t->slots[i] = FOREST_NONE;
	return 0;
}

/* Room for one more process, in the array and both tables. */
static int grow(struct forest *f)
{
	struct storage *s = f->storage;
	size_t capacity = s->capacity ? s->capacity * 2 : 64;
	struct table by_path = {0}, by_pid = {0};

	if (f->count < s->capacity)
		return 0;
	struct forest_process *processes =
		reallocarray(f->processes, capacity, sizeof(*processes));

	if (!processes)
		return no_memory();
	f->processes = processes;
	if (make_table(&by_path, capacity * 2) != 0 ||
	    make_table(&by_pid, capacity * 2) != 0) {
		free(by_path.slots);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < f->count; i++) {
		*path_slot(f, &by_path, processes[i].path) = i;
		*pid_slot(f, &by_pid, processes[i].pid) = i;
	}
	free(s->by_path.slots);
	free(s->by_pid.slots);
	s->by_path = by_path;
	s->by_pid = by_pid;
	s->capacity = capacity;
	return 0;
}

int forest_create(struct forest **out)
{
	struct forest *f = calloc(1, sizeof(*f));
	struct storage *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (f && s) {
		f->storage = s;
		s->roots = s->last_root = FOREST_NONE;
		s->strings = strings_create();
		if (s->strings && grow(f) == 0) {
			*out = f;
			return 0;
		}
		forest_free(f);
		return no_memory();
	}
	free(f);
	free(s);
	return no_memory();
}

void forest_free(struct forest *f)
{
	if (!f)
		return;
	struct storage *s = f->storage;

	free(s->by_path.slots);
	free(s->by_pid.slots);
	strings_free(s->strings);
	free(s);
	free(f->processes);
	free(f);
}

size_t forest_find(const struct forest *f, const char *path)
{
	const struct storage *s = f->storage;

	return *path_slot(f, &s->by_path, path);
}

size_t forest_find_pid(const struct forest *f, int pid)
{
	const struct storage *s = f->storage;
	size_t at = *pid_slot(f, &s->by_pid, pid);

	return at != FOREST_NONE && f->processes[at].reap == FOREST_NEVER ? at
	                                                                  : FOREST_NONE;
}

/* --- the children that a process may wait for --- */

static void keep(struct forest *f, size_t keeper, size_t child)
{
	f->processes[child].keeper = keeper;
	if (keeper != FOREST_NONE)
		f->processes[keeper].nkept++;
}

/* From `seq` on a wait of its keeper may take this child at once. */
static void add_zombie(struct forest *f, size_t child, uint64_t seq)
{
	struct forest_process *c = &f->processes[child];

	c->next_zombie = c->previous_zombie = FOREST_NONE;
	if (c->keeper == FOREST_NONE)
		return;
	struct forest_list *list = &f->processes[c->keeper].zombies;

	c->waitable = seq;
	c->previous_zombie = list->last;
	if (list->last == FOREST_NONE)
		list->first = child;
	else
		f->processes[list->last].next_zombie = child;
	list->last = child;
}

static void remove_zombie(struct forest *f, size_t child)
{
	struct forest_process *c = &f->processes[child];
	struct forest_list *list = &f->processes[c->keeper].zombies;

	if (c->previous_zombie == FOREST_NONE)
		list->first = c->next_zombie;
	else
		f->processes[c->previous_zombie].next_zombie = c->next_zombie;
	if (c->next_zombie == FOREST_NONE)
		list->last = c->previous_zombie;
	else
		f->processes[c->next_zombie].previous_zombie = c->previous_zombie;
	c->waitable = FOREST_NEVER;
}

/* Its keeper has it no longer, though `keeper` goes on to say who that was. */
static void unkeep(struct forest *f, size_t child)
{
	struct forest_process *c = &f->processes[child];

	if (c->keeper == FOREST_NONE)
		return;
	f->processes[c->keeper].nkept--;
	if (c->waitable != FOREST_NEVER)
		remove_zombie(f, child);
}

/* --- processes --- */

static void append_child(struct forest *f, size_t parent, size_t child)
{
	struct storage *s = f->storage;
	size_t *first =
		parent == FOREST_NONE ? &s->roots : &f->processes[parent].children.first;
	size_t *last = parent == FOREST_NONE ? &s->last_root
	                                     : &f->processes[parent].children.last;

	if (*last == FOREST_NONE)
		*first = child;
	else
		f->processes[*last].next = child;
	*last = child;
}

static int add_process(struct forest *f, const char *path, int pid, size_t parent,
                       size_t *added)
{
	struct storage *s = f->storage;
	int err = grow(f);

	if (err)
		return err;
	size_t at = f->count;
	struct forest_process *p = &f->processes[at];

	*p = (struct forest_process){
		.pid = pid,
		.parent = parent,
		.keeper = FOREST_NONE,
		.children = {FOREST_NONE, FOREST_NONE},
		.zombies = {FOREST_NONE, FOREST_NONE},
		.next = FOREST_NONE,
		.fork = FOREST_NEVER,
		.exec = FOREST_NEVER,
		.exit = FOREST_NEVER,
		.dead = FOREST_NEVER,
		.waitable = FOREST_NEVER,
		.reap = FOREST_NEVER,
		.reaper = FOREST_NONE,
		.killed = FOREST_NEVER,
		.orphaned = FOREST_NEVER,
		.abandoned = FOREST_NEVER,
		.reparented = FOREST_NEVER,
		.returned = FOREST_NEVER,
		.entered = FOREST_NEVER,
		.waiter = FOREST_NONE,
		.wait_enter = FOREST_NEVER,
	};
	for (int i = 0; i < FOREST_RESOURCES; i++)
		p->released[i] = FOREST_NEVER;
	p->path = strings_intern(s->strings, path, strlen(path));
	if (!p->path)
		return no_memory();
	f->count++;
	*path_slot(f, &s->by_path, p->path) = at;
	*pid_slot(f, &s->by_pid, pid) = at;
	append_child(f, parent, at);
	keep(f, parent, at);
	*added = at;
	return 0;
}

/* The process whose child `path` is, by the path alone. */
static size_t find_above(const struct forest *f, const char *path)
{
	const char *dot = strrchr(path, '.');
	char *above = dot ? strndup(path, (size_t)(dot - path)) : NULL;
	size_t found = above ? forest_find(f, above) : FOREST_NONE;

	free(above);
	return found;
}

/*
 * The process that an event happens in.  One that was never forked is there from the
 * start, as init is; the kernel itself is none.
 */
static int acting(struct forest *f, const struct trace_event *e, size_t *at)
{
	*at = FOREST_NONE;
	if (strcmp(e->proc, TRACE_KERNEL_PROC) == 0)
		return 0;
	*at = forest_find(f, e->proc);
	if (*at != FOREST_NONE)
		return 0;
	int err = add_process(f, e->proc, e->pid, find_above(f, e->proc), at);

	if (!err)
		f->processes[*at].unforked = strcmp(e->proc, "1") != 0;
	return err;
}

/* --- events --- */

static int add_fork(struct forest *f, const struct trace_event *e, size_t parent)
{
	size_t child;

	if (forest_find(f, e->fork.child_proc) != FOREST_NONE)
		return error_set(
			ERR_FILE,
			"event %llu: process %s is forked a second time; the trace is "
			"damaged or edited, record the run again",
			(unsigned long long)e->seq, e->fork.child_proc);
	int err = add_process(f, e->fork.child_proc, e->fork.child, parent, &child);

	if (err)
		return err;
	f->processes[child].fork = e->seq;
	if (parent != FOREST_NONE)
		f->processes[child].program = f->processes[parent].program;
	return 0;
}

static int add_exec(struct forest *f, const struct trace_event *e,
                    struct forest_process *p)
{
	struct storage *s = f->storage;
	const char *program =
		strings_intern(s->strings, e->exec.path, strlen(e->exec.path));

	if (!program)
		return no_memory();
	p->program = program;
	p->exec = e->seq;
	p->nexecs++;
	return 0;
}

static void add_exit(struct forest *f, const struct trace_event *e,
                     struct forest_process *p)
{
	if (p->exit != FOREST_NEVER)
		return;
	p->exit = e->seq;
	p->status = e->exit.status;
	p->waiting = p->blocked = false;
	for (size_t at = p->children.first; at != FOREST_NONE;
	     at = f->processes[at].next) {
		struct forest_process *c = &f->processes[at];

		if (c->reap != FOREST_NEVER)
			continue;
		if (c->exit == FOREST_NEVER)
			c->orphaned = e->seq;
		else
			c->abandoned = e->seq;
	}
}

static void add_wait_return(struct forest *f, const struct trace_event *e, size_t parent)
{
	struct forest_process *p = &f->processes[parent];

	p->waiting = p->blocked = false;
	if (e->wait_return.child <= 0 || !e->wait_return.child_proc)
		return;
	size_t at = forest_find(f, e->wait_return.child_proc);

	if (at == FOREST_NONE || f->processes[at].returned != FOREST_NEVER)
		return;
	f->processes[at].returned = e->seq;
	f->processes[at].entered = p->wait_enter;
	f->processes[at].waiter = parent;
	p->wait_enter = FOREST_NEVER;
}

static void add_reap(struct forest *f, const struct trace_event *e, size_t reaper)
{
	size_t at = forest_find(f, e->reap.child_proc);

	f->reaps = true;
	if (at == FOREST_NONE || f->processes[at].reap != FOREST_NEVER)
		return;
	unkeep(f, at);
	f->processes[at].reap = e->seq;
	f->processes[at].reaper = reaper;
	f->processes[at].released[FOREST_ENTRY] = e->seq;
}

static void add_reparent(struct forest *f, const struct trace_event *e)
{
	size_t at = forest_find(f, e->reparent.child_proc);

	if (at == FOREST_NONE || f->processes[at].reap != FOREST_NEVER)
		return;
	unkeep(f, at);
	keep(f, forest_find(f, e->reparent.to_proc), at);
	if (f->processes[at].dead != FOREST_NEVER)
		add_zombie(f, at, e->seq);
	f->processes[at].reparented = e->seq;
}

static void add_release(struct forest *f, const struct trace_event *e)
{
	size_t at = forest_find(f, e->release.child_proc);

	f->releases = true;
	/* What an exec gives up is not what an exit leaves. */
	if (at == FOREST_NONE || f->processes[at].exit == FOREST_NEVER)
		return;
	for (int i = 0; i < FOREST_RESOURCES; i++)
		if (strcmp(e->release.what,
		           forest_resource_name((enum forest_resource)i)) == 0 &&
		    f->processes[at].released[i] == FOREST_NEVER)
			f->processes[at].released[i] = e->seq;
}

static void add_switch(struct forest *f, const struct trace_event *e)
{
	size_t from = forest_find(f, e->switch_.from);
	size_t to = forest_find(f, e->switch_.to);

	f->switches = true;
	if (to != FOREST_NONE)
		f->processes[to].ran = true;
	if (from == FOREST_NONE || strcmp(e->switch_.why, "exit") != 0)
		return;
	struct forest_process *p = &f->processes[from];

	if (p->exit == FOREST_NEVER || p->dead != FOREST_NEVER)
		return;
	p->dead = e->seq;
	if (p->reap == FOREST_NEVER)
		add_zombie(f, from, e->seq);
}

/* An event that belongs to the process it happens in. */
static int add_own(struct forest *f, const struct trace_event *e, size_t at)
{
	struct storage *s = f->storage;
	struct forest_process *p = &f->processes[at];

	switch (e->kind) {
	case TRACE_EXEC:
		return add_exec(f, e, p);
	case TRACE_EXIT:
		add_exit(f, e, p);
		break;
	case TRACE_WAIT_ENTER:
		p->waiting = true;
		p->blocked = false;
		p->target = e->wait_enter.target;
		p->wait_enter = e->seq;
		p->nwaits++;
		break;
	case TRACE_WAIT_BLOCK:
		p->blocked = true;
		break;
	case TRACE_WAIT_RETURN:
		add_wait_return(f, e, at);
		break;
	case TRACE_KILL:
		p->killed = e->seq;
		p->reason = strings_intern(s->strings, e->kill.reason,
		                           strlen(e->kill.reason));
		return p->reason ? 0 : no_memory();
	default:
		break;
	}
	return 0;
}

int forest_add(struct forest *f, const struct trace_event *e)
{
	size_t at;
	int err = acting(f, e, &at);

	f->nevents++;
	if (err)
		return err;
	switch (e->kind) {
	case TRACE_FORK:
		return add_fork(f, e, at);
	case TRACE_REAP:
		add_reap(f, e, at);
		return 0;
	case TRACE_REPARENT:
		add_reparent(f, e);
		return 0;
	case TRACE_RELEASE:
		add_release(f, e);
		return 0;
	case TRACE_SWITCH:
		add_switch(f, e);
		return 0;
	default:
		return at == FOREST_NONE ? 0 : add_own(f, e, at);
	}
}

int forest_build(struct forest **out, const struct trace *trace)
{
	int err = forest_create(out);

	for (size_t i = 0; i < trace->nevents && !err; i++)
		err = forest_add(*out, &trace->events[i]);
	if (err) {
		forest_free(*out);
		*out = NULL;
	}
	return err;
}

size_t forest_next(const struct forest *f, size_t at, size_t *depth)
{
	const struct storage *s = f->storage;

	if (at == FOREST_NONE) {
		*depth = 0;
		return s->roots;
	}
	if (f->processes[at].children.first != FOREST_NONE) {
		++*depth;
		return f->processes[at].children.first;
	}
	while (at != FOREST_NONE && f->processes[at].next == FOREST_NONE) {
		at = f->processes[at].parent;
		--*depth;
	}
	return at == FOREST_NONE ? at : f->processes[at].next;
}
