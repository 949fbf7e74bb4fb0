/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether `forkscope explore` finds what is wrong with each mutant of tests/mutants, and
 * how soon; and whether it finds nothing wrong with the kernel itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bench/bench.h"
#include "bench/searched.h"
#include "trace/text.h"

#define MUTANTS_MAX 128
#define WORDS_MAX 8
#define LIST_MAX (1u << 20)
/* The median mutant. */
#define INTERLEAVINGS 20
#define SECONDS 0.5
/* Searches are given up after these; swept-twice takes some ten thousand runs. */
#define MUTANT_SECONDS "120"
#define KERNEL_SECONDS "5"

/* A line of `mutants.py list`, cut into its fields. */
struct mutant {
	char *name;
	char *lifetime;
	char *program; /* with its arguments */
	char *checks;  /* that may report it, the likeliest first */
};

struct mutants {
	struct file list;
	struct mutant all[MUTANTS_MAX];
	size_t n;
	/* Of those that were found. */
	double interleavings[MUTANTS_MAX], seconds[MUTANTS_MAX];
	size_t found;
};

enum { FIELD_NAME, FIELD_LIFETIME = 3, FIELD_PROGRAM, FIELD_CHECKS, FIELDS };

/* --- the list --- */

static int add(struct mutants *m, char *line)
{
	char *fields[FIELDS];

	for (size_t i = 0; i < FIELDS; i++) {
		fields[i] = strsep(&line, "\t");
		if (!fields[i])
			return error_set(ERR_FAILED, "mutants.py: a line is too short");
	}
	if (m->n == MUTANTS_MAX)
		return error_set(ERR_FAILED, "more than %d mutants", MUTANTS_MAX);
	m->all[m->n++] = (struct mutant){
		.name = fields[FIELD_NAME],
		.lifetime = fields[FIELD_LIFETIME],
		.program = fields[FIELD_PROGRAM],
		.checks = fields[FIELD_CHECKS],
	};
	return 0;
}

static int read_list(struct bench *bench, struct mutants *m)
{
	char output[BENCH_PATH_SIZE + 32];
	struct bench_command command = {
		.argv = {"python3", BENCH_MUTANTS "/mutants.py", "list"},
		.output = output,
	};
	struct bench_cost cost;
	char *text, *line;
	int err;

	snprintf(output, sizeof(output), "%s/mutants", bench->directory);
	err = bench_spawn(&command, &cost);
	if (err == 0)
		err = file_read(&m->list, output, LIST_MAX);
	text = (char *)m->list.data;
	/* file_read() puts a NUL behind the data. */
	while (err == 0 && (line = strsep(&text, "\n")))
		if (*line)
			err = add(m, line);
	return err;
}

/* --- a search --- */

struct search {
	const char *kernel; /* NULL: the right one */
	char append[64];
	const char *lifetime;
	const char *program;
	const char *seconds;
	bool first;
};

/* The program's words; one in C lies beside the mutants. */
static size_t split_program(const char *program, char *copy, size_t size, char *path,
                            size_t path_size, const char **words)
{
	char *rest = copy, *word;
	size_t n = 0;

	snprintf(copy, size, "%s", program);
	while (n < WORDS_MAX && (word = strsep(&rest, " ")))
		words[n++] = word;
	if (n && strlen(words[0]) > 2 &&
	    strcmp(words[0] + strlen(words[0]) - 2, ".c") == 0) {
		snprintf(path, path_size, BENCH_MUTANTS "/programs/%s", words[0]);
		words[0] = path;
	}
	return n;
}

static int search(struct bench *bench, struct search *s, struct bench_searched *found)
{
	const char *argv[24 + WORDS_MAX] = {"--status", "0", "--max-seconds", s->seconds};
	char copy[256], path[BENCH_PATH_SIZE];
	size_t n = 4;

	if (s->kernel) {
		argv[n++] = "--kernel";
		argv[n++] = s->kernel;
	}
	if (s->first)
		argv[n++] = "--first";
	if (strcmp(s->lifetime, "any") != 0) {
		snprintf(s->append, sizeof(s->append), "lifetime=%s", s->lifetime);
		argv[n++] = "--append";
		argv[n++] = s->append;
	}
	argv[n++] = "--";
	n += split_program(s->program, copy, sizeof(copy), path, sizeof(path), &argv[n]);
	argv[n] = NULL;
	return bench_search(bench, argv, found);
}

static const char *text_of(const struct text *text)
{
	return text->failed || !text->data ? "?" : text->data;
}

/* --- mutants --- */

static bool is_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; list; list = strchr(list, ' ')) {
		list += *list == ' ';
		if (strncmp(list, word, n) == 0 && (list[n] == ' ' || list[n] == '\0'))
			return true;
	}
	return false;
}

