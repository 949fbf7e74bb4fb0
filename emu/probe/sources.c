/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

/* A kernel and its programs have fewer files, and those are smaller. */
#define FILES_MAX 512
#define SIZE_MAX_SOURCE (4u << 20)
#define PATH_SIZE 4096

struct source {
	char *name;
	struct file file; /* data is NULL where it was not found */
	size_t *starts;   /* of the lines; one more for the end */
	size_t nlines;
};

struct sources {
	const char *const *folders;
	size_t nfolders;
	const char *program, *kernel; /* or NULL */
	struct source files[FILES_MAX];
	size_t n;
};

int sources_create(struct sources **sources, const char *const *folders, size_t n,
                   const char *program, const char *kernel)
{
	*sources = calloc(1, sizeof(**sources));
	if (!*sources)
		return error_set(ERR_MEMORY, "out of memory");
	(*sources)->folders = folders;
	(*sources)->nfolders = n;
	(*sources)->program = program;
	(*sources)->kernel = kernel;
	return 0;
}

void sources_free(struct sources *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		file_free(&s->files[i].file);
		free(s->files[i].starts);
		free(s->files[i].name);
	}
	free(s);
}

static bool try_folder(struct source *source, const char *folder, size_t length)
{
	char path[PATH_SIZE];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%.*s%s%s", (int)length, folder,
	                 length ? "/" : "", source->name);

	return n > 0 && n < PATH_SIZE && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       file_read(&source->file, path, SIZE_MAX_SOURCE) == 0;
}

/* The length of a path's folder, 0 for none. */
static size_t folder_of(const char *path, size_t length)
{
	while (length > 0 && path[length - 1] != '/')
		length--;
	while (length > 0 && path[length - 1] == '/')
		length--;
	return length;
}

static bool find_at_kernel(const char *kernel, struct source *source)
{
	size_t length = folder_of(kernel, strlen(kernel));
	char beside[PATH_SIZE];

	snprintf(beside, sizeof(beside), "%.*s%skernel-src", (int)length, kernel,
	         length ? "/" : "");
	if (try_folder(source, beside, strlen(beside)))
		return true;
	for (; length > 0; length = folder_of(kernel, length))
		if (try_folder(source, kernel, length))
			return true;
	return false;
}

/*
 * The name comes from a guest's image, which may be a stranger's, and what is found may
 * be shown to others: only what is called as sources are, never above a folder, and an
 * absolute name only within one of those that were named.
 */
static bool is_allowed(const struct sources *s, const char *name)
{
	static const char *const suffixes[] = {".c", ".h", ".S", ".s"};
	const char *dot = strrchr(name, '.');
	bool is_source = false;

	for (size_t i = 0; dot && i < sizeof(suffixes) / sizeof(*suffixes); i++)
		is_source |= strcmp(dot, suffixes[i]) == 0;
	if (!is_source || strstr(name, ".."))
		return false;
	if (name[0] != '/')
		return true;
	for (size_t i = 0; i < s->nfolders; i++) {
		size_t n = strlen(s->folders[i]);

		if (strncmp(name, s->folders[i], n) == 0 && name[n] == '/')
			return true;
	}
	return false;
}

static bool find(const struct sources *s, struct source *source)
{
	size_t length = s->program ? folder_of(s->program, strlen(s->program)) : 0;

	if (!is_allowed(s, source->name))
		return false;
	for (size_t i = 0; i < s->nfolders; i++)
		if (try_folder(source, s->folders[i], strlen(s->folders[i])))
			return true;
	if (length && try_folder(source, s->program, length))
		return true;
	if (s->kernel && find_at_kernel(s->kernel, source))
		return true;
	return try_folder(source, "", 0);
}

static void split(struct source *source)
{
	const char *text = (const char *)source->file.data;
	size_t size = source->file.size, n = 1;

	for (size_t i = 0; i < size; i++)
		n += text[i] == '\n';
	source->starts = calloc(n + 1, sizeof(*source->starts));
	if (!source->starts)
		return;
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\n')
			source->starts[++source->nlines] = i + 1;
	if (size > 0 && text[size - 1] != '\n')
		source->starts[++source->nlines] = size + 1;
}

static const struct source *get(struct sources *s, const char *name)
{
	struct source *source;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->files[i].name, name) == 0)
			return &s->files[i];
	if (s->n == FILES_MAX)
		return NULL;
	source = &s->files[s->n];
	source->name = strdup(name);
	if (!source->name)
		return NULL;
	s->n++;
	if (find(s, source))
		split(source);
	return source;
}

const char *sources_line(struct sources *s, const char *file, int line, size_t *length)
{
	const struct source *source = get(s, file);
	size_t at = (size_t)line - 1;

	if (!source || line < 1 || at >= source->nlines)
		return NULL;
	*length = source->starts[at + 1] - source->starts[at] - 1;
	return (const char *)source->file.data + source->starts[at];
}
