/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "grade/process.h"

#define LIST_MAX ((size_t)1 << 20)
#define KERNEL_MAX ((size_t)64 << 20)
/* A file of the kernel takes a tenth of a second and some ten megabytes. */
static const struct process_limits limits = {
	.cpu = 20,
	.wall = 60,
	.memory = 2ull << 30,
	.file = 64ull << 20,
	.output = 16384,
};

/* Grown on demand; owns its words. */
struct command {
	char **word;
	size_t n;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void add(struct command *c, const char *fmt,
                                                      ...)
{
	char **words = realloc(c->word, (c->n + 2) * sizeof(*words));
	va_list args;

	if (!words) {
		c->failed = true;
		return;
	}
	c->word = words;
	va_start(args, fmt);
	if (c->failed || vasprintf(&words[c->n], fmt, args) < 0)
		c->failed = true;
	else
		c->n++;
	va_end(args);
	words[c->n] = NULL;
}

static void command_free(struct command *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->word[i]);
	free(c->word);
}

/* --- what the compiler says --- */

/*
 * A line of what was said, without its end: what to keep of it, or NULL.  Only what is
 * about the kernel's own files is kept, which are named as they lie in its tree: where
 * the compiler is not confined, an include of a file from elsewhere must not have that
 * file's words quoted to strangers.
 */
static const char *word_of(const char *line, size_t n, const char **about)
{
	/* The compiler's names, and the linker's, from the debugging information. */
	static const char *const trees[] = {"guestkernel/", "build/guestkernel/"};
	/* The assembler's, for what the compiler makes of a file. */
	static const char made[] = "{standard input}:";

	*about = "";
	for (size_t i = 0; i < 2; i++)
		if (n > strlen(trees[i]) && memcmp(line, trees[i], strlen(trees[i])) == 0)
			return line + strlen(trees[i]);
	if (n <= strlen(made) || memcmp(line, made, strlen(made)) != 0)
		return NULL;
	/* "12: Error: ...", a line that nobody has. */
	line += strlen(made);
	*about = "assembler";
	return line[0] >= '0' && line[0] <= '9' ? line + strspn(line, "0123456789")
	                                        : NULL;
}

static void keep_words(struct source *s, const struct text *said)
{
	const char *at = said->data ? said->data : "", *about;

	while (*at) {
		size_t n = strcspn(at, "\n");
		const char *word = word_of(at, n, &about);

		if (word) {
			text_string(&s->words, about);
			text_bytes(&s->words, word, n - (size_t)(word - at));
			text_char(&s->words, '\n');
		}
		at += n + (at[n] == '\n');
	}
}

/* The first error among the words, into `text`; what they begin with where there is none.
 */
static void first_error(const struct source *s, char *text, size_t size)
{
	const char *words = s->words.data ? s->words.data : "";
	const char *found = strcasestr(words, "error: ");

	if (!found)
		found = strstr(words, "undefined reference");
	if (!found)
		found = words;
	while (found > words && found[-1] != '\n')
		found--;
	snprintf(text, size, "%.*s", (int)strcspn(found, "\n"), found);
}