static int report_mutant(struct bench *bench, struct mutants *m,
                         const struct mutant *mutant, const struct bench_searched *s)
{
	struct text name = {0}, unit = {0};
	struct bench_row row = {.target = BENCH_MEDIAN_AT_LEAST, .bound = 1};
	int err;

	text_printf(&name, "%s: ", mutant->name);
	if (s->violations == 0) {
		text_printf(&name, "NOT FOUND in %.0f runs%s", s->runs,
		            s->complete ? ", all" : "");
	} else {
		text_printf(&name, "%s%s, %dp", s->check,
		            is_listed(mutant->checks, s->check) ? "" : " (unexpected)",
		            s->preemptions);
		m->interleavings[m->found] = row.median = s->interleaving;
		m->seconds[m->found++] = s->found;
	}
	text_printf(&unit, "runs, %.2f s", s->violations ? s->found : s->seconds);
	row.name = text_of(&name);
	row.unit = text_of(&unit);
	err = bench_row(bench, &row);
	text_free(&name);
	text_free(&unit);
	return err;
}

static int try_mutant(struct bench *bench, struct mutants *m, const struct mutant *mutant)
{
	char kernel[BENCH_PATH_SIZE + 64];
	struct search s = {
		.kernel = kernel,
		.lifetime = mutant->lifetime,
		.program = mutant->program,
		.seconds = bench->quick ? "2" : MUTANT_SECONDS,
		.first = true,
	};
	struct bench_searched found;
	int err;

	/* BUILD/bin/forkscope, and BUILD/mutants. */
	snprintf(kernel, sizeof(kernel), "%s", bench->command);
	*strrchr(kernel, '/') = '\0';
	snprintf(kernel + strlen(kernel), sizeof(kernel) - strlen(kernel),
	         "/../mutants/%s/kernel.elf", mutant->name);
	err = search(bench, &s, &found);
	return err ? err : report_mutant(bench, m, mutant, &found);
}

static int report_all(struct bench *bench, struct mutants *m)
{
	struct bench_row rows[] = {
		{.name = "mutants found",
	         .median = (double)m->found,
	         .unit = "mutants",
	         .target = BENCH_MEDIAN_AT_LEAST,
	         .bound = (double)m->n},
		{.name = "median mutant found",
	         .median = m->found ? bench_median(m->interleavings, m->found) : 0,
	         .unit = "runs",
	         .target = BENCH_MEDIAN_AT_MOST,
	         .bound = INTERLEAVINGS},
		{.name = "median mutant found",
	         .median = m->found ? bench_median(m->seconds, m->found) : 0,
	         .unit = "s",
	         .target = BENCH_MEDIAN_AT_MOST,
	         .bound = SECONDS},
	};
	int err = 0;

	/* Nothing found has no median. */
	for (size_t i = 0; i < (m->found ? 3 : 1) && err == 0; i++)
		err = bench_row(bench, &rows[i]);
	return err;
}

/* --- the kernel itself --- */

static bool is_first_with_program(const struct mutants *m, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(m->all[j].program, m->all[i].program) == 0)
			return false;
	return true;
}

static int report_clean(struct bench *bench, const char *lifetime, size_t programs,
                        size_t complete, const struct text *wrong)
{
	struct text name = {0};
	struct bench_row row = {
		.unit = "violations",
		.target = BENCH_MEDIAN_AT_MOST,
		.bound = 0,
	};
	int err;

	text_printf(&name, "the kernel, %s, %zu programs (%zu all)%s", lifetime, programs,
	            complete, wrong->data ? wrong->data : "");
	for (size_t i = 0; wrong->data && i < wrong->length; i++)
		row.median += wrong->data[i] == ';';
	row.name = text_of(&name);
	err = bench_row(bench, &row);
	text_free(&name);
	return err;
}

static int try_kernel(struct bench *bench, const struct mutants *m, const char *lifetime)
{
	size_t programs = 0, complete = 0;
	struct text wrong = {0};
	int err = 0;

	for (size_t i = 0; i < m->n && err == 0; i++) {
		struct search s = {
			.lifetime = lifetime,
			.program = m->all[i].program,
			.seconds = bench->quick ? "1" : KERNEL_SECONDS,
			.first = true,
		};
		struct bench_searched found;

		if (!is_first_with_program(m, i))
			continue;
		err = search(bench, &s, &found);
		programs++;
		complete += found.complete;
		if (err == 0 && found.violations)
			text_printf(&wrong, "; %s: %s", s.program, found.check);
	}
	if (err == 0)
		err = report_clean(bench, lifetime, programs, complete, &wrong);
	text_free(&wrong);
	return err;
}

static int run_all(struct bench *bench, struct mutants *m)
{
	static const char *const lifetimes[] = {"reparent", "exitlock", "mailbox",
	                                        "waitqueue"};
	int err = read_list(bench, m);

	for (size_t i = 0; i < m->n && err == 0; i++)
		err = try_mutant(bench, m, &m->all[i]);
	if (err == 0)
		err = report_all(bench, m);
	for (size_t i = 0; i < 4 && err == 0; i++)
		err = try_kernel(bench, m, lifetimes[i]);
	return err;
}

static int run(struct bench *bench)
{
	struct mutants *m = calloc(1, sizeof(*m));
	int err;

	if (m == NULL)
		return error_set(ERR_MEMORY, "no memory for the mutants");
	err = run_all(bench, m);
	file_free(&m->list);
	free(m);
	return err;
}

const struct bench_suite bench_suite_mutants = {
	.name = "mutants",
	.what = "what is wrong with each mutant is found; nothing in the kernel itself is",
	.run = run,
};
