/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diff/side.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Addresses above this are the kernel's. */
#define USER_END (UINT64_C(1) << 47)

static int no_memory(void)
{
	return error_set(ERR_MEMORY, "out of memory for the comparison");
}

static int add_entry(struct diff_list *list, uint64_t hash, uint64_t line)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity + list->capacity / 2 + 8;
		struct diff_entry *items =
			reallocarray(list->items, capacity, sizeof(*items));

		if (!items)
			return no_memory();
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = (struct diff_entry){hash, line};
	return 0;
}

/* --- output, by lines, however it was cut into events --- */

/* FNV-1a: goes on where the last piece ended. */
static uint64_t hash_on(uint64_t hash, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static int add_output(struct diff_process *p, const struct trace_event *e, uint64_t line)
{
	const char *at = e->console.text;
	size_t left = e->console.length;

	while (left) {
		const char *newline = memchr(at, '\n', left);
		size_t n = newline ? (size_t)(newline - at) + 1 : left;

		if (!p->line_open &&
		    add_entry(&p->output, UINT64_C(0xcbf29ce484222325), line) != 0)
			return ERR_MEMORY;
		struct diff_entry *entry = &p->output.items[p->output.count - 1];

		entry->hash = hash_on(entry->hash, at, n);
		p->line_open = !newline;
		at += n;
		left -= n;
	}
	return 0;
}

/* --- deeds --- */

static void put_status(struct text *key, struct trace_status status)
{
	text_printf(key, "%c%d", status.signaled ? 's' : 'e', status.value);
}

static uint64_t hash_of(const struct text *key)
{
	return XXH3_64bits(key->data, key->length);
}

/* A wait begins: for one of its own children, for any, or for what is neither. */
static void begin_wait(struct diff_side *s, size_t at, const struct trace_event *e,
                       uint64_t line)
{
	struct diff_process *p = &s->processes[at];
	int target = e->wait_enter.target;
	size_t child = forest_find_pid(s->forest, target);

	text_clear(&s->key);
	text_printf(&s->key, "wait %d ", e->wait_enter.options);
	if (child != FOREST_NONE && s->forest->processes[child].parent == at)
		text_string(&s->key, s->forest->processes[child].path);
	else
		text_string(&s->key, target == -1 ? "any" : "other");
	p->waiting = true;
	p->wait_hash = hash_of(&s->key);
	p->wait_line = line;
}

static int end_wait(struct diff_side *s, size_t at, const struct trace_event *e,
                    uint64_t line)
{
	struct diff_process *p = &s->processes[at];

	p->waiting = false;
	text_clear(&s->key);
	if (e->wait_return.error) {
		text_printf(&s->key, "error %d", e->wait_return.error);
	} else if (e->wait_return.child == 0) {
		return 0;
	} else {
		size_t child = forest_find(s->forest, e->wait_return.child_proc);

		if (child != FOREST_NONE && s->forest->processes[child].parent != at)
			return 0;
		text_string(&s->key, e->wait_return.child_proc);
		put_status(&s->key, e->wait_return.status);
	}
	return add_entry(&p->deeds, hash_of(&s->key) ^ p->wait_hash, line);
}

/* The key of a deed that is told by one event; false where it is none. */
static bool put_deed(struct text *key, const struct trace_event *e)
{
	text_clear(key);
	text_string(key, trace_event_name(e->kind));
	text_char(key, ' ');
	switch (e->kind) {
	case TRACE_FORK:
		text_string(key, e->fork.child_proc);
		return true;
	case TRACE_EXEC:
		text_string(key, e->exec.path);
		for (int i = 0; i < e->exec.argc; i++)
			text_bytes(key, e->exec.argv[i], strlen(e->exec.argv[i]) + 1);
		return true;
	case TRACE_EXIT:
		put_status(key, e->exit.status);
		return true;
	case TRACE_KILL:
		text_string(key, e->kill.reason);
		return true;
	case TRACE_FAULT:
		text_printf(key, "%d %llx %llx", e->fault.vector,
		            (unsigned long long)e->fault.rip,
		            (unsigned long long)e->fault.address);
		return e->fault.rip < USER_END;
	case TRACE_PANIC:
		text_string(key, e->panic.text);
		return true;
	default:
		return false;
	}
}

static int add_event(struct diff_side *s, const struct trace_event *e, uint64_t line)
{
	size_t at = forest_find(s->forest, e->proc);
	struct diff_process *p = at == FOREST_NONE ? &s->kernel : &s->processes[at];

	if (e->kind == TRACE_CONSOLE)
		return add_output(p, e, line);
	if (e->kind == TRACE_WAIT_ENTER && at != FOREST_NONE) {
		begin_wait(s, at, e, line);
		return 0;
	}
	if (e->kind == TRACE_WAIT_RETURN && at != FOREST_NONE)
		return end_wait(s, at, e, line);
	return put_deed(&s->key, e) ? add_entry(&p->deeds, hash_of(&s->key), line) : 0;
}

/* A wait that never came back is a deed too. */
static int end_waits(struct diff_side *s)
{
	for (size_t i = 0; i < s->forest->count; i++)
		if (s->processes[i].waiting &&
		    add_entry(&s->processes[i].deeds, s->processes[i].wait_hash,
		              s->processes[i].wait_line) != 0)
			return ERR_MEMORY;
	return 0;
}

static int grow(struct diff_side *s)
{
	if (s->forest->count < s->capacity)
		return 0;
	size_t capacity = s->capacity * 2 + 64;
	struct diff_process *p = reallocarray(s->processes, capacity, sizeof(*p));

	if (!p)
		return no_memory();
	memset(p + s->capacity, 0, (capacity - s->capacity) * sizeof(*p));
	s->processes = p;
	s->capacity = capacity;
	return 0;
}

static int add_record(struct diff_side *s, const struct trace_record *record, bool deeds)
{
	int err;

	if (record->kind == TRACE_RECORD_END) {
		s->complete = true;
		s->end = record->end;
	}
	if (record->kind != TRACE_RECORD_EVENT)
		return 0;
	/* First, so that every process that acts has its place. */
	err = forest_add(s->forest, &record->event);
	if (err)
		return error_prefix(err, "%s", s->path);
	err = grow(s);
	return err || !deeds ? err : add_event(s, &record->event, s->last_line);
}

int diff_side_read(struct diff_side *s, const char *path, bool deeds)
{
	struct trace_reader *r;
	struct trace_record record;
	int got, err = trace_reader_open(&r, path);

	memset(s, 0, sizeof(*s));
	s->path = path;
	if (err)
		return err;
	memcpy(s->kernel_sha256, trace_reader_header(r)->kernel_sha256,
	       TRACE_SHA256_SIZE);
	memcpy(s->initrd_sha256, trace_reader_header(r)->initrd_sha256,
	       TRACE_SHA256_SIZE);
	err = forest_create(&s->forest);
	while (!err && (got = trace_read(r, &record)) != 0) {
		s->last_line = trace_reader_line(r);
		err = got < 0 ? got : add_record(s, &record, deeds);
	}
	trace_reader_close(r);
	if (!err && deeds)
		err = end_waits(s);
	if (!err && s->key.failed)
		err = no_memory();
	return err;
}

void diff_side_free(struct diff_side *s)
{
	for (size_t i = 0; i < s->capacity; i++) {
		free(s->processes[i].deeds.items);
		free(s->processes[i].output.items);
	}
	free(s->processes);
	free(s->kernel.deeds.items);
	free(s->kernel.output.items);
	text_free(&s->key);
	forest_free(s->forest);
}