static int run(struct source *s, struct command *c, const char *doing)
{
	const char *const readable[] = {s->reference, NULL};
	struct text said = {0};
	char first[240];
	int status = 0, err;

	if (c->failed)
		err = error_set(ERR_MEMORY, "out of memory");
	else
		err = process_run(c->word, s->work, readable, &limits, &said, &status);
	command_free(c);
	if (err == 0)
		keep_words(s, &said);
	text_free(&said);
	if (err || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return err;
	if (WIFEXITED(status) && WEXITSTATUS(status) == PROCESS_NOT_STARTED)
		return error_set(ERR_SYSTEM, "there is no gcc in PATH to build with");
	first_error(s, first, sizeof(first));
	if (WIFSIGNALED(status))
		return error_set(ERR_FAILED, "It takes too long to compile (%s)", doing);
	return error_set(ERR_FAILED, "It does not %s: %s", doing,
	                 first[0] ? first
	                          : "the error is in no file of the kernel's tree");
}

/* --- the steps --- */

/*
 * The same flags, and seen from the same place, as the reference was compiled with; but
 * warnings are the students' own affair.
 */
static int compile(struct source *s, const char *name)
{
	struct command c = {0};
	int err = source_make_folders(s, name);

	if (err)
		return err;
	add(&c, "gcc");
	if (name[strlen(name) - 1] == 'c')
		add(&c, "-std=gnu17");
	add(&c, "@%s/cflags", s->reference);
	/* The assembler's words then have no name of a temporary file. */
	add(&c, "-pipe");
	add(&c, "-w");
	add(&c, "-fno-diagnostics-show-caret");
	add(&c, "-Iguestkernel");
	add(&c, "-Iguestkernel/include");
	add(&c, "-fdebug-prefix-map=%s=build", s->work);
	add(&c, "-fmacro-prefix-map=guestkernel/=");
	add(&c, "-c");
	add(&c, "-o%s.o", name);
	add(&c, "guestkernel/%s", name);
	return run(s, &c, "compile");
}

static bool is_replaced(const struct source *s, const char *name)
{
	for (size_t i = 0; i < s->nfiles; i++)
		if (strcmp(s->files[i].name, name) == 0)
			return true;
	return false;
}

/* What a header or an include of another file by its name leads to must be there. */
static int link_one(const struct source *s, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];
	int err;

	snprintf(from, sizeof(from), "%s/guestkernel/%s", s->reference, name);
	snprintf(to, sizeof(to), "%s/guestkernel/%s", s->work, name);
	err = source_make_folders(s, to + strlen(s->work) + 1);
	if (err)
		return err;
	if (symlink(from, to) != 0 && errno != EEXIST)
		return error_set(ERR_SYSTEM, "cannot make %s: %s", to, strerror(errno));
	return 0;
}

/* Calls `each` for each line of a list of the reference. */
static int for_lines(struct source *s, const char *list,
                     int (*each)(struct source *s, const char *name, void *ctx),
                     void *ctx)
{
	char path[PATH_MAX];
	struct file file;
	char *rest = NULL;
	int err;

	snprintf(path, sizeof(path), "%s/%s", s->reference, list);
	err = file_read(&file, path, LIST_MAX);
	if (err)
		return err;
	for (char *name = strtok_r((char *)file.data, "\n", &rest); name && err == 0;
	     name = strtok_r(NULL, "\n", &rest))
		err = each(s, name, ctx);
	file_free(&file);
	return err;
}

static int link_file(struct source *s, const char *name, void *ctx)
{
	(void)ctx;
	return link_one(s, name);
}

static int add_object(struct source *s, const char *name, void *ctx)
{
	struct command *c = ctx;
	bool ours = s->headers || is_replaced(s, name);
	int err = ours ? compile(s, name) : 0;

	if (ours)
		add(c, "%s.o", name);
	else
		add(c, "%s/objects/%s.o", s->reference, name);
	return err;
}

static int add_new(struct source *s, struct command *c)
{
	int err = 0;

	for (size_t i = 0; i < s->nfiles && err == 0; i++) {
		const char *name = s->files[i].name;

		if (!s->files[i].is_new || name[strlen(name) - 1] == 'h')
			continue;
		err = compile(s, name);
		add(c, "%s.o", name);
	}
	return err;
}

int source_build(struct source *s, const char *output)
{
	struct command c = {0};
	char built[PATH_MAX];
	struct stat st;
	int err = for_lines(s, "files", link_file, NULL);

	add(&c, "gcc");
	add(&c, "@%s/ldflags", s->reference);
	add(&c, "-T%s/guestkernel/kernel.ld", s->reference);
	add(&c, "-okernel.elf");
	if (err == 0)
		err = for_lines(s, "sources", add_object, &c);
	if (err == 0)
		err = add_new(s, &c);
	if (err) {
		command_free(&c);
		return err;
	}
	err = run(s, &c, "link");
	if (err)
		return err;
	snprintf(built, sizeof(built), "%s/kernel.elf", s->work);
	if (lstat(built, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (size_t)st.st_size > KERNEL_MAX)
		return error_set(ERR_FAILED, "The linker made no kernel");
	if (rename(built, output) != 0)
		return error_set(ERR_SYSTEM, "cannot make %s: %s", output,
		                 strerror(errno));
	return 0;
}
